import assert from 'node:assert/strict';
import { hasOpenMarkers } from '../../../../src/core/learning/draft-change.ts';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';

const BLOCK = '<<<<<<< local\nmine\n||||||| base\nold\n=======\ntheirs\n>>>>>>> upstream\n';

function documentOf(base: string, local: string, upstream: string) {
  return { base, local, upstream, merge: mergeText(base, local, upstream) };
}
const OPEN = documentOf('a\nold\nb\n', 'a\nmine\nb\n', 'a\ntheirs\nb\n');

describe('Markers of an open conflict', () => {
  it('are seen when the block is as it was written, with either line end', () => {
    assert.equal(hasOpenMarkers(OPEN, `a\n${BLOCK}b\n`), true);
    assert.equal(hasOpenMarkers(OPEN, `a\n${BLOCK}b\n`.replaceAll('\n', '\r\n')), true);
  });

  it('are seen when only a part of the block was cut out', () => {
    for (const line of ['<<<<<<< local', '||||||| base', '>>>>>>> upstream'])
      assert.equal(hasOpenMarkers(OPEN, `a\nmine\n${line}\nb\n`), true, line);
  });

  it('are not seen in a settled text, under a heading or in an example of other tools', () => {
    const example = '```\n<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> feature\n```\n';
    assert.equal(hasOpenMarkers(OPEN, 'a\nmine and theirs\nb\n'), false);
    assert.equal(hasOpenMarkers(OPEN, `Title\n=======\n${example}`), false);
  });

  it('are not seen in a skill that shows such a block itself, unless a conflict of the merge stands there too', () => {
    const lesson = 'How it looks:\n<<<<<<< local\nx\n||||||| base\ny\n=======\nz\n>>>>>>> upstream\n';
    const git = documentOf(`${lesson}old\n`, `${lesson}mine\n`, `${lesson}theirs\n`);
    assert.equal(hasOpenMarkers(git, `${lesson}both\n`), false);
    assert.equal(hasOpenMarkers(git, git.merge.text), true);
  });

  it('cannot be there where nothing was in conflict', () => {
    const clean = documentOf('a\nb\n', 'a\nb\n', 'a\nb\nc\n');
    assert.equal(hasOpenMarkers(clean, `a\n${BLOCK}`), false);
  });
});
