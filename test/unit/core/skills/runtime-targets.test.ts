import assert from 'node:assert/strict';
import * as path from 'node:path';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import { hashSkillTree } from '../../../../src/core/skill-tree.ts';
import type { CurrentPointer, Placements } from '../../../../src/core/skills/models.ts';
import {
  resolveTargets,
  type RuntimeTarget,
  TargetInspector,
} from '../../../../src/core/skills/runtime-targets.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const layout = new WorkspaceLayout('/workspace');

async function resolve(workspace: MemoryWorkspace, configured?: readonly string[]) {
  await workspace.files.makeDirectory(workspace.root);
  const { targets, findings } = await resolveTargets(workspace.files, layout, configured);
  for (const target of targets) assert.equal(target.folder, workspace.path(target.name));
  return [targets.map(({ name }) => name), findings.map(({ code, path: at }) => `${code} ${at}`)];
}

async function folders(...names: readonly string[]): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  for (const name of names) await workspace.files.makeDirectory(workspace.path(name));
  return workspace;
}

describe('Runtime targets', () => {
  it('are the known ones that exist, else .agents/skills', async () => {
    assert.deepEqual(await resolve(await folders()), [['.agents/skills'], []]);
    assert.deepEqual(await resolve(await folders('.github/skills')), [['.github/skills'], []]);
    assert.deepEqual(await resolve(await folders('.github/skills', '.claude/skills', 'other/skills')), [
      ['.claude/skills', '.github/skills'],
      [],
    ]);
  });

  it('are exactly the configured ones, there or not, in their order', async () => {
    const workspace = await folders('.claude/skills');
    assert.deepEqual(await resolve(workspace, ['agents/b', './agents//a/']), [['agents/b', 'agents/a'], []]);
    assert.deepEqual(await resolve(workspace, []), [[], []]);
  });

  it('count once when one is a link to another', async () => {
    const workspace = await folders('.agents/skills', '.claude');
    workspace.files.symlink('../.agents/skills', workspace.path('.claude/skills'));
    assert.deepEqual(await resolve(workspace), [['.agents/skills'], []]);
    assert.deepEqual(await resolve(workspace, ['.claude/skills', '.agents/skills', './.agents/skills']), [
      ['.agents/skills'],
      [],
    ]);
  });

  it('are not used when they are outside the workspace, are it, or lead out of it', async () => {
    const workspace = await folders('.claude');
    await workspace.files.makeDirectory(path.resolve('/home/skills'));
    workspace.files.symlink('/home/skills', workspace.path('.claude/skills'));
    for (const name of ['../skills', '.', '.claude/skills', '..'])
      assert.deepEqual(await resolve(workspace, [name, '.agents/skills']), [
        ['.agents/skills'],
        [`target_outside_workspace ${name}`],
      ]);
    assert.deepEqual(await resolve(workspace, [path.resolve('/home/ann/skills'), '.agents/skills']), [
      ['.agents/skills'],
      ['target_outside_workspace <external>/skills'],
    ]);
  });
});

const DOCUMENT = skillText('one', { Use: 'First.' });
const TARGET: RuntimeTarget = { name: '.agents/skills', folder: path.resolve('/workspace/.agents/skills') };
const FOLDER = '.agents/skills/one';

async function hashOf(text: string): Promise<string> {
  const workspace = new MemoryWorkspace();
  await workspace.write('one', { 'SKILL.md': text });
  return (await hashSkillTree(workspace.files, workspace.path('one'))).treeHash;
}

/** State and problem of a folder in the target, when `placed` was put there last and `current` is the version in use. */
async function look(
  workspace: MemoryWorkspace,
  current: string,
  placed?: string,
  inspector = new TargetInspector(workspace.files),
) {
  const pointer: CurrentPointer = {
    schema_version: 1,
    skill_name: 'one',
    version: 'v0002',
    tree_hash: await hashOf(current),
    content_hash: '',
    action: 'publish',
    previous_version: 'v0001',
    updated_at: '',
  };
  const records = placed === undefined ? {} : { one: { version: 'v0001', tree_hash: await hashOf(placed) } };
  const placements: Placements = { schema_version: 1, targets: { [TARGET.name]: records } };
  const { state, problem } = await inspector.inspect(TARGET, pointer, placements);
  return problem === undefined ? state : `${state} ${problem.code}`;
}

describe('TargetInspector', () => {
  const NEXT = skillText('one', { Use: 'Second.' });
  const standing = async (text: string): Promise<MemoryWorkspace> => {
    const workspace = new MemoryWorkspace();
    await workspace.write(FOLDER, { 'SKILL.md': text });
    return workspace;
  };

  it('tells what is current, what is an older version, what was edited and what is not ours', async () => {
    assert.equal(await look(new MemoryWorkspace(), NEXT, DOCUMENT), 'missing');
    assert.equal(await look(await standing(NEXT), NEXT, DOCUMENT), 'in_sync');
    assert.equal(await look(await standing(NEXT), NEXT), 'in_sync');
    assert.equal(await look(await standing(DOCUMENT), NEXT, DOCUMENT), 'outdated');
    assert.equal(await look(await standing('mine'), NEXT, DOCUMENT), 'local_edits');
    assert.equal(await look(await standing('foreign'), NEXT), 'target_occupied');
  });

  it('takes a file or a link of the name for somebody else’s, recorded or not', async () => {
    const workspace = new MemoryWorkspace();
    await workspace.write('.agents/skills', { one: 'a file' });
    assert.equal(await look(workspace, NEXT, DOCUMENT), 'target_occupied');
    const linked = await standing(DOCUMENT);
    await linked.files.remove(linked.path(FOLDER));
    linked.files.symlink('../../elsewhere', linked.path(FOLDER));
    assert.equal(await look(linked, NEXT, DOCUMENT), 'target_occupied');
  });

  it('takes a folder of ours that cannot be read as a skill for an edit, and says why', async () => {
    const linked = await standing(DOCUMENT);
    linked.files.symlink('SKILL.md', linked.path(`${FOLDER}/again.md`));
    assert.equal(await look(linked, NEXT, DOCUMENT), 'local_edits symlink_not_allowed');
    assert.equal(await look(linked, NEXT), 'target_occupied symlink_not_allowed');
    const reserved = await standing(DOCUMENT);
    await reserved.write(FOLDER, { 'version.json': '{}' });
    assert.equal(await look(reserved, NEXT, DOCUMENT), 'local_edits reserved_file_name');
    const headless = await standing(DOCUMENT);
    await headless.files.remove(headless.path(`${FOLDER}/SKILL.md`));
    assert.equal(await look(headless, NEXT, DOCUMENT), 'local_edits skill_document_missing');
  });

  it('does not take what agents and tools leave behind for an edit, at any depth', async () => {
    const workspace = await standing(DOCUMENT);
    await workspace.write(FOLDER, {
      'run.log': '',
      'bin/deep/run.log': '',
      'bin/__pycache__/a.txt': '',
      '.DS_Store': '',
      'lib/x.pyc': '',
    });
    assert.equal(await look(workspace, DOCUMENT, DOCUMENT), 'in_sync');
    await workspace.write(FOLDER, { 'logs.md': '' });
    assert.equal(await look(workspace, DOCUMENT, DOCUMENT), 'local_edits');
  });

  it('ignores what the setting names, and nothing else then', () => {
    const globs = ['*.tmp', 'cache/**', '**/out', 'data/raw'];
    const inspector = new TargetInspector(new MemoryWorkspace().files, globs);
    const ignored = ['a.tmp', 'x/y/.b.tmp', 'cache/a/b', 'out/a', 'x/out/a', 'data/raw/a', 'old.tmp/a'];
    const edits = ['x/cache/a', 'x/data/raw/a', 'run.log', 'SKILL.md', 'a.tmp.md', 'outer/a'];
    assert.deepEqual(
      [...ignored, ...edits].filter((file) => inspector.ignores(file)),
      ignored,
    );
  });
});
