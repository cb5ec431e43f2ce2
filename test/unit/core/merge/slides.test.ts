import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diffSymbols } from '../../../../src/core/merge/alignment.ts';
import { slideDeletions } from '../../../../src/core/merge/slides.ts';

const SEQUENCE = fc
  .array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 })
  .map((all) => Int32Array.from(all));

function apply(a: Int32Array, b: Int32Array, hunks: ReturnType<typeof diffSymbols>): number[] {
  const result: number[] = [];
  let at = 0;
  for (const hunk of hunks) {
    result.push(...a.subarray(at, hunk.aStart), ...b.subarray(hunk.bStart, hunk.bEnd));
    at = hunk.aEnd;
  }
  return [...result, ...a.subarray(at)];
}

describe('slideDeletions', () => {
  it('keeps what the hunks do, early or late', () => {
    fc.assert(
      fc.property(SEQUENCE, SEQUENCE, (a, b) => {
        const hunks = diffSymbols(a, b);
        assert.deepEqual(apply(a, b, slideDeletions(hunks, a, 'early')), [...b]);
        assert.deepEqual(apply(a, b, slideDeletions(hunks, a, 'late')), [...b]);
      }),
    );
  });

  it('moves a deletion over equal symbols and nothing else', () => {
    const a = Int32Array.of(1, 0, 2, 0, 3);
    const late = { aStart: 2, aEnd: 4, bStart: 2, bEnd: 2 };
    const early = { aStart: 1, aEnd: 3, bStart: 1, bEnd: 1 };
    assert.deepEqual(slideDeletions([late], a, 'early'), [early]);
    assert.deepEqual(slideDeletions([early], a, 'late'), [late]);
    const insertion = { aStart: 2, aEnd: 2, bStart: 2, bEnd: 3 };
    assert.deepEqual(slideDeletions([insertion], a, 'early'), [insertion]);
  });
});
