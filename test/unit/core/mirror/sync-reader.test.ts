import assert from 'node:assert/strict';
import { BeaverError, isBeaverError } from '../../../../src/base/errors.ts';
import type { MirrorDeps } from '../../../../src/core/mirror/mirror-deps.ts';
import { StateBook } from '../../../../src/core/mirror/state-book.ts';
import { ifReadable, PointerReader, SyncReader } from '../../../../src/core/mirror/sync-reader.ts';
import type { PluginManifest } from '../../../../src/core/plugins/models.ts';
import { IndexBook } from '../../../../src/core/skills/index-book.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const ONE = { 'SKILL.md': skillText('one', { Use: 'First.' }) };
const TWO = { 'SKILL.md': skillText('two', { Use: 'Twice.' }) };

async function enabled(): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  await workspace.plugin('kit', '1.0.0', { one: ONE, two: TWO });
  await workspace.open().plugins.enable(['kit']);
  return workspace;
}

async function readerOf(workspace: MemoryWorkspace, targets?: readonly string[]) {
  const { deps } = workspace.domains(targets === undefined ? {} : { runtimeTargets: targets });
  const hashed: string[] = [];
  const counted: MirrorDeps = {
    ...deps,
    treeHash: (manifest, skill, accepted, look) => {
      hashed.push(skill.name);
      return deps.treeHash(manifest, skill, accepted, look);
    },
  };
  const pointers = new PointerReader(counted);
  const reader = new SyncReader(counted, await deps.discover(), pointers);
  const state = await StateBook.read(workspace.files, deps.layout);
  const unplaced = async () => pointers.unplaced(state, await IndexBook.read(deps.store, deps.layout));
  return { reader, pointers, hashed, unplaced };
}

function skillOf(manifest: PluginManifest | undefined, name: string) {
  const skill = manifest?.skills.find((entry) => entry.name === name);
  assert(manifest !== undefined && skill !== undefined);
  return [manifest, skill, null] as const;
}

describe('SyncReader', () => {
  it('hashes a tree once, and keeps to what it saw first', async () => {
    const workspace = await enabled();
    const { reader, hashed } = await readerOf(workspace);
    const asked = skillOf(reader.manifest('kit'), 'one');
    const first = await reader.treeHash(...asked);
    await workspace.write('plugins/kit/skills/one', { 'SKILL.md': 'changed' });
    assert.equal(await reader.treeHash(...asked), first);
    assert.deepEqual(hashed, ['one']);
    assert.equal(reader.manifest('other'), undefined);
  });

  it('remembers a tree that cannot be read as such, without asking again', async () => {
    const workspace = await enabled();
    const { reader, hashed } = await readerOf(workspace);
    const asked = skillOf(reader.manifest('kit'), 'one');
    workspace.files.symlink('SKILL.md', workspace.path('plugins/kit/skills/one/again.md'));
    for (let time = 0; time < 2; time++)
      await assert.rejects(reader.treeHash(...asked), (error) => isBeaverError(error, 'symlink_not_allowed'));
    assert.deepEqual(hashed, ['one']);
  });

  it('reads a pointer once, and again after the skill was changed by this process', async () => {
    const workspace = await enabled();
    const { reader, pointers } = await readerOf(workspace);
    assert.equal((await reader.current('one'))?.version, 'v0001');
    await workspace.write('.agents/skills/one', { 'SKILL.md': skillText('one', { Use: 'Mine.' }) });
    await workspace.open().skills.capture();
    assert.equal((await reader.current('one'))?.version, 'v0001');
    pointers.forget('one');
    assert.equal((await reader.current('one'))?.version, 'v0002');
    assert.equal(await reader.current('nobody'), undefined);
  });

  it('finds the skills that do not stand in every target', async () => {
    const workspace = await enabled();
    assert.deepEqual(await (await readerOf(workspace)).unplaced(), []);
    await workspace.files.remove(workspace.path('.agents/skills/two'));
    assert.deepEqual(await (await readerOf(workspace)).unplaced(), ['two']);
    const both = ['.agents/skills', 'more/skills'];
    assert.deepEqual(await (await readerOf(workspace, both)).unplaced(), ['one', 'two']);
    assert.deepEqual(await (await readerOf(workspace, [])).unplaced(), []);
  });

  it('asks for no disabled skill and for none that cannot be read to be placed', async () => {
    const workspace = await enabled();
    await workspace.write('skills/one', { 'current.json': 'torn' });
    await workspace.files.remove(workspace.path('.agents/skills'));
    const { unplaced } = await readerOf(workspace);
    assert.deepEqual(await unplaced(), ['two']);
    const other = await enabled();
    await other.open().plugins.disable('kit', { disableLinkedSkills: true });
    assert.deepEqual(await (await readerOf(other)).unplaced(), []);
  });
});

describe('ifReadable', () => {
  it('makes nothing of what has a code, and lets everything else through', async () => {
    const coded = new BeaverError('torn', 'It is torn.', { nextStep: 'Mend it.' });
    assert.equal(await ifReadable(Promise.reject<number>(coded)), undefined);
    assert.equal(await ifReadable(Promise.resolve(1)), 1);
    await assert.rejects(ifReadable(Promise.reject(new TypeError('a bug'))), TypeError);
  });
});
