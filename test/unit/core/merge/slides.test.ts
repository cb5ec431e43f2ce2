import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diffItems, NumberedItems, type Hunk } from '../../../../src/core/merge/alignment.ts';
import { slideDeletions } from '../../../../src/core/merge/slides.ts';

const SEQUENCE = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', ''), { maxLength: 30 });

function apply(a: readonly string[], b: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    result.push(...a.slice(at, hunk.aStart), ...b.slice(hunk.bStart, hunk.bEnd));
    at = hunk.aEnd;
  }
  return [...result, ...a.slice(at)];
}

describe('slideDeletions', () => {
  it('keeps what the hunks do, early or late', () => {
    fc.assert(
      fc.property(SEQUENCE, SEQUENCE, (a, b) => {
        const hunks = diffItems(new NumberedItems(a), b);
        assert.deepEqual(apply(a, b, slideDeletions(hunks, a, 'early')), b);
        assert.deepEqual(apply(a, b, slideDeletions(hunks, a, 'late')), b);
      }),
    );
  });

  it('moves a deletion over equal items and nothing else', () => {
    const a = ['one', '', 'two', '', 'three'];
    const late = { aStart: 2, aEnd: 4, bStart: 2, bEnd: 2 };
    const early = { aStart: 1, aEnd: 3, bStart: 1, bEnd: 1 };
    assert.deepEqual(slideDeletions([late], a, 'early'), [early]);
    assert.deepEqual(slideDeletions([early], a, 'late'), [late]);
    const insertion = { aStart: 2, aEnd: 2, bStart: 2, bEnd: 3 };
    assert.deepEqual(slideDeletions([insertion], a, 'early'), [insertion]);
  });
});
