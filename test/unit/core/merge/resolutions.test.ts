import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyResolutions } from '../../../../src/core/merge/resolutions.ts';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';
import type { Resolution } from '../../../../src/core/merge/types.ts';
import { lines } from '../../../support/merge-projection.ts';

const SIDES = {
  base: lines('one two three four five'),
  local: lines('one zwei three four 5'),
  upstream: lines('one deux three four fünf six'),
};

describe('applyResolutions', () => {
  const merge = mergeText(SIDES.base, SIDES.local, SIDES.upstream);
  const resolved = (take: Resolution) =>
    applyResolutions(merge, SIDES, Object.fromEntries(merge.conflicts.map(({ id }) => [id, take]))).text;

  it('takes what the reviewer chose for each conflict', () => {
    assert.equal(resolved({ take: 'local' }), SIDES.local);
    assert.equal(resolved({ take: 'base' }), SIDES.base);
    assert.equal(resolved({ take: 'upstream' }), SIDES.upstream);
    assert.equal(resolved({ take: 'local_then_upstream' }), lines('one zwei deux three four 5 fünf six'));
    assert.equal(resolved({ take: 'upstream_then_local' }), lines('one deux zwei three four fünf six 5'));
  });

  it('takes an edited text and ends its last line', () => {
    const [first] = merge.conflicts;
    assert.ok(first);
    const { text, unresolved } = applyResolutions(merge, SIDES, {
      [first.id]: { take: 'text', text: 'both' },
    });
    assert.ok(text.startsWith(lines('one both three')));
    assert.deepEqual(
      unresolved,
      merge.conflicts.slice(1).map(({ id }) => id),
    );
  });

  it('leaves what is unresolved between markers, as the merge has it', () => {
    assert.equal(applyResolutions(merge, SIDES, {}).text, merge.text);
  });

  it('overrides what was merged without a conflict', () => {
    const sides = { base: lines('a b c'), local: lines('A b c'), upstream: lines('a b C') };
    const clean = mergeText(sides.base, sides.local, sides.upstream);
    const last = clean.chunks.at(-1);
    assert.ok(last);
    assert.equal(applyResolutions(clean, sides, { [last.id]: { take: 'base' } }).text, lines('A b c'));
  });

  it('gives adopted text the line ends of local', () => {
    const sides = { base: 'a\n', local: 'b\r\n', upstream: 'c\nd\n' };
    const conflict = mergeText(sides.base, sides.local, sides.upstream);
    assert.equal(applyResolutions(conflict, sides, { c1: { take: 'upstream' } }).text, 'c\r\nd\r\n');
  });

  it('ignores a resolution for a chunk the merge does not have', () => {
    assert.equal(applyResolutions(merge, SIDES, { c99: { take: 'local' } }).text, merge.text);
  });

  it('gives local when every chunk takes local, and upstream or base likewise', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 8 })
      .map((all) => all.map((x) => `${x}\n`).join(''));
    fc.assert(
      fc.property(text, text, text, (base, local, upstream) => {
        const sides = { base, local, upstream };
        const any = mergeText(base, local, upstream);
        for (const take of ['base', 'local', 'upstream'] as const) {
          const all = Object.fromEntries(any.chunks.map(({ id }) => [id, { take }]));
          assert.deepEqual(applyResolutions(any, sides, all), { text: sides[take], unresolved: [] });
        }
      }),
    );
  });
});
