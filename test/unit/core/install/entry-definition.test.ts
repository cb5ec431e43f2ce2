import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { BeaverWorkspace } from '../../../../src/app/api.ts';
import { createWorkspace } from '../../../../src/app/workspace.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';
import { GitRepository } from '../../../support/git-repository.ts';
import { PackageSandbox } from '../../../support/package-sandbox.ts';

const skill = (name: string, text = 'As it is.'): string =>
  `---\nname: ${name}\ndescription: What ${name} is for.\n---\n\n${text}\n`;

/** As large public marketplaces have it: the repository is every plugin at once, and its entries say which skills are whose. */
describe('A plugin that only the entry of its marketplace describes', () => {
  let sandbox: PackageSandbox;
  let repository: GitRepository;
  const place = { directory: tmpdir(), home: tmpdir(), trust: true };
  const open = (): BeaverWorkspace =>
    createWorkspace(
      { ...nodePorts(), packages: sandbox.packages(), programs: { exists: () => Promise.resolve(true) } },
      { root: sandbox.path('workspace'), runtimeTargets: ['.agents/skills'] },
    );
  const entry = (name: string, ...skills: readonly string[]): unknown => ({
    name,
    description: `The ${name}.`,
    source: './',
    strict: false,
    skills: skills.map((one) => `./skills/${one}`),
  });
  const publish = async (...plugins: readonly unknown[]): Promise<void> => {
    await sandbox.write('repo', {
      '.claude-plugin/marketplace.json': JSON.stringify({ name: 'tools', plugins }),
    });
    repository.commit();
  };
  const install = async (name: string): Promise<string> =>
    (await open().installs.install({ kind: 'listed', name, marketplace: 'tools' })).install.status;
  const visible = (): Promise<readonly string[]> => readdir(sandbox.path('workspace', '.agents', 'skills'));
  const packageOf = async (id: string): Promise<string> => {
    const folder = sandbox.path('workspace', '.beaver', 'installs', 'packages', id);
    const [name = ''] = await readdir(folder);
    return `${folder}/${name}`;
  };

  beforeEach(async () => {
    sandbox = await PackageSandbox.create();
    await mkdir(sandbox.path('repo'));
    await mkdir(sandbox.path('workspace'));
    repository = new GitRepository(sandbox.path('repo'));
    await sandbox.write('repo', {
      'README.md': '# Tools\n',
      'skills/sheets/SKILL.md': skill('sheets'),
      'skills/slides/SKILL.md': skill('slides'),
      'skills/art/SKILL.md': skill('art'),
    });
    await publish(entry('office', 'sheets', 'slides'), entry('studio', 'art'));
    await open().marketplaces.add(`file://${sandbox.path('repo')}`, place);
  });
  afterEach(() => sandbox.remove());

  it('has the skills of its entry and no others, beside another one of the same repository', async () => {
    assert.equal(await install('office'), 'installed');
    assert.deepEqual(await visible(), ['sheets', 'slides']);
    assert.equal(await install('studio'), 'installed');
    assert.deepEqual((await visible()).toSorted(), ['art', 'sheets', 'slides']);
    const { plugins } = await open().plugins.list();
    assert.deepEqual(
      plugins.map(({ id, skills }) => [id, skills.map(({ name }) => name)]),
      [
        ['office', ['sheets', 'slides']],
        ['studio', ['art']],
      ],
    );
    assert.deepEqual((await open().doctor()).findings, []);
    assert.deepEqual((await open().upkeep.verify()).findings, []);
    // The repository itself is only read.
    assert.equal(repository.git('status', '--porcelain').trim(), '');
  });

  it('is brought back as it was, from what is recorded of it', async () => {
    await install('office');
    await rm(await packageOf('office@tools'), { recursive: true });
    await open().upkeep.reconcile({ apply: true });
    const folder = await packageOf('office@tools');
    assert.deepEqual(await readdir(`${folder}/skills`), ['sheets', 'slides']);
    assert.deepEqual(await readdir(`${folder}/.claude-plugin`), ['plugin.json']);
    assert.equal((await open().upkeep.reconcile()).reconcile.status, 'synced');
  });

  it('is updated when its entry names another skill', async () => {
    await install('office');
    await publish(entry('office', 'sheets', 'slides', 'art'));
    await open().marketplaces.refresh([]);
    const { updates } = await open().installs.update(['office@tools']);
    assert.deepEqual(
      updates.map(({ status }) => status),
      ['updated'],
    );
    const folder = await packageOf('office@tools');
    const manifests = (await readdir(`${folder}/..`)).map((name) =>
      readFile(`${folder}/../${name}/.claude-plugin/plugin.json`, 'utf8'),
    );
    const texts = await Promise.all(manifests);
    assert.equal(texts.filter((text) => text.includes('./skills/art')).length, 1);
  });

  it('keeps the manifest that its own folder has', async () => {
    await sandbox.write('repo', {
      'plugins/own/.claude-plugin/plugin.json': '{"name":"own","version":"3.0.0"}',
      'plugins/own/skills/mine/SKILL.md': skill('mine'),
    });
    await publish({ name: 'own', source: './plugins/own', strict: false, skills: ['./skills/none'] });
    await open().marketplaces.refresh([]);
    assert.equal(await install('own'), 'installed');
    assert.deepEqual(await visible(), ['mine']);
    const text = await readFile(`${await packageOf('own@tools')}/.claude-plugin/plugin.json`, 'utf8');
    assert.equal(text, '{"name":"own","version":"3.0.0"}');
  });
});
