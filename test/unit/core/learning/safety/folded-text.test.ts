import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FoldedText } from '../../../../../src/core/learning/safety/folded-text.ts';

describe('FoldedText', () => {
  for (const [original, folded] of [
    ['Ignore  ALL\nrules', 'ignore all rules'],
    ['one\n\n\ntwo', 'one\ntwo'],
    ['**ig**no_re_', 'ignore'],
    ['ig\u200Bno\u00ADre', 'ignore'],
    ['Ｉｇｎｏｒｅ', 'ignore'],
    ['іgnоrе', 'ignore'],
    ['früher según', 'fruher segun'],
    ['don’t', "don't"],
    ['忽略　之前', '忽略 之前'],
    ['\u{1D422}\u{1D420}nore', 'ignore'],
    ['', ''],
  ] as const) {
    it(`reads ${JSON.stringify(original)} as ${JSON.stringify(folded)}`, () => {
      assert.equal(new FoldedText(original).text, folded);
    });
  }

  it('keeps the place of every character, in order and within the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (original) => {
        const folded = new FoldedText(original);
        let last = 0;
        for (let at = 0; at < folded.text.length; at++) {
          const { start, end } = folded.original({ start: at, end: at + 1 });
          assert.ok(start >= last && end > start && end <= original.length);
          last = start;
        }
      }),
    );
  });

  it('leaves plain lower-case words where they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,5}$/u), (original) => {
        const folded = new FoldedText(original);
        assert.equal(folded.text, original);
        assert.deepEqual(folded.original({ start: 0, end: original.length }), {
          start: 0,
          end: original.length,
        });
      }),
    );
  });
});
