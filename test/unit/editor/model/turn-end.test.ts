import assert from 'node:assert/strict';
import { TurnEnd } from '../../../../src/editor/model/turn-end.ts';

describe('The end of a turn', () => {
  it('is noticed once, when a folder that was busy is quiet', async () => {
    let quiet = true;
    let ends = 0;
    const turns = new TurnEnd(
      () => Promise.resolve(quiet),
      () => {
        ends += 1;
      },
    );
    const seen: number[] = [];
    for (const now of [true, false, false, true, true, false, true]) {
      quiet = now;
      await turns.look();
      seen.push(ends);
    }
    assert.deepEqual(seen, [0, 0, 0, 1, 1, 1, 2]);
  });

  it('is noticed after a look that failed', async () => {
    const answers = [
      () => Promise.resolve(false),
      () => Promise.reject(new Error('x')),
      () => Promise.resolve(true),
    ];
    let ends = 0;
    const turns = new TurnEnd(
      () => answers.shift()?.() ?? Promise.resolve(true),
      () => {
        ends += 1;
      },
    );
    await turns.look();
    await assert.rejects(turns.look());
    await turns.look();
    assert.equal(ends, 1);
  });
});
