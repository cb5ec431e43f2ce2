import assert from 'node:assert/strict';
import {
  activePackages,
  installedPlugin,
  readInstalled,
  serialiseInstalled,
} from '../../../../src/core/install/install-registry.ts';
import { packageDirectory } from '../../../../src/core/install/installed-plugin.ts';
import { aPackage, anInstalledPlugin, GIT_SOURCE } from '../../../support/installed-samples.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';

const REGISTRY = '.beaver/installs/registry.json';
const SKILL = { 'SKILL.md': '---\nname: notes\ndescription: Takes notes\n---\n\n# Notes\n' };

async function stored(text: string): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  await workspace.write('.', { [REGISTRY]: text });
  return workspace;
}

describe('The install registry', () => {
  it('is empty where there is none', async () => {
    const workspace = new MemoryWorkspace();
    const { layout } = workspace.domains().deps;
    assert.equal((await readInstalled(workspace.files, layout)).size, 0);
  });

  it('gives back what was stored, keys of another writer included, as the same bytes', async () => {
    const plugins = new Map([
      ['kit@market', { ...anInstalledPlugin({ marketplace: 'market' }), theirs: { note: 1 } }],
      ['comic@direct', anInstalledPlugin({ pin: { kind: 'range', range: '^1', prereleases: false } })],
    ]);
    const text = serialiseInstalled(plugins);
    const workspace = await stored(text);
    const read = await readInstalled(workspace.files, workspace.domains().deps.layout);
    assert.deepEqual(read.get('kit@market'), plugins.get('kit@market'));
    assert.equal(serialiseInstalled(read), text);
  });

  it('refuses what a newer Beaver wrote, and leaves it as it is', async () => {
    const text = '{"schema_version":2,"plugins":{}}\n';
    const workspace = await stored(text);
    await assert.rejects(readInstalled(workspace.files, workspace.domains().deps.layout), {
      code: 'schema_newer',
    });
    assert.equal(await workspace.text(REGISTRY), text);
  });

  it('refuses an id that could leave the folder of the packages', async () => {
    const text = serialiseInstalled(new Map([['evil@x', anInstalledPlugin()]])).replace('evil', '../evil');
    const workspace = await stored(text);
    await assert.rejects(readInstalled(workspace.files, workspace.domains().deps.layout), {
      code: 'stored_file_unreadable',
    });
  });

  it('names the folder of a content by the content and its place in a repository', () => {
    const identity = aPackage('1').identity;
    const folder = packageDirectory(identity, GIT_SOURCE);
    assert.match(folder, /^[0-9a-f]{16}$/);
    assert.equal(packageDirectory(identity, { ...GIT_SOURCE, ref: 'main' }), folder);
    const below = {
      kind: 'git',
      url: 'https://git.example.com/kit.git',
      subpath: 'kit',
      ref: null,
      commit: null,
    } as const;
    assert.notEqual(packageDirectory(identity, below), folder);
    assert.notEqual(packageDirectory(aPackage('2').identity, GIT_SOURCE), folder);
  });

  it('says that a plugin is not installed', () => {
    assert.throws(() => installedPlugin(new Map(), 'kit@direct'), { code: 'plugin_not_installed' });
  });
});

describe('An installed package', () => {
  async function installed(): Promise<MemoryWorkspace> {
    const workspace = await stored(
      serialiseInstalled(new Map([['kit@direct', anInstalledPlugin({ previous: [aPackage('2')] })]])),
    );
    for (const digit of ['1', '2']) {
      const folder = `.beaver/installs/packages/kit@direct/${aPackage(digit).directory}`;
      await workspace.write(`${folder}/skills/notes-${digit}`, SKILL);
    }
    return workspace;
  }

  it('is discovered where it is the active one, under its own name though it has no manifest', async () => {
    const { plugins, errors } = await (await installed()).open().plugins.list();
    assert.deepEqual(errors, []);
    assert.deepEqual(
      plugins.map(({ id, skills }) => [id, skills.map(({ name }) => name)]),
      [['kit', ['notes-1']]],
    );
  });

  it('is reported where its folder is gone, and hides no other plugin', async () => {
    const workspace = await installed();
    await workspace.plugin('other', '1.0.0', { draw: SKILL });
    await workspace.files.remove(workspace.path('.beaver/installs/packages'));
    const { plugins, errors } = await workspace.open().plugins.list();
    assert.deepEqual(
      plugins.map(({ id }) => id),
      ['other'],
    );
    const { layout } = workspace.domains().deps;
    const [root] = activePackages(layout, await readInstalled(workspace.files, layout));
    assert.deepEqual(
      errors.map(({ code, path }) => [code, path]),
      [['package_missing', root?.display]],
    );
  });

  it('is left out, and the rest is found, where the registry cannot be read', async () => {
    const workspace = await installed();
    await workspace.plugin('other', '1.0.0', { draw: SKILL });
    await workspace.write('.', { [REGISTRY]: 'torn' });
    const { plugins, errors } = await workspace.open().plugins.list();
    assert.deepEqual(
      plugins.map(({ id }) => id),
      ['other'],
    );
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['stored_file_unreadable'],
    );
  });
});
