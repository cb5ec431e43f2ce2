import assert from 'node:assert/strict';
import { viewReplay } from '../../../../src/editor/review/replay-model.ts';
import { aReplay } from '../../../support/fake-workspace.ts';

describe('The replay that the review shows', () => {
  it('has both arms, the difference, and where the evals are from', () => {
    const view = viewReplay(aReplay());
    assert.deepEqual(
      [view.verdict, view.evalsFrom, view.evals, view.finished, view.planned],
      ['no_worse', 'draft', 2, 12, 12],
    );
    assert.deepEqual(view.arms?.baseline, {
      runs: 6,
      passRate: { mean: 0.833333, stddev: 0.25 },
      seconds: 4.1,
      tokens: 2100,
    });
    assert.deepEqual([view.difference?.low, view.difference?.margin], [-0.083333, 0.1]);
  });

  it('has neither before both arms have a run', () => {
    const view = viewReplay(
      aReplay({ status: 'not_run', verdict: null, reason: 'no_model', arms: null, difference: null }),
    );
    assert.deepEqual([view.arms, view.difference, view.status], [null, null, 'not_run']);
  });
});
