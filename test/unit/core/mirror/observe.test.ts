import assert from 'node:assert/strict';
import { CandidateBook } from '../../../../src/core/learning/candidates.ts';
import { discoveryError, observePlugin } from '../../../../src/core/mirror/observe.ts';
import { StateBook } from '../../../../src/core/mirror/state-book.ts';
import { SyncReader } from '../../../../src/core/mirror/sync-reader.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const skill = (name: string, use = 'First.') => ({ 'SKILL.md': skillText(name, { Use: use }) });

async function enabled(): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  await workspace.plugin('kit', '1.0.0', { one: skill('one'), two: skill('two') });
  await workspace.open().plugins.enable(['kit']);
  return workspace;
}

async function observed(workspace: MemoryWorkspace) {
  const { deps } = workspace.domains();
  const reader = new SyncReader(deps, await deps.discover());
  const manifest = reader.manifest('kit');
  assert(manifest !== undefined);
  const state = (await StateBook.read(workspace.files, deps.layout)).get('kit');
  const book = await CandidateBook.read(workspace.files, deps.layout);
  const observations = await observePlugin(deps, reader, manifest, state, book);
  return new Map(observations.map((seen) => [seen.skillName, seen]));
}

describe('Observing a plugin', () => {
  it('tells what is linked, what is new and what the plugin no longer brings, by name', async () => {
    const workspace = await enabled();
    await workspace.plugin('kit', '2.0.0', { one: skill('one', 'Second.'), three: skill('three') });
    const seen = await observed(workspace);
    assert.deepEqual(
      [...seen].map(([name, { binding, current, upstream }]) => [
        name,
        binding?.status,
        current?.version,
        upstream.kind,
      ]),
      [
        ['one', 'synced', 'v0001', 'tree'],
        ['three', undefined, undefined, 'tree'],
        ['two', 'synced', 'v0001', 'removed'],
      ],
    );
  });

  it('makes of a skill that cannot be read an observation, and observes the others', async () => {
    const workspace = await enabled();
    workspace.files.symlink('SKILL.md', workspace.path('plugins/kit/skills/one/again.md'));
    await workspace.write('skills/two', { 'current.json': 'torn' });
    const seen = await observed(workspace);
    const upstream = seen.get('one')?.upstream;
    assert(upstream?.kind === 'failed');
    assert.equal(upstream.finding.code, 'symlink_not_allowed');
    assert.deepEqual([seen.get('two')?.current, seen.get('two')?.upstream.kind], [undefined, 'tree']);
  });

  it('follows the versions from the current one down to the accepted one, and names what is pending', async () => {
    const workspace = await enabled();
    const beaver = workspace.open();
    for (const use of ['Mine.', 'Mine, again.']) {
      await workspace.write('.agents/skills/one', skill('one', use));
      await beaver.skills.capture();
    }
    await workspace.plugin('kit', '2.0.0', { one: skill('one', 'Theirs.'), two: skill('two') });
    const { sync } = await beaver.plugins.sync();
    const one = (await observed(workspace)).get('one');
    assert.deepEqual(
      one?.ancestry.map(({ version, snapshotExists }) => [version, snapshotExists]),
      [
        ['v0003', false],
        ['v0002', false],
      ],
    );
    assert.deepEqual(one.pending, sync.candidates_created);
  });
});

describe('discoveryError', () => {
  it('tells a broken package from one that is gone', async () => {
    const workspace = await enabled();
    const { deps } = workspace.domains();
    const state = (await StateBook.read(workspace.files, deps.layout)).get('kit');
    assert.equal(discoveryError(await deps.discover(), state), undefined);
    await workspace.write('plugins/kit', { 'beaver.plugin.json': '{' });
    assert.equal(discoveryError(await deps.discover(), state)?.code, 'manifest_not_json');
    await workspace.files.remove(workspace.path('plugins/kit'));
    assert.equal(discoveryError(await deps.discover(), state), undefined);
  });

  it('knows a broken package whose manifest has changed its dialect', async () => {
    const workspace = await enabled();
    const { deps } = workspace.domains();
    const state = (await StateBook.read(workspace.files, deps.layout)).get('kit');
    await workspace.files.remove(workspace.path('plugins/kit/beaver.plugin.json'));
    await workspace.write('plugins/kit', { '.claude-plugin/plugin.json': '{' });
    const found = discoveryError(await deps.discover(), state);
    assert.deepEqual(
      [found?.code, found?.path],
      ['manifest_not_json', 'plugins/kit/.claude-plugin/plugin.json'],
    );
    await workspace.write('plugins/other', { '.claude-plugin/plugin.json': '{' });
    await workspace.files.remove(workspace.path('plugins/kit'));
    assert.equal(discoveryError(await deps.discover(), state), undefined);
  });
});
