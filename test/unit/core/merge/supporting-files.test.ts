import assert from 'node:assert/strict';
import { sha256 } from '../../../../src/base/digest.ts';
import { mergeSupportingFiles } from '../../../../src/core/merge/supporting-files.ts';
import type { FilePlan, SupportingFile, SupportingFiles } from '../../../../src/core/merge/types.ts';

function tree(files: Readonly<Record<string, string>>, options: { text?: boolean } = {}): SupportingFiles {
  return new Map(
    Object.entries(files).map(([path, content]): [string, SupportingFile] => {
      const executable = content.startsWith('#!');
      const file = { digest: sha256(content), executable, size: content.length };
      return [path, options.text === true ? { ...file, text: content } : file];
    }),
  );
}

/** One line per path of the plan. */
function project(plan: FilePlan): string[] {
  return [
    ...plan.files.map(({ path, source, reason }) => `${path}: ${source}. ${reason}`),
    ...plan.conflicts.map(({ path, kind }) => `${path}: conflict, ${kind}`),
    ...plan.removed.map(({ path, by }) => `${path}: removed by ${by}`),
  ].sort();
}

describe('mergeSupportingFiles', () => {
  it('decides a file by who changed it', () => {
    const plan = mergeSupportingFiles(
      tree({ same: '0', ours: '0', theirs: '0', both: '0' }),
      tree({ same: '0', ours: '1', theirs: '0', both: '1' }),
      tree({ same: '0', ours: '0', theirs: '1', both: '1' }),
    );
    assert.deepEqual(project(plan), [
      'both: local. Changed the same way by both.',
      'ours: local. Changed by local only.',
      'same: local. Unchanged.',
      'theirs: upstream. Changed by upstream only.',
    ]);
  });

  it('adds what one side added and removes what one side removed', () => {
    const plan = mergeSupportingFiles(
      tree({ 'gone-here': '0', 'gone-there': '0', gone: '0' }),
      tree({ 'gone-there': '0', 'new-here': '1', new: '2' }),
      tree({ 'gone-here': '0', 'new-there': '3', new: '2' }),
    );
    assert.deepEqual(project(plan), [
      'gone-here: removed by local',
      'gone-there: removed by upstream',
      'gone: removed by both',
      'new-here: local. Added by local.',
      'new-there: upstream. Added by upstream.',
      'new: local. Added by both, with the same content.',
    ]);
  });

  it('refuses divergent edits, different additions and a deletion against an edit', () => {
    const plan = mergeSupportingFiles(
      tree({ edited: '0', deleted: '0' }),
      tree({ edited: '1', added: '1' }),
      tree({ edited: '2', added: '2', deleted: '1' }),
    );
    assert.deepEqual(project(plan), [
      'added: conflict, divergent_add',
      'deleted: conflict, delete_edit',
      'edited: conflict, divergent_edit',
    ]);
    assert.deepEqual(plan.conflicts[1], {
      path: 'deleted',
      kind: 'delete_edit',
      base: sha256('0'),
      local: null,
      upstream: sha256('1'),
    });
  });

  it('merges text that both sides edited, and conflicts only where the texts do', () => {
    const plan = mergeSupportingFiles(
      tree({ 'a.txt': 'a\nb\nc\n', 'b.txt': 'a\n' }, { text: true }),
      tree({ 'a.txt': 'A\nb\nc\n', 'b.txt': 'b\n' }, { text: true }),
      tree({ 'a.txt': 'a\nb\nC\n', 'b.txt': 'c\n' }, { text: true }),
    );
    assert.deepEqual(project(plan), [
      'a.txt: merged. Changed by both and merged.',
      'b.txt: conflict, divergent_edit',
    ]);
    assert.equal(plan.merges.get('a.txt')?.text, 'A\nb\nC\n');
    assert.equal(plan.files[0]?.digest, sha256('A\nb\nC\n'));
    assert.equal(plan.merges.get('b.txt')?.conflicts.length, 1);
  });

  it('merges the executable bit apart from the content', () => {
    const file = (content: string, executable: boolean): SupportingFiles =>
      new Map([['run', { digest: sha256(content), executable, size: 1 }]]);
    const [decision] = mergeSupportingFiles(file('0', false), file('1', false), file('0', true)).files;
    assert.deepEqual(
      [decision?.source, decision?.digest, decision?.executable],
      ['local', sha256('1'), true],
    );
    const [bit] = mergeSupportingFiles(file('0', true), file('0', true), file('0', false)).files;
    assert.deepEqual(
      [bit?.source, bit?.executable, bit?.reason],
      ['upstream', false, 'Executable bit changed by upstream.'],
    );
  });

  it('says that a file was renamed when its content moved', () => {
    const plan = mergeSupportingFiles(
      tree({ 'old.md': 'x' }),
      tree({ 'old.md': 'x' }),
      tree({ 'new.md': 'x' }),
    );
    assert.deepEqual(project(plan), [
      'new.md: upstream. Renamed from old.md by upstream.',
      'old.md: removed by upstream',
    ]);
  });

  it('lists paths sorted, whatever the order of the trees', () => {
    const plan = mergeSupportingFiles(tree({}), tree({ b: '1', a: '1' }), tree({ d: '1', c: '1' }));
    assert.deepEqual(
      plan.files.map(({ path }) => path),
      ['a', 'b', 'c', 'd'],
    );
  });
});
