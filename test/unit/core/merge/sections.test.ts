import assert from 'node:assert/strict';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';

const INTRO = '# Skill\n\nWhat it does.\n\n';
const READ = '## Read\n\nRead every file that is named.\n\nThen read what it links to.\n\n';
const WRITE = '## Write\n\nWrite one page about it.\n\nKeep the headings short.\n\n';
const CHECK = '## Check\n\nCheck the links.\n';

describe('sections that one side moved', () => {
  it("keep that side's order and the other side's edit", () => {
    const local = INTRO + READ + WRITE.replace('one page', 'two pages') + CHECK;
    const merge = mergeText(INTRO + READ + WRITE + CHECK, local, INTRO + WRITE + READ + CHECK);
    assert.deepEqual(merge.conflicts, []);
    assert.equal(merge.text, INTRO + WRITE.replace('one page', 'two pages') + READ + CHECK);
  });

  it('keep edits of both sides in either section', () => {
    const read = READ.replace('every file', 'each file');
    const write = WRITE.replace('one page', 'two pages');
    const upstream = INTRO + WRITE + READ.replace('links to', 'points to') + CHECK;
    const merge = mergeText(INTRO + READ + WRITE + CHECK, INTRO + read + write + CHECK, upstream);
    assert.deepEqual(merge.conflicts, []);
    assert.equal(merge.text, INTRO + write + read.replace('links to', 'points to') + CHECK);
  });

  it('keep a section that was renamed and moved, with the edit of its text', () => {
    const renamed = WRITE.replace('## Write', '## Write up');
    const local = INTRO + READ + WRITE.replace('one page', 'two pages') + CHECK;
    const merge = mergeText(INTRO + READ + WRITE + CHECK, local, INTRO + renamed + READ + CHECK);
    assert.deepEqual(merge.conflicts, []);
    assert.equal(merge.text, INTRO + renamed.replace('one page', 'two pages') + READ + CHECK);
  });

  it('keep a section that the other side added behind the one it follows there', () => {
    const added = '## Ask\n\nAsk when unsure.\n\n';
    const local =
      INTRO + READ.replace('every', 'each') + added + WRITE.replace('one page', 'two pages') + CHECK;
    const merge = mergeText(INTRO + READ + WRITE + CHECK, local, INTRO + WRITE + READ + CHECK);
    assert.deepEqual(merge.conflicts, []);
    assert.equal(
      merge.text,
      INTRO + WRITE.replace('one page', 'two pages') + READ.replace('every', 'each') + added + CHECK,
    );
  });

  it('refuse where both sides changed the same words', () => {
    const local = INTRO + READ + WRITE.replace('one page', 'two pages') + CHECK;
    const upstream = INTRO + WRITE.replace('one page', 'three pages') + READ + CHECK;
    assert.notEqual(mergeText(INTRO + READ + WRITE + CHECK, local, upstream).conflicts.length, 0);
  });

  it('refuse where the side that moved sections removed one that the other edited', () => {
    const local = INTRO + READ.replace('every', 'each') + WRITE + CHECK.replace('links', 'links twice');
    const upstream = INTRO + WRITE + READ.replace('named', 'listed');
    assert.notEqual(mergeText(INTRO + READ + WRITE + CHECK, local, upstream).conflicts.length, 0);
  });
});
