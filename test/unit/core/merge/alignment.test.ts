import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diffSymbols, SymbolTable } from '../../../../src/core/merge/alignment.ts';

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

describe('diffSymbols', () => {
  it('turns any sequence into any other', () => {
    fc.assert(
      fc.property(SEQUENCE, SEQUENCE, (a, b) => {
        assert.deepEqual(apply(a, b, diffSymbols(a, b)), [...b]);
      }),
    );
  });

  it('finds no hunk between equal sequences and never leaves two that touch', () => {
    fc.assert(
      fc.property(SEQUENCE, SEQUENCE, (a, b) => {
        assert.deepEqual(diffSymbols(a, a), []);
        const hunks = diffSymbols(a, b);
        for (const [at, hunk] of hunks.entries())
          assert.ok(at === 0 || hunk.aStart > (hunks[at - 1]?.aEnd ?? -1));
      }),
    );
  });

  it('puts an insertion that could stand at two places last', () => {
    const table = new SymbolTable();
    const a = table.add(['x', 'end']);
    const b = table.add(['x', 'x', 'end']);
    assert.deepEqual(diffSymbols(a, b), [{ aStart: 1, aEnd: 1, bStart: 1, bEnd: 2 }]);
  });

  it('stays correct past the bound of its search', () => {
    const a = Int32Array.from({ length: 3000 }, (_, at) => (at * 7) % 11);
    const b = Int32Array.from({ length: 3000 }, (_, at) => (at * 5) % 13);
    assert.deepEqual(apply(a, b, diffSymbols(a, b)), [...b]);
  });
});

describe('SymbolTable', () => {
  it('gives equal strings equal numbers, however a sequence is added', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(words, words, (items, other) => {
        const table = new SymbolTable();
        const symbols = table.add(other);
        assert.deepEqual(table.addLike(items, other, symbols), table.add(items));
      }),
    );
  });
});
