import assert from 'node:assert/strict';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';
import type { TextMerge } from '../../../../src/core/merge/types.ts';
import { project } from '../../../support/merge-projection.ts';

const NOTE = 'Ask before you delete a branch that somebody else may still be working on.';
const NEARLY =
  'Ask the author in the thread before you delete a branch that somebody else may still be working on at this very moment.';
const BLOCK = [
  'git fetch --all',
  'git branch --merged main',
  'git log main..topic --oneline',
  'git push --delete origin topic',
  'git remote prune origin --dry-run',
];

const text = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const between = (top: readonly string[], end: readonly string[] = []): string =>
  text('# Git', '', ...top, 'First.', '', 'Second.', '', 'Third.', ...end);
const codes = ({ decisions }: TextMerge): readonly string[] => decisions.map(({ code }) => code);

describe('Text that both sides added at different places', () => {
  it('is a conflict where upstream has it, with the reason', () => {
    const merge = mergeText(between([]), between([NOTE, '']), between([], ['', NOTE]));
    assert.deepEqual(project(merge), [
      '  # Git',
      '  ',
      `l ${NOTE}`,
      'l ',
      '  First.',
      '  ',
      '  Second.',
      '  ',
      '  Third.',
      '?u ',
      `?u ${NOTE}`,
      '?? c4',
    ]);
    assert.deepEqual(codes(merge), ['added_twice']);
  });

  it('is found where it is a paragraph that differs in a word, too', () => {
    const other = NEARLY.replace('author', 'owner');
    const merge = mergeText(between([]), between([NEARLY, '']), between([], ['', other]));
    assert.deepEqual(codes(merge), ['added_twice']);
    assert.equal(merge.conflicts.length, 1);
  });

  it('is found where many short lines make it up', () => {
    const fence = ['```', ...BLOCK, '```'];
    const merge = mergeText(between([]), between([...fence, '']), between([], ['', ...fence]));
    assert.deepEqual([codes(merge), merge.conflicts.length], [['added_twice'], 1]);
  });

  it('is found where both moved it, each to another place', () => {
    const old = ['One.', '', 'Two.', '', 'Three.', '', 'Four.', ''];
    const base = text(...old, NOTE, '', ...old);
    const merge = mergeText(base, text(NOTE, '', ...old, ...old), text(...old, ...old, NOTE, ''));
    assert.deepEqual(codes(merge), ['added_twice']);
    assert.ok(merge.conflicts.length > 0);
  });

  it('is no conflict where it is short: such lines occur by chance', () => {
    const row = ['| Tool | Best for |', '| --- | --- |'];
    const merge = mergeText(
      between([]),
      between([...row, '| a | b |', '']),
      between([], ['', ...row, '| c | d |']),
    );
    assert.deepEqual([merge.conflicts, codes(merge)], [[], []]);
  });

  it('is no conflict where the rows of a table or the items of a list are alike: they are of different things', () => {
    const item = (name: string): string =>
      `- [${name}](./${name}/SKILL.md) does one thing and does it well, says when it cannot, and never asks twice for the same thing`;
    const merge = mergeText(between([]), between([item('a'), '']), between([], ['', item('b')]));
    assert.deepEqual(merge.conflicts, []);
  });

  it('is no conflict where each side brought another old line up to date', () => {
    const old = NOTE.replace('branch', 'topic branch');
    const base = text(old, '', 'First.', '', 'Second.', '', old);
    const merge = mergeText(base, base.replace(old, NOTE), text(old, '', 'First.', '', 'Second.', '', NOTE));
    assert.equal(merge.text, text(NOTE, '', 'First.', '', 'Second.', '', NOTE));
    assert.deepEqual(merge.conflicts, []);
  });

  it('is once in the result where both added it at one place', () => {
    const merge = mergeText(between([]), between([NOTE, '']), between([NOTE, '']));
    assert.equal(merge.text, between([NOTE, '']));
  });

  it('is decided alike whichever side is local', () => {
    const [a, b] = [between([NOTE, '']), between([], ['', NOTE])];
    assert.equal(
      mergeText(between([]), a, b).conflicts.length,
      mergeText(between([]), b, a).conflicts.length,
    );
  });
});
