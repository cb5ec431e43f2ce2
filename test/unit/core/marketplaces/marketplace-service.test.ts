import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import { createWorkspace } from '../../../../src/app/workspace.ts';
import { readMarketplaces } from '../../../../src/cli/read-marketplaces.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';
import { GitRepository } from '../../../support/git-repository.ts';
import { PackageSandbox } from '../../../support/package-sandbox.ts';

describe('the marketplaces of a workspace', () => {
  let sandbox: PackageSandbox;
  let repository: GitRepository;
  let workspace: BeaverWorkspace;
  const place = { directory: tmpdir(), home: tmpdir() };
  const catalog = async (): Promise<string> =>
    readFile(sandbox.path('workspace', '.beaver', 'marketplaces', 'catalogs', 'tools.json'), 'utf8');
  const commitOf = async (name: string): Promise<string | undefined> => {
    const { plugins } = JSON.parse(await catalog()) as {
      plugins: { name: string; source: { commit: string } }[];
    };
    return plugins.find((plugin) => plugin.name === name)?.source.commit;
  };
  const market = (...names: readonly string[]): string =>
    JSON.stringify({ name: 'tools', plugins: names.map((name) => ({ name, source: `./plugins/${name}` })) });
  const source = (): string => `file://${sandbox.path('repo')}`;

  beforeEach(async () => {
    sandbox = await PackageSandbox.create();
    await mkdir(sandbox.path('repo'));
    await mkdir(sandbox.path('workspace'));
    repository = new GitRepository(sandbox.path('repo'));
    await sandbox.write('repo', {
      'marketplace.json': market('notes', 'other'),
      'plugins/notes/skills/notes/SKILL.md': '# Notes\n',
      'plugins/other/skills/other/SKILL.md': '# Other\n',
    });
    repository.commit();
    workspace = createWorkspace(
      { ...nodePorts(), packages: sandbox.packages() },
      { root: sandbox.path('workspace') },
    );
  });

  afterEach(async () => {
    await sandbox.remove();
  });

  it('are added once, listed, browsed, and forgotten', async () => {
    const { marketplaces } = workspace;
    const added = await marketplaces.add(source(), place);
    assert.equal(added.plugin_count, 2);
    assert.deepEqual([added.marketplace.trusted, added.marketplace.auto_update], [false, 'off']);
    await marketplaces.add(source(), place);
    assert.deepEqual(
      (await marketplaces.list()).marketplaces.map(({ name }) => name),
      ['tools'],
    );
    const { plugins } = await marketplaces.browse({ search: 'not' });
    assert.deepEqual(
      plugins.map(({ id, installed }) => [id, installed]),
      [['notes@tools', false]],
    );
    assert.ok(!JSON.stringify(plugins).includes(sandbox.root));
    assert.equal((await marketplaces.remove('tools')).removed, 'tools');
    assert.deepEqual((await marketplaces.list()).marketplaces, []);
    await assert.rejects(catalog(), { code: 'ENOENT' });
  });

  it('are read the same without a workspace', async () => {
    const { marketplaces } = workspace;
    const request = { root: sandbox.path('workspace'), overrides: {}, log: { log: () => undefined } };
    const reading = await readMarketplaces(request);
    assert.deepEqual((await reading.list()).marketplaces, []);
    await marketplaces.add(source(), place);
    assert.deepEqual(await reading.list(), await marketplaces.list());
    const browsed = await reading.browse();
    assert.equal(browsed.plugins.length, 2);
    assert.deepEqual(browsed, await marketplaces.browse());
    await assert.rejects(reading.browse({ marketplace: 'nobody' }), { code: 'marketplace_unknown' });
  });

  it('keep the commit of a plugin whose folder did not change', async () => {
    const { marketplaces } = workspace;
    await marketplaces.add(source(), place);
    const first = repository.git('rev-parse', 'HEAD').trim();
    assert.deepEqual(
      (await marketplaces.refresh([])).refreshed.map(({ status }) => status),
      ['unchanged'],
    );
    await sandbox.write('repo', {
      'marketplace.json': market('notes', 'other', 'third'),
      'plugins/other/skills/other/SKILL.md': '# Changed\n',
      'plugins/third/skills/third/SKILL.md': '# Third\n',
    });
    repository.commit();
    const second = repository.git('rev-parse', 'HEAD').trim();
    const [outcome] = (await marketplaces.refresh(['tools'])).refreshed;
    assert.deepEqual([outcome?.status, outcome?.added, outcome?.changed], ['updated', ['third'], ['other']]);
    assert.deepEqual(
      [await commitOf('notes'), await commitOf('other'), await commitOf('third')],
      [first, second, second],
    );
  });

  it('keep their catalog when they cannot be reached, and say why', async () => {
    const { marketplaces } = workspace;
    await marketplaces.add(source(), place);
    const before = await catalog();
    const { rename } = await import('node:fs/promises');
    await rename(sandbox.path('repo'), sandbox.path('moved'));
    const [outcome] = (await marketplaces.refresh([])).refreshed;
    assert.equal(outcome?.error?.code, 'source_not_found');
    assert.equal(await catalog(), before);
    assert.equal((await marketplaces.list()).marketplaces[0]?.last_error?.code, 'source_not_found');
    await rename(sandbox.path('moved'), sandbox.path('repo'));
    await marketplaces.refresh([]);
    assert.equal((await marketplaces.list()).marketplaces[0]?.last_error, null);
  });

  it('take no name that another one has, nor one by which the makers are known', async () => {
    const { marketplaces } = workspace;
    await marketplaces.add(source(), place);
    await sandbox.write('folder', { 'marketplace.json': market('notes') });
    await assert.rejects(marketplaces.add(sandbox.path('folder'), place), { code: 'marketplace_name_taken' });
    const named = await marketplaces.add(sandbox.path('folder'), { ...place, name: 'Mine' });
    assert.equal(named.marketplace.name, 'mine');
    await sandbox.write('fake', { 'marketplace.json': '{"name":"claude-plugins-official","plugins":[]}' });
    await assert.rejects(marketplaces.add(sandbox.path('fake'), place), {
      code: 'marketplace_name_reserved',
    });
  });

  it('are trusted by an explicit act, and no longer by another', async () => {
    const { marketplaces } = workspace;
    await marketplaces.add(source(), place);
    assert.equal((await marketplaces.trust('tools', true)).marketplace.trusted, true);
    // Looking again is no act of trust, and takes none away.
    await marketplaces.refresh([]);
    assert.equal((await marketplaces.list()).marketplaces[0]?.trusted, true);
    assert.equal((await marketplaces.trust('tools', false)).marketplace.trusted, false);
    await assert.rejects(marketplaces.trust('none', true), { code: 'marketplace_unknown' });
  });

  it('are set up, and a folder is stored relative to the workspace', async () => {
    const { marketplaces } = workspace;
    await sandbox.write('folder', { 'marketplace.json': market('notes') });
    await marketplaces.add(sandbox.path('folder'), place);
    const pin = { kind: 'range', range: '^1', prereleases: false } as const;
    const { marketplace } = await marketplaces.configure('tools', { mode: 'notify', defaultPin: pin });
    assert.deepEqual([marketplace.auto_update, marketplace.default_pin], ['notify', '^1']);
    const registry = await readFile(
      sandbox.path('workspace', '.beaver', 'marketplaces', 'registry.json'),
      'utf8',
    );
    assert.ok(registry.includes('"../folder"'));
    assert.ok(!registry.includes(sandbox.root));
    assert.ok(!(await catalog()).includes(sandbox.root));
  });

  it('are changed by two windows at once without one losing what the other did', async () => {
    await sandbox.write('folder', { 'marketplace.json': '{"name":"second","plugins":[]}' });
    const other = createWorkspace(
      { ...nodePorts(), packages: sandbox.packages() },
      { root: sandbox.path('workspace') },
    );
    await Promise.all([
      workspace.marketplaces.add(source(), place),
      other.marketplaces.add(sandbox.path('folder'), place),
    ]);
    assert.deepEqual(
      (await workspace.marketplaces.list()).marketplaces.map(({ name }) => name),
      ['second', 'tools'],
    );
  });
});
