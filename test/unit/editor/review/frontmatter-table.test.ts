import assert from 'node:assert/strict';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';
import { frontmatterEntries, frontmatterTable } from '../../../../src/editor/review/frontmatter-table.ts';

const document = (...lines: readonly string[]) => `---\n${lines.join('\n')}\n---\n\n# Title\n`;

describe('frontmatterEntries', () => {
  it('reads values as they are written, over several lines where they go on', () => {
    const entries = frontmatterEntries(
      document(
        'name: notes',
        'description: Use when: a release is tagged',
        'tools:',
        '- git',
        '- gh',
        'text: |',
        '  one',
        '',
        '  two',
        '"quoted key": "x"',
        'empty:',
      ),
    );
    assert.deepEqual(
      [...entries].map(([key, { value }]) => [key, value]),
      [
        ['name', 'notes'],
        ['description', 'Use when: a release is tagged'],
        ['tools', '- git\n- gh'],
        ['text', '|\n  one\n\n  two'],
        ['quoted key', '"x"'],
        ['empty', ''],
      ],
    );
  });

  it('finds none where the text has no closed frontmatter', () => {
    for (const text of ['', '# Title\n', '---\nname: x\n', 'name: x\n---\n']) {
      assert.equal(frontmatterEntries(text).size, 0);
    }
  });
});

describe('frontmatterTable', () => {
  const table = (base: string, local: string, upstream: string, result: string) => {
    const merge = mergeText(base, local, upstream);
    return frontmatterTable(
      { base, local, upstream, result },
      merge.chunks,
      merge.conflicts.map(({ id }) => id),
    );
  };

  it('marks the keys that differ, and shows what is not set as null', () => {
    const base = document('name: notes', 'license: MIT');
    const local = document('name: notes', 'license: MIT', 'tags: [mine]');
    assert.deepEqual(table(base, local, base, local), [
      { key: 'name', base: 'notes', local: 'notes', upstream: 'notes', result: 'notes', mark: 'same' },
      { key: 'license', base: 'MIT', local: 'MIT', upstream: 'MIT', result: 'MIT', mark: 'same' },
      { key: 'tags', base: null, local: '[mine]', upstream: null, result: '[mine]', mark: 'differs' },
    ]);
  });

  it('gives no result for a key in an open conflict', () => {
    const rows = table(
      document('name: notes', 'description: old words here'),
      document('name: notes', 'description: entirely local thing'),
      document('name: notes', 'description: upstream says otherwise'),
      document('name: notes'),
    );
    assert.deepEqual(
      rows.map(({ key, result, mark }) => [key, result, mark]),
      [
        ['name', 'notes', 'same'],
        ['description', null, 'conflict'],
      ],
    );
  });
});
