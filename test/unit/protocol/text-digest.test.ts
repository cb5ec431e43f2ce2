import assert from 'node:assert/strict';
import fc from 'fast-check';
import { displayText, resultDigest, textDigest } from '../../../src/protocol/text-digest.ts';

describe('text digests', () => {
  it('tells texts apart that differ in one character', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        assert.equal(textDigest(a) === textDigest(b), a === b);
      }),
    );
  });

  it('sees no difference in the style of a file', () => {
    assert.equal(resultDigest('\uFEFFa\r\nb\r\n'), resultDigest('a\nb'));
    assert.notEqual(resultDigest('a\nb\n\n'), resultDigest('a\nb\n'));
  });

  it('shows line feeds only and no byte order mark, and keeps a lone carriage return', () => {
    assert.equal(displayText('\uFEFFa\r\nb\rc'), 'a\nb\rc');
  });
});
