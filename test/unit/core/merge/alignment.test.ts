import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diffItems, NumberedItems } from '../../../../src/core/merge/alignment.ts';

const SEQUENCE = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', ''), { maxLength: 30 });

function diff(a: readonly string[], b: readonly string[]) {
  return diffItems(new NumberedItems(a), b);
}

function apply(a: readonly string[], b: readonly string[], hunks: ReturnType<typeof diff>): string[] {
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    result.push(...a.slice(at, hunk.aStart), ...b.slice(hunk.bStart, hunk.bEnd));
    at = hunk.aEnd;
  }
  return [...result, ...a.slice(at)];
}

describe('diffItems', () => {
  it('turns any sequence into any other', () => {
    fc.assert(
      fc.property(SEQUENCE, SEQUENCE, (a, b) => {
        assert.deepEqual(apply(a, b, diff(a, b)), b);
      }),
    );
  });

  it('finds no hunk between equal sequences and never leaves two that touch', () => {
    fc.assert(
      fc.property(SEQUENCE, SEQUENCE, (a, b) => {
        assert.deepEqual(diff(a, [...a]), []);
        const hunks = diff(a, b);
        for (const [at, hunk] of hunks.entries())
          assert.ok(at === 0 || hunk.aStart > (hunks[at - 1]?.aEnd ?? -1));
      }),
    );
  });

  it('puts an insertion that could stand at two places last', () => {
    assert.deepEqual(diff(['x', 'end'], ['x', 'x', 'end']), [{ aStart: 1, aEnd: 1, bStart: 1, bEnd: 2 }]);
  });

  it('compares one sequence with several as it does with each alone', () => {
    fc.assert(
      fc.property(SEQUENCE, fc.array(SEQUENCE, { maxLength: 4 }), (a, others) => {
        const before = new NumberedItems(a);
        for (const other of others) assert.deepEqual(diffItems(before, other), diff(a, other));
      }),
    );
  });

  it('stays correct past the bound of its search', () => {
    const a = Array.from({ length: 3000 }, (_, at) => `${(at * 7) % 11}`);
    const b = Array.from({ length: 3000 }, (_, at) => `${(at * 5) % 13}`);
    assert.deepEqual(apply(a, b, diff(a, b)), b);
  });
});
