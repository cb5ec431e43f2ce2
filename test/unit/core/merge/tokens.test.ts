import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isWord, partsOf, tokensOf } from '../../../../src/core/merge/tokens.ts';

/** What is promised, as patterns. */
const TOKEN = /[\p{L}\p{N}_]+(?:[-./'’:@\\][\p{L}\p{N}_]+)*|[ \t]+|\r?\n|[^\p{L}\p{N}_\s]|\s/gu;
const PART = /[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu;

const SIGN = fc.oneof(
  fc.constantFrom(...Array.from("aZ09_-./'’:@\\ \t\r\n\v\f()#—→✓é漢²Ω\u00a0\u2028\ufeff")),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const TEXT = fc.array(SIGN, { maxLength: 12 }).map((signs) => signs.join(''));

describe('tokensOf', () => {
  it('cuts names that are joined by signs as one, whatever letters they have', () => {
    assert.deepEqual(tokensOf("see docs/cli.md, the user's v1.2.3"), [
      'see',
      ' ',
      'docs/cli.md',
      ',',
      ' ',
      'the',
      ' ',
      "user's",
      ' ',
      'v1.2.3',
    ]);
    assert.deepEqual(tokensOf('naïve-über → l’été'), ['naïve-über', ' ', '→', ' ', 'l’été']);
  });

  it('is the same as its pattern, and its tokens are the text', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        assert.deepEqual(tokensOf(text), text.match(TOKEN) ?? []);
        assert.equal(tokensOf(text).join(''), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same as its pattern for every sign there is', () => {
    for (let code = 0; code < 0x11000; code += 1) {
      const text = `a${String.fromCodePoint(code)}b`;
      assert.deepEqual(tokensOf(text), text.match(TOKEN) ?? [], code.toString(16));
      assert.deepEqual(partsOf(text), text.match(PART) ?? [], code.toString(16));
    }
  });
});

describe('partsOf', () => {
  it('is the same as its pattern', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        assert.deepEqual(partsOf(text), text.match(PART) ?? []);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('isWord', () => {
  it('tells the words among tokens', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        for (const token of tokensOf(text)) assert.equal(isWord(token), /[\p{L}\p{N}_]/u.test(token));
      }),
    );
  });
});
