import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linesLike, linesOf, splitLines, styleOf } from '../../../../src/core/merge/lines.ts';

const TEXT = fc
  .array(fc.constantFrom('a', 'b', '', 'long', '\n', '\n', '\r\n', '\r', '\uFEFF'), { maxLength: 24 })
  .map((parts) => parts.join(''));

describe('linesOf', () => {
  it('has what stands between line ends, and where', () => {
    fc.assert(
      fc.property(TEXT, (source) => {
        const { text, keys, starts } = linesOf(source);
        const lines = splitLines(text);
        assert.deepEqual(
          keys,
          lines.map((line) => line.replace(/\r?\n$/, '')),
        );
        assert.deepEqual(
          lines,
          keys.map((_, at) => text.slice(starts[at], starts[at + 1])),
        );
      }),
    );
  });
});

describe('linesLike', () => {
  it('is what linesOf gives, whatever the other text is', () => {
    fc.assert(
      fc.property(TEXT, TEXT, TEXT, TEXT, (front, mine, theirs, back) => {
        const other = linesOf(front + theirs + back);
        const source = front + mine + back;
        assert.deepEqual(linesLike(source, other), linesOf(source));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('styleOf', () => {
  it('takes the line end of most lines, and \\n where there are as many', () => {
    const ends = ['a\r\nb\n', 'a\r\nb\r\nc\n', 'a', 'a\rb'].map((text) => styleOf(text).lineEnd);
    assert.deepEqual(ends, ['\n', '\r\n', '\n', '\n']);
  });
});
