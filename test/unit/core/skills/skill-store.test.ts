import assert from 'node:assert/strict';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { canonicalJson, type JsonValue } from '../../../../src/base/json.ts';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import { hashSkillTree } from '../../../../src/core/skill-tree.ts';
import { recordedBits, SkillStore } from '../../../../src/core/skills/skill-store.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText, type Texts } from '../../../support/temp-workspace.ts';

const FILES = { 'SKILL.md': skillText('one', { Use: 'First.' }), 'bin/run*': 'echo run\n' };
const VERSION = 'skills/one/versions/v0001';
const AT = '2026-01-01T00:00:00.000Z';

async function published(executableBit = true): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace({ executableBit });
  await workspace.plugin('kit', '1.0.0', { one: FILES });
  await workspace.open().plugins.enable(['kit']);
  return workspace;
}

function storeOf(workspace: MemoryWorkspace): SkillStore {
  return new SkillStore(workspace.files, new WorkspaceLayout(workspace.root));
}

async function upstreamHash(workspace: MemoryWorkspace): Promise<string> {
  return (await hashSkillTree(workspace.files, workspace.path(VERSION))).treeHash;
}

/** A version of a writer that recorded what every version must have, and `more`. */
async function legacy(
  more: Readonly<Record<string, JsonValue>>,
  files: Texts = FILES,
): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  const metadata = { skill_name: 'one', version: 'v0001', created_at: AT, ...more };
  await workspace.write(VERSION, { ...files, 'version.json': canonicalJson(metadata) });
  return workspace;
}

describe('SkillStore', () => {
  it('names the folders with a description, sorted, and nothing else', async () => {
    const workspace = new MemoryWorkspace();
    for (const name of ['two', 'one', 'Three', '.hidden'])
      await workspace.write(`skills/${name}`, { 'skill.json': '{}' });
    await workspace.write('skills/notes', { 'readme.md': '' });
    await workspace.write('skills', { 'index.json': '{}' });
    assert.deepEqual(await storeOf(workspace).names(), ['one', 'two']);
    assert.deepEqual(await storeOf(new MemoryWorkspace()).names(), []);
    assert.equal(await storeOf(workspace).exists('notes'), true);
  });

  it('orders versions by their number, past v9999 too', async () => {
    const workspace = new MemoryWorkspace();
    for (const name of ['v10000', 'v9999', 'v0002', 'v0010', 'v1', 'draft', 'v0003.old'])
      await workspace.write(`skills/one/versions/${name}`, { 'SKILL.md': '' });
    await workspace.write('skills/one/versions', { v0004: 'a file' });
    assert.deepEqual(await storeOf(workspace).versionNames('one'), ['v0002', 'v0010', 'v9999', 'v10000']);
  });

  it('does not know a skill without a description or without a pointer', async () => {
    const workspace = await published();
    await assert.rejects(storeOf(workspace).load('two'), (error) => isBeaverError(error, 'skill_unknown'));
    await workspace.files.remove(workspace.path('skills/one/current.json'));
    await assert.rejects(storeOf(workspace).load('one'), (error) => isBeaverError(error, 'skill_unknown'));
    await assert.rejects(storeOf(workspace).version('one', 'v0009'), (error) =>
      isBeaverError(error, 'version_unknown'),
    );
  });

  it('derives the hashes that a writer did not record from the tree', async () => {
    const workspace = await legacy({});
    const digest = await hashSkillTree(workspace.files, workspace.path(VERSION));
    const store = storeOf(workspace);
    const metadata = await store.version('one', 'v0001');
    assert.deepEqual(
      [
        metadata.tree_hash,
        metadata.content_hash,
        metadata.schema_version,
        metadata.base_version,
        metadata.provenance,
      ],
      [digest.treeHash, digest.contentHash, 1, null, {}],
    );
    assert.equal((await store.versionTree('one', 'v0001')).digest.treeHash, digest.treeHash);
    assert.deepEqual(await store.versions('one'), [metadata]);
  });

  it('keeps the keys of another writer', async () => {
    const workspace = await legacy({ model: 'm', provenance: { run: 7 } });
    const metadata = await storeOf(workspace).version('one', 'v0001');
    assert.deepEqual([metadata['model'], metadata.provenance], ['m', { run: 7 }]);
  });

  it('reads a version whole: every file with its bytes and bits, without its own description', async () => {
    const { digest, bytes } = await storeOf(await published()).versionTree('one', 'v0001');
    assert.deepEqual(
      digest.files.map(({ path, executable }) => [path, executable]),
      [
        ['SKILL.md', false],
        ['bin/run', true],
      ],
    );
    assert.deepEqual([...bytes.keys()], ['SKILL.md', 'bin/run']);
  });

  it('reads no version and no snapshot that something else has changed', async () => {
    const changes: readonly Texts[] = [
      { 'SKILL.md': 'changed' },
      { 'added.txt': '' },
      { 'bin/run': 'echo run\n# more\n' },
    ];
    for (const change of changes) {
      const workspace = await published();
      const hash = await upstreamHash(workspace);
      await workspace.write(VERSION, change);
      await assert.rejects(storeOf(workspace).versionTree('one', 'v0001'), (error) => {
        assert(isBeaverError(error, 'version_damaged'));
        assert.equal(error.path, VERSION);
        return true;
      });
      await workspace.write(`skills/one/upstreams/kit/${hash}`, change);
      await assert.rejects(storeOf(workspace).upstreamTree('one', 'kit', hash), (error) =>
        isBeaverError(error, 'upstream_damaged'),
      );
    }
  });

  it('says that a snapshot is missing, and never does without it', async () => {
    const workspace = await published();
    const hash = await upstreamHash(workspace);
    const store = storeOf(workspace);
    assert.equal((await store.upstreamTree('one', 'kit', hash)).digest.treeHash, hash);
    for (const [plugin, tree] of [
      ['kit', '0'.repeat(64)],
      ['other', hash],
    ] as const)
      await assert.rejects(store.upstreamTree('one', plugin, tree), (error) =>
        isBeaverError(error, 'upstream_missing'),
      );
  });

  it('has the same hashes where the file system knows no executable bit', async () => {
    const files = { ...FILES, 'bin/run*': '#!/bin/sh\n', 'bin/tool*': 'no interpreter' };
    const executable_files = ['bin/run', 'bin/tool'];
    const [with_, without] = [new MemoryWorkspace(), new MemoryWorkspace({ executableBit: false })];
    const hashes: string[] = [];
    for (const workspace of [with_, without]) {
      const metadata = { skill_name: 'one', version: 'v0001', created_at: AT, executable_files };
      await workspace.write(VERSION, { ...files, 'version.json': canonicalJson(metadata) });
      hashes.push((await storeOf(workspace).version('one', 'v0001')).tree_hash);
    }
    assert.equal(hashes[1], hashes[0]);
    assert.equal(
      (await storeOf(await published(false)).versionTree('one', 'v0001')).digest.files[1]?.executable,
      false,
    );
  });

  it('refuses files of a newer store, each by itself', async () => {
    const workspace = await published();
    for (const file of ['skill.json', 'current.json', 'versions/v0001/version.json'])
      await workspace.write('skills/one', { [file]: '{"schema_version":2}' });
    await workspace.write('skills', { 'index.json': '{"schema_version":2}' });
    const store = storeOf(workspace);
    for (const read of [
      store.spec('one'),
      store.current('one'),
      store.version('one', 'v0001'),
      store.index(),
    ])
      await assert.rejects(read, (error) => isBeaverError(error, 'schema_newer'));
    assert.deepEqual(await store.names(), ['one']);
  });
});

describe('recordedBits', () => {
  it('says no of every file that was not recorded', () => {
    const bits = recordedBits(['bin/run']);
    assert.deepEqual([bits.get('bin/run'), bits.get('SKILL.md')], [true, false]);
  });
});
