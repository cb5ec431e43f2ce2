import assert from 'node:assert/strict';
import type { ReplayPayload } from '../../../../src/app/payloads.ts';
import { replayReasons } from '../../../../src/core/learning/replay/replay-report.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { reasonText, replayOutcome } from '../../../../src/editor/model/replay-text.ts';
import { aReplay } from '../../../support/fake-workspace.ts';

const said = (change: Partial<ReplayPayload>): string => replayOutcome(aReplay(change), inEnglish);

describe('What a replay is said to have found', () => {
  it('is the verdict with its interval', () => {
    const difference = {
      estimate: -0.42,
      low: -0.63,
      high: -0.21,
      confidence: 0.95,
      resamples: 4000,
      margin: 0.1,
    };
    assert.equal(
      said({ verdict: 'worse', difference }),
      'release-notes: with the draft, tasks succeed less often (-42 points, 95 % interval -63 to -21). It cannot be published.',
    );
    assert.match(said({ verdict: 'no_worse' }), /as often as now \(0 points, 95 % interval -8 to \+8\)/);
    assert.match(said({ verdict: 'improved' }), /more often/);
    assert.match(said({ verdict: 'inconclusive' }), /do not show/);
  });

  it('is why there is no verdict, in words of its own for every reason', () => {
    assert.equal(
      said({ verdict: null, reason: 'no_model' }),
      'release-notes: no verdict. No language model is set up.',
    );
    const words = replayReasons.map((reason) => reasonText(reason, inEnglish));
    assert.equal(new Set(words).size, replayReasons.length);
  });
});
