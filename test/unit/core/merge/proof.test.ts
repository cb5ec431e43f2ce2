import assert from 'node:assert/strict';
import { isProven } from '../../../../src/core/merge/proof.ts';
import type { Passage } from '../../../../src/core/merge/passage.ts';

function passage(base: string[], local: string[], upstream: string[]): Passage {
  const side = (keys: string[]) => ({ keys, kinds: keys.map(() => 'text' as const) });
  return { base: side(base), local: side(local), upstream: side(upstream) };
}

const BOTH = passage(['a b'], ['a x b'], ['a b y']);

describe('the proof of a merged passage', () => {
  it('holds for both edits and nothing else', () => {
    assert.equal(isProven(BOTH, ['a x b y'], [], 'words and signs'), true);
  });

  it('fails where a word is lost, invented or doubled', () => {
    for (const keys of [['a b y'], ['a x b y z'], ['a x x b y']]) {
      assert.equal(isProven(BOTH, keys, [], 'words and signs'), false, keys.join());
    }
  });

  it('counts signs unless told not to', () => {
    const quoted = passage(['a: b'], ['a: c'], ['a: "b"']);
    assert.equal(isProven(quoted, ['a: c'], [], 'words and signs'), false);
    assert.equal(isProven(quoted, ['a: c'], [], 'words'), true);
  });

  it('lets the same edit of both sides stand once or twice, but not a long line twice', () => {
    const short = passage([], ['- new'], ['- new']);
    assert.equal(isProven(short, ['- new'], [], 'words and signs'), true);
    assert.equal(isProven(short, ['- new', '- new'], [], 'words and signs'), true);
    const line = 'This one line has more than ten words in it, counted.';
    assert.equal(isProven(passage([], [line], [line]), [line, line], [], 'words and signs'), false);
  });

  it('fails where a heading stands twice', () => {
    const heading = passage([], ['## Head'], ['## Head']);
    assert.equal(isProven(heading, ['## Head', '## Head'], [], 'words and signs'), false);
  });

  it('does not count the smaller of two versions where a rule chose the larger', () => {
    const versions = passage(['v: 1.0.0'], ['v: 1.1.0'], ['v: 1.2.0']);
    const note = {
      region: 'version',
      origin: 'upstream',
      reason: '',
      code: 'version_raised',
      params: {},
    } as const;
    assert.equal(isProven(versions, ['v: 1.2.0'], [note], 'words and signs'), true);
    assert.equal(isProven(versions, ['v: 1.2.0'], [], 'words and signs'), false);
  });
});
