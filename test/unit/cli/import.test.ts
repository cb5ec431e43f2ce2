import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { installedListPayload } from '../../../src/app/install-payloads.ts';
import { doctorPayload } from '../../../src/app/payloads.ts';
import { importPayload } from '../../../src/app/upkeep-payloads.ts';
import { BeaverProcess, FROM_SOURCES } from '../../support/beaver-process.ts';
import { GitHttpServer } from '../../support/git-http-server.ts';
import { GitRepository } from '../../support/git-repository.ts';
import { PackageSandbox } from '../../support/package-sandbox.ts';

const skill = (name: string, text: string): string =>
  `---\nname: ${name}\ndescription: What ${name} is for.\n---\n\n${text}\n`;

describe('beaver plugins import --apply, from real repositories', () => {
  let sandbox: PackageSandbox;
  let server: GitHttpServer;
  let repository: GitRepository;
  let beaver: BeaverProcess;
  let first: string;
  const variables = ['HOME', 'BEAVER_HOME', 'CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_PLUGIN_CACHE_DIR'] as const;
  const kept = new Map(variables.map((name) => [name, process.env[name]]));
  const set = (name: (typeof variables)[number], value: string | undefined): void => {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  };
  const installed = async (): Promise<readonly (readonly [string, string, string | null])[]> => {
    const { installed: list } = await beaver.run(installedListPayload, ['plugins', 'installed']);
    return list.map(({ id, active, pin }) => [id, active.identity, pin]);
  };

  beforeEach(async () => {
    sandbox = await PackageSandbox.create();
    for (const folder of ['repos/tools', 'workspace', 'claude/plugins'])
      await mkdir(sandbox.path(...folder.split('/')), { recursive: true });
    repository = new GitRepository(sandbox.path('repos', 'tools'));
    repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    await sandbox.write('repos/tools', {
      '.claude-plugin/marketplace.json': JSON.stringify({
        name: 'tools',
        owner: { name: 'Tools' },
        plugins: [{ name: 'kit', source: './plugins/kit' }],
      }),
      'plugins/kit/.claude-plugin/plugin.json': '{"name":"kit","version":"1.0.0"}',
      'plugins/kit/skills/notes/SKILL.md': skill('notes', 'As of 1.'),
    });
    repository.commit();
    first = repository.git('rev-parse', 'HEAD').trim();
    await sandbox.write('repos/tools', {
      'plugins/kit/.claude-plugin/plugin.json': '{"name":"kit","version":"1.1.0"}',
      'plugins/kit/skills/notes/SKILL.md': skill('notes', 'As of 1.1.'),
    });
    repository.commit();
    server = await GitHttpServer.start(sandbox.path('repos'));
    set('HOME', sandbox.path('home'));
    set('BEAVER_HOME', sandbox.path('home', '.beaver'));
    set('CLAUDE_CONFIG_DIR', sandbox.path('claude'));
    set('CLAUDE_CODE_PLUGIN_CACHE_DIR', undefined);
    beaver = new BeaverProcess(sandbox.path('workspace'), FROM_SOURCES);
  });
  afterEach(async () => {
    for (const [name, value] of kept) set(name, value);
    await server.close();
    await sandbox.remove();
  });

  it('takes over what Claude Code has installed, at the commit that it recorded, and writes none of its files', async () => {
    const records = {
      'known_marketplaces.json': JSON.stringify({
        tools: { source: { source: 'git', url: server.url('tools/.git') }, installLocation: '/gone' },
      }),
      'installed_plugins.json': JSON.stringify({
        version: 2,
        plugins: {
          'kit@tools': [{ scope: 'user', installPath: '/gone', version: '1.0.0', gitCommitSha: first }],
          'far@tools': [{ scope: 'project', projectPath: '/elsewhere', version: '1.0.0' }],
        },
      }),
    };
    await sandbox.write('claude/plugins', records);
    const planned = await beaver.run(importPayload, ['plugins', 'import', '--claude']);
    assert.deepEqual(
      planned.import.plugins.map(({ wanted, status }) => [wanted, status]),
      [['kit@tools', 'planned']],
    );
    assert.deepEqual(await installed(), []);
    // Nothing is installed from a marketplace that nobody trusts.
    const refused = await beaver.run(importPayload, ['plugins', 'import', '--claude', '--apply'], 1);
    assert.match(refused.import.plugins[0]?.error ?? '', /marketplace_untrusted/);
    const words = ['plugins', 'import', '--claude', '--apply', '--trust'];
    const done = await beaver.run(importPayload, words);
    assert.deepEqual(
      done.import.plugins.map(({ wanted, status, error }) => [wanted, status, error]),
      [['kit@tools', 'installed', null]],
    );
    assert.deepEqual(await installed(), [['kit@tools', `commit:${first}`, first]]);
    const document = sandbox.path('workspace', '.agents', 'skills', 'notes', 'SKILL.md');
    assert.match(await readFile(document, 'utf8'), /As of 1\.\n/);
    for (const [name, text] of Object.entries(records))
      assert.equal(await readFile(sandbox.path('claude', 'plugins', name), 'utf8'), text);
    const again = await beaver.run(importPayload, words);
    assert.equal(again.import.plugins[0]?.status, 'unchanged');
    assert.deepEqual((await beaver.run(doctorPayload, ['doctor'])).findings, []);
  });

  it('takes over what skills-lock.json names, one plugin for each repository, and leaves the file as it is', async () => {
    await sandbox.write('repos/loose', {
      'skills/draw/SKILL.md': skill('draw', 'Draw.'),
      'skills/ink/SKILL.md': skill('ink', 'Ink.'),
    });
    new GitRepository(sandbox.path('repos', 'loose')).commit();
    const url = server.url('loose/.git');
    const entry = { source: url, sourceType: 'git', computedHash: 'f'.repeat(64) };
    const lock = JSON.stringify({
      version: 1,
      skills: {
        draw: { ...entry, skillPath: 'skills/draw/SKILL.md' },
        ink: { ...entry, skillPath: 'skills/ink/SKILL.md' },
        own: { source: './own', sourceType: 'local', computedHash: 'e'.repeat(64) },
      },
    });
    await sandbox.write('workspace', { 'skills-lock.json': lock });
    const done = await beaver.run(importPayload, ['plugins', 'import', '--skills-lock', '--apply']);
    assert.deepEqual(
      done.import.plugins.map(({ status, error }) => [status, error]),
      [['installed', null]],
    );
    assert.deepEqual(
      done.import.findings.map(({ code, field }) => [code, field]),
      [['import_entry_passed_over', '/skills/own']],
    );
    for (const name of ['draw', 'ink']) {
      const document = sandbox.path('workspace', '.agents', 'skills', name, 'SKILL.md');
      assert.match(await readFile(document, 'utf8'), new RegExp(`name: ${name}`));
    }
    assert.equal(await readFile(sandbox.path('workspace', 'skills-lock.json'), 'utf8'), lock);
    assert.deepEqual((await beaver.run(doctorPayload, ['doctor'])).findings, []);
  });
});
