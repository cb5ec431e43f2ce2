import assert from 'node:assert/strict';
import type { ViewChunk, ViewChunkKind } from '../../../src/protocol/review-view.ts';
import { format } from '../../../webview-ui/review/format.ts';
import { changeStops, conflictStops, nextOpen, step } from '../../../webview-ui/review/model/navigation.ts';
import { chunkOfLine, cutAt, segmentsOf } from '../../../webview-ui/review/model/segments.ts';
import { unitedRanges, wordChanges } from '../../../webview-ui/review/model/word-diff.ts';
import { readSavedState } from '../../../webview-ui/review/saved-state.ts';
import { leadOf } from '../../../webview-ui/review/scroll-sync.ts';

function chunks(...kinds: readonly ViewChunkKind[]): readonly ViewChunk[] {
  return kinds.map((kind, at) => ({
    id: `c${at + 1}`,
    kind,
    base: [at, at + 1],
    local: [at, at + 1],
    upstream: [at, at + 1],
  }));
}

describe('navigation', () => {
  const list = chunks('unchanged', 'conflict', 'local', 'conflict', 'unchanged');

  it('steps through conflicts, and through all changes, around the end', () => {
    assert.deepEqual(conflictStops(list), [1, 3]);
    assert.deepEqual(changeStops(list), [1, 2, 3]);
    assert.deepEqual(
      [undefined, 0, 1, 2, 3, 4].map((at) => step([1, 3], at, 1)),
      [1, 1, 3, 3, 1, 1],
    );
    assert.deepEqual(
      [undefined, 0, 1, 2, 3, 4].map((at) => step([1, 3], at, -1)),
      [3, 3, 3, 1, 1, 3],
    );
    assert.equal(step([], 2, 1), undefined);
  });

  it('goes to the next open conflict, before the current one when none is left after it', () => {
    assert.equal(
      nextOpen(list, ({ id }) => id === 'c2', 3),
      1,
    );
    assert.equal(
      nextOpen(list, () => false, 1),
      undefined,
    );
  });
});

describe('segments', () => {
  const list: readonly ViewChunk[] = [
    { id: 'c1', kind: 'unchanged', base: [0, 250], local: [0, 250], upstream: [5, 255] },
    { id: 'c2', kind: 'conflict', base: [250, 251], local: [250, 250], upstream: [255, 260] },
  ];

  it('are the chunks, and the lines before a cut', () => {
    const cut = cutAt(list, 100);
    assert.deepEqual(cut, { chunk: 0, lines: 100 });
    assert.deepEqual(
      segmentsOf(list, cut).map(({ chunk, key, local, upstream, lens }) => [
        chunk,
        key,
        local,
        upstream,
        lens,
      ]),
      [
        [0, -1, [0, 100], [5, 105], false],
        [0, 0, [100, 250], [105, 255], false],
        [1, 1, [250, 250], [255, 260], true],
      ],
    );
  });

  it('are not cut at the start of a chunk, or in one that changed', () => {
    for (const line of [0, 250, 999]) assert.equal(cutAt(list, line), undefined);
    assert.equal(cutAt([], 0), undefined);
  });

  it('are found by line', () => {
    assert.deepEqual(
      [0, 249, 250, 999].map((line) => chunkOfLine(list, 'base', line)),
      [0, 0, 1, 1],
    );
  });
});

describe('word changes', () => {
  const marked = (before: string, after: string) => {
    const { removed, added } = wordChanges(before, after);
    const mark = (text: string, ranges: readonly { readonly from: number; readonly to: number }[]) =>
      ranges.map(({ from, to }) => text.slice(from, to));
    return { removed: mark(before, removed), added: mark(after, added) };
  };

  it('show whole words where only letters changed', () => {
    assert.deepEqual(marked('It writes the release notes today.', 'It drafts the release notes today.'), {
      removed: ['writes'],
      added: ['drafts'],
    });
  });

  it('show the digits that changed', () => {
    assert.deepEqual(marked('version: 1.2.0 of the skill', 'version: 1.3.0 of the skill'), {
      removed: ['2'],
      added: ['3'],
    });
  });

  it('do not spread over text without spaces between words', () => {
    assert.deepEqual(marked('请在发布之前检查所有内容并通知团队', '请在发布之后检查所有内容并通知团队'), {
      removed: ['前'],
      added: ['后'],
    });
  });

  it('mark nothing in a rewrite, in an empty text and in a very long one', () => {
    const nothing = { removed: [], added: [] };
    assert.deepEqual(marked('abc def ghi', 'xyz uvw rst qpo'), nothing);
    assert.deepEqual(marked('', 'new'), nothing);
    assert.deepEqual(marked('a'.repeat(15_000), `${'a'.repeat(15_000)}b`), nothing);
  });

  it('unite ranges that meet', () => {
    assert.deepEqual(
      unitedRanges(
        [
          { from: 0, to: 3 },
          { from: 8, to: 9 },
        ],
        [{ from: 2, to: 5 }],
      ),
      [
        { from: 0, to: 5 },
        { from: 8, to: 9 },
      ],
    );
  });
});

describe('the saved state', () => {
  const saved = {
    draftId: 'd',
    path: 'SKILL.md',
    current: 4,
    anchor: { chunk: 3, fraction: 0.5 },
    details: true,
    resultShare: 0.4,
    unsent: {
      'SKILL.md': { kind: 'chunks' as const, resolutions: { c1: { take: 'text' as const, text: 'x' } } },
    },
  };

  it('reads back as it was written', () => {
    assert.deepEqual(readSavedState(JSON.parse(JSON.stringify(saved)), 'd'), saved);
  });

  it('is not read for another draft, nor from what is no state', () => {
    for (const value of [
      null,
      'x',
      [],
      {},
      { ...saved, draftId: 'e' },
      { draftId: 'd' },
      { ...saved, anchor: 1 },
    ]) {
      assert.equal(readSavedState(value, 'd'), undefined);
    }
  });

  it('leaves out what cannot be a choice, and keeps sizes in bounds', () => {
    const state = readSavedState(
      {
        ...saved,
        current: 'x',
        resultShare: 7,
        unsent: { a: { kind: 'chunks', resolutions: { c1: { take: 'rm' } } }, b: 3 },
      },
      'd',
    );
    assert.deepEqual(state?.unsent, { a: { kind: 'chunks', resolutions: {} } });
    assert.equal(state.resultShare, 0.9);
    assert.equal(state.current, null);
  });
});

describe('the lead of the scroll', () => {
  it('is nothing at the top, a quarter on the way and the whole view at the bottom', () => {
    const lead = (scrollTop: number) => leadOf({ scrollTop, scrollHeight: 1000, clientHeight: 100 });
    assert.deepEqual([0, 50, 100, 500, 900].map(lead), [0, 0.125, 0.25, 0.25, 1]);
  });

  it('is defined for a view that need not scroll', () => {
    assert.equal(leadOf({ scrollTop: 0, scrollHeight: 100, clientHeight: 100 }), 0);
    assert.equal(leadOf({ scrollTop: 0, scrollHeight: 0, clientHeight: 0 }), 0);
  });
});

describe('format', () => {
  it('fills in what is given and leaves the rest', () => {
    assert.equal(format('{0} of {1}, {2}', 1, 'three'), '1 of three, {2}');
  });
});
