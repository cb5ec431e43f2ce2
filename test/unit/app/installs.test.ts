import assert from 'node:assert/strict';
import * as path from 'node:path';
import { BeaverError } from '../../../src/base/errors.ts';
import { installRegistrySchema, serialiseInstalled } from '../../../src/core/install/install-registry.ts';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import type { InstallTarget } from '../../../src/core/install/wanted-plugin.ts';
import { anInstalledPlugin } from '../../support/installed-samples.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { repository, ScriptedPackages } from '../../support/scripted-packages.ts';

const REGISTRY = '.beaver/installs/registry.json';

function target(name: string): InstallTarget {
  return { kind: 'source', source: repository(name) };
}

class Installs {
  readonly workspace = new MemoryWorkspace();
  readonly packages = new ScriptedPackages(this.workspace.files);
  /** Programs that are not on this machine. */
  readonly missing = new Set<string>();

  open(options: Parameters<MemoryWorkspace['open']>[0] = {}): BeaverWorkspace {
    const programs = {
      exists: (command: string) =>
        Promise.resolve(!this.missing.has(command) && !this.missing.has(path.basename(command))),
    };
    return this.workspace.open(options, { packages: this.packages, programs });
  }

  async names(): Promise<readonly string[]> {
    const { history } = await this.open().installs.history();
    return history.map(
      ({ event, id, from, to }) => `${event} ${id} ${from?.version ?? '-'} → ${to?.version ?? '-'}`,
    );
  }

  async active(): Promise<readonly string[]> {
    const { installed } = await this.open().installs.list();
    return installed.map(({ id, active }) => `${id} ${active.version ?? '-'}`);
  }

  async visible(skill: string): Promise<string | undefined> {
    return this.workspace.text(`.agents/skills/${skill}/SKILL.md`);
  }
}

describe('Installing a plugin', () => {
  it('puts its skills in use, keeps its package, and says in which phase it is', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    const phases: string[] = [];
    const { install } = await here.open().installs.install(target('kit'), {
      onProgress: ({ phase, number, of }) => phases.push(`${phase} ${number}/${of}`),
    });
    assert.equal(install.status, 'installed');
    assert.deepEqual(phases, [
      'download 1/5',
      'verify 2/5',
      'dependency-prepare 3/5',
      'activate 4/5',
      'health-check 5/5',
    ]);
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1\.0\.0/);
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    assert.deepEqual(await here.names(), ['installed kit@direct - → 1.0.0']);
    assert.deepEqual((await here.open().doctor()).findings, []);
  });

  it('does nothing, and fetches nothing, when the content is in use already', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const before = await here.workspace.text(REGISTRY);
    const { install } = await here.open().installs.install(target('kit'));
    assert.equal(install.status, 'unchanged');
    assert.equal(here.packages.fetched, 1);
    assert.equal(await here.workspace.text(REGISTRY), before);
    assert.equal((await here.names()).length, 1);
  });

  it('brings a package back that is gone or was changed, and loses nothing that somebody changed in it', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const packages = '.beaver/installs/packages/kit@direct';
    const [folder] = (await here.workspace.files.readDirectory(here.workspace.path(packages))) ?? [];
    const again = async (): Promise<string> => {
      assert.notDeepEqual((await here.open().doctor()).findings, []);
      const { install } = await here.open().installs.install(target('kit'));
      assert.deepEqual((await here.open().doctor()).findings, []);
      return install.status;
    };
    await here.workspace.files.remove(here.workspace.path(packages));
    assert.equal(await again(), 'installed');
    await here.workspace.write(`${packages}/${folder?.name ?? ''}`, { 'mine.md': 'Mine.\n' });
    assert.equal(await again(), 'installed');
    const [aside] =
      (await here.workspace.files.readDirectory(here.workspace.path('.beaver/installs/aside'))) ?? [];
    assert.equal(await here.workspace.text(`.beaver/installs/aside/${aside?.name ?? ''}/mine.md`), 'Mine.\n');
    assert.equal((await here.open().installs.install(target('kit'))).install.status, 'unchanged');
  });

  it('leaves the skills of a new plugin out of use when that is wanted', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'), { enable: false });
    const { plugins } = await here.open().plugins.list();
    assert.deepEqual(
      plugins.map(({ id, status }) => [id, status]),
      [['kit', 'discovered']],
    );
    assert.equal(await here.visible('kit-notes'), undefined);
  });

  it('offers an update of a skill and takes nothing of it', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0');
    const { updates } = await here.open().installs.update([]);
    assert.deepEqual(
      updates.map(({ id, status }) => [id, status]),
      [['kit@direct', 'updated']],
    );
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1\.0\.0/);
    const candidates = (await here.open().updates.list()).updates;
    assert.deepEqual(
      candidates.map(({ skill_name, status }) => [skill_name, status]),
      [['kit-notes', 'open']],
    );
  });
});

describe('An installation that does not come to its end', () => {
  async function installed(): Promise<Installs> {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0');
    return here;
  }

  /** The version before is in use, and the history has one event about it. */
  async function assertRolledBack(here: Installs, code: string, phase: string): Promise<void> {
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1\.0\.0/);
    const { history } = await here.open().installs.history();
    const [, ...rest] = history;
    const activated = phase === 'health-check';
    assert.deepEqual(
      rest.map((one) => [one.event, one.reason?.code, one.phase, one.from?.version, one.to?.version]),
      [['rolled_back', code, phase, ...(activated ? ['1.1.0', '1.0.0'] : [undefined, undefined])]],
    );
    assert.ok((rest[0]?.correlation_id ?? '') !== history[0]?.correlation_id);
    assert.deepEqual((await here.open().doctor()).findings, []);
    assert.deepEqual(
      await here.workspace.files.readDirectory(here.workspace.path('.beaver/installs/staging')),
      [],
    );
  }

  const failure = async (here: Installs, options = {}): Promise<string | undefined> => {
    const { updates } = await here.open(options).installs.update(['kit@direct']);
    return updates[0]?.reason?.code;
  };

  it('is rolled back when its transfer fails', async () => {
    const here = await installed();
    here.packages.beforeFetch = () =>
      Promise.reject(new BeaverError('fetch_failed', 'The connection ended.', { nextStep: 'Try again.' }));
    assert.equal(await failure(here), 'fetch_failed');
    await assertRolledBack(here, 'fetch_failed', 'download');
  });

  it('is rolled back when its transfer hangs', async () => {
    const here = await installed();
    let heard = false;
    here.packages.beforeFetch = (_, { signal }) =>
      new Promise(() => {
        signal?.addEventListener('abort', () => (heard = true));
      });
    assert.equal(await failure(here, { installDeadlines: { download: 20 } }), 'phase_timeout');
    assert.ok(heard, 'the transfer was told to end');
    await assertRolledBack(here, 'phase_timeout', 'download');
  });

  it('is rolled back when it is cancelled, and says so at once', async () => {
    const here = await installed();
    const controller = new AbortController();
    here.packages.beforeFetch = () => {
      controller.abort();
      return new Promise(() => undefined);
    };
    await assert.rejects(here.open().installs.update(['kit@direct'], { signal: controller.signal }), {
      code: 'install_cancelled',
    });
    await assertRolledBack(here, 'install_cancelled', 'download');
  });

  it('is rolled back when the package is no plugin that can be used', async () => {
    const here = await installed();
    here.packages.release('kit', '1.2.0', { '.claude-plugin/plugin.json': '{"name": 7}' });
    assert.equal(await failure(here), 'plugin_incompatible');
    await assertRolledBack(here, 'plugin_incompatible', 'verify');
  });

  it('is rolled back when a program that a server names is not there, and not tried again', async () => {
    const here = await installed();
    const manifest = { mcpServers: { draw: { command: 'drawer' } } };
    here.packages.plugin('kit', '1.2.0', { manifest });
    here.missing.add('drawer');
    const asked = await here.open().installs.update(['kit@direct']);
    const accept = asked.updates[0]?.consent?.digest ?? '';
    const { updates } = await here.open().installs.update(['kit@direct'], { accept });
    assert.equal(updates[0]?.reason?.code, 'install_unhealthy');
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    const again = await here.open().installs.update(['kit@direct'], { accept });
    assert.deepEqual(
      [again.updates[0]?.status, again.updates[0]?.reason?.code],
      ['skipped', 'package_ignored'],
    );
    const kinds = (await here.open().installs.history()).history.map(({ event }) => event);
    assert.deepEqual(kinds, ['installed', 'blocked', 'rolled_back']);
    here.packages.plugin('kit', '1.3.0');
    assert.equal((await here.open().installs.update(['kit@direct'])).updates[0]?.status, 'updated');
  });

  it('is rolled back when the look at its health hangs', async () => {
    const here = await installed();
    here.packages.plugin('kit', '1.2.0', { manifest: { mcpServers: { draw: { command: 'drawer' } } } });
    const asked = await here.open().installs.update(['kit@direct']);
    const accept = asked.updates[0]?.consent?.digest ?? '';
    const programs = { exists: () => new Promise<boolean>(() => undefined) };
    const workspace = here.workspace.open(
      { installDeadlines: { 'health-check': 20 } },
      { packages: here.packages, programs },
    );
    const { updates } = await workspace.installs.update(['kit@direct'], { accept });
    assert.equal(updates[0]?.reason?.code, 'phase_timeout');
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
  });

  it('is rolled back when another writer keeps the lock', async () => {
    const here = await installed();
    const { lock } = here.workspace.ports;
    here.packages.beforeFetch = () => {
      // The attempt holds its own lock by now; the workspace's is another one's.
      lock.heldElsewhere = { pid: 4711, acquiredAt: 0, purpose: 'sync plugins' };
      return Promise.resolve();
    };
    await assert.rejects(here.open().installs.update(['kit@direct']), { code: 'plugin_write_busy' });
    lock.heldElsewhere = undefined;
    await here.open().plugins.sync();
    await assertRolledBack(here, 'plugin_write_busy', 'activate');
  });
});

describe('A new package at the next start', () => {
  const SERVER = { mcpServers: { draw: { command: 'drawer' } } };
  /** Its program is one of its own. */
  const OWN_SERVER = {
    manifest: { mcpServers: { draw: { command: '${CLAUDE_PLUGIN_ROOT}/bin/draw' } } },
    texts: { 'bin/draw*': '#!/bin/sh\ntrue\n' },
  };

  /** Codes of what the sync of another start tells. */
  async function told(here: Installs): Promise<readonly string[]> {
    return (await here.open().plugins.sync()).sync.findings.map(({ code }) => code);
  }

  it('is healthy for good once it has been looked at again', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    const first = here.open();
    await first.installs.install(target('kit'));
    await first.plugins.sync();
    assert.equal((await first.installs.list()).installed[0]?.health, 'trial');
    await here.open().plugins.sync();
    assert.equal((await here.open().installs.list()).installed[0]?.health, 'healthy');
  });

  it('gives way to the one before when it cannot be used then, and is not installed again (P07)', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0', OWN_SERVER);
    const { updates } = await here.open().installs.update([]);
    await here.open().installs.update([], { accept: updates[0]?.consent?.digest ?? '' });
    assert.deepEqual(await here.active(), ['kit@direct 1.1.0']);
    here.missing.add('draw');
    assert.deepEqual(await told(here), ['install_rolled_back']);
    assert.deepEqual(await told(here), []);
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    const [installed] = (await here.open().installs.list()).installed;
    assert.deepEqual(
      installed?.ignored.map(({ version, kind }) => [version, kind]),
      [['1.1.0', 'unhealthy']],
    );
    const last = (await here.open().installs.history()).history.at(-1);
    assert.deepEqual(
      [last?.event, last?.automatic, last?.reason?.code],
      ['rolled_back', true, 'install_unhealthy'],
    );
    assert.equal((await here.open().installs.update([])).updates[0]?.reason?.code, 'package_ignored');
  });

  it('goes out of use when there is none before it', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0', OWN_SERVER);
    await here.open().installs.install(target('kit'));
    here.missing.add('draw');
    assert.deepEqual(await told(here), ['install_rolled_back']);
    assert.deepEqual(await here.active(), []);
    assert.equal(await here.visible('kit-notes'), undefined);
  });

  it('keeps a package that others need though it cannot be used', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0', { manifest: { dependencies: [{ name: 'base' }] } });
    here.packages.plugin('base', '1.0.0', OWN_SERVER);
    await here.open().installs.install(target('base'));
    await here.open().installs.install(target('kit'));
    here.missing.add('draw');
    assert.deepEqual(await told(here), ['command_missing']);
    assert.deepEqual(await here.active(), ['base@direct 1.0.0', 'kit@direct 1.0.0']);
  });

  it('keeps what it has where no earlier package is there any more, and falls back once one is', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const packages = '.beaver/installs/packages/kit@direct';
    const [first] = (await here.workspace.files.readDirectory(here.workspace.path(packages))) ?? [];
    here.packages.plugin('kit', '1.1.0', OWN_SERVER);
    const { updates } = await here.open().installs.update([]);
    await here.open().installs.update([], { accept: updates[0]?.consent?.digest ?? '' });
    const folder = here.workspace.path(`${packages}/${first?.name ?? ''}`);
    await here.workspace.files.rename(folder, `${folder}-away`);
    here.missing.add('draw');
    assert.deepEqual(await told(here), ['command_missing']);
    assert.deepEqual(await here.active(), ['kit@direct 1.1.0']);
    await here.workspace.files.rename(`${folder}-away`, folder);
    assert.deepEqual(await told(here), ['install_rolled_back']);
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
  });

  it('keeps a plugin in use whose program is not on this PATH, and says so until it is', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0', { manifest: SERVER });
    await here.open().installs.install(target('kit'));
    here.missing.add('drawer');
    assert.deepEqual(await told(here), ['command_missing']);
    assert.deepEqual(await told(here), ['command_missing']);
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1/);
    here.missing.clear();
    assert.deepEqual(await told(here), []);
    assert.equal((await here.open().installs.list()).installed[0]?.health, 'healthy');
    assert.deepEqual(await here.names(), ['installed kit@direct - → 1.0.0']);
  });

  it("keeps a plugin in use whose skill a person's own folder stands in the way of", async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const own = '---\nname: kit-notes\ndescription: Mine.\n---\n\n# Mine\n';
    await here.workspace.write('.claude/skills/kit-notes', { 'SKILL.md': own });
    const runtimeTargets = ['.agents/skills', '.claude/skills'];
    const { sync } = await here.open({ runtimeTargets }).plugins.sync();
    assert.equal(sync.findings.at(-1)?.code, 'skill_not_visible');
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    assert.equal(await here.workspace.text('.claude/skills/kit-notes/SKILL.md'), own);
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1/);
  });

  it('keeps a plugin in use whose skill document or package somebody removed', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    await here.workspace.files.remove(here.workspace.path('.agents/skills/kit-notes/SKILL.md'));
    assert((await told(here)).includes('skill_not_visible'));
    await here.workspace.files.remove(here.workspace.path('.beaver/installs/packages/kit@direct'));
    assert((await told(here)).includes('package_missing'));
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
  });

  it('is told by the sync that rolls an interrupted installation back', async () => {
    const here = new Installs();
    const attempt = {
      ...{ schema_version: 1, correlation_id: 't-1', operation: 'install', id: 'kit@direct' },
      ...{ started_at: '2026-11-21T10:00:00Z', phase: 'download', status: 'running' },
    };
    await here.workspace.write('.beaver/installs/attempts', { 't-1.json': JSON.stringify(attempt) });
    assert.deepEqual(await told(here), ['install_rolled_back']);
    assert.deepEqual(await here.names(), ['rolled_back kit@direct - → -']);
    assert.deepEqual(await told(here), []);
  });
});

describe('What asks for a person', () => {
  async function asked(
    version: string,
    over: Parameters<ScriptedPackages['plugin']>[2],
  ): Promise<readonly string[]> {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0', { texts: { 'run.sh*': '#!/bin/sh\ntrue\n' } });
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', version, {
      ...over,
      texts: { 'run.sh*': '#!/bin/sh\nfalse\n', ...over?.texts },
    });
    const { updates } = await here.open().installs.update([]);
    assert.deepEqual(await here.active(), [
      updates[0]?.status === 'updated' ? `kit@direct ${version}` : 'kit@direct 1.0.0',
    ]);
    return (updates[0]?.consent?.changes ?? []).map(({ kind, value }) => `${kind}: ${value}`);
  }

  it('is a major version', async () => {
    assert.deepEqual(await asked('2.0.0', {}), ['major_version: 1.0.0 → 2.0.0']);
  });

  it('is a step back', async () => {
    assert.deepEqual(await asked('0.9.0', {}), ['downgrade: 1.0.0 → 0.9.0']);
  });

  it('is a new program, and no program that was there', async () => {
    assert.deepEqual(await asked('1.1.0', {}), []);
    assert.deepEqual(await asked('1.1.0', { texts: { 'bin/tool*': '#!/bin/sh\n' } }), [
      'executable: bin/tool',
    ]);
  });

  it('is a hook, a server, a host and a variable', async () => {
    const manifest = {
      mcpServers: { draw: { command: 'drawer', args: ['--fast'], env: { KEY: '${DRAW_KEY}' } } },
    };
    const texts = {
      'hooks/hooks.json': JSON.stringify({
        hooks: { Stop: [{ hooks: [{ type: 'command', command: 'notify done' }] }] },
      }),
      'fetch.py': 'import x\nx.get("https://api.draw.dev/v1")\n',
    };
    assert.deepEqual(await asked('1.1.0', { manifest, texts }), [
      'command: drawer',
      'command: notify',
      'environment: DRAW_KEY',
      'hook: notify done',
      'host: api.draw.dev',
      'server: drawer --fast [KEY=${DRAW_KEY}]',
    ]);
  });

  it('is what a server is told by its variables and headers, and no secret is shown', async () => {
    const server = (env: object) => ({
      '.mcp.json': JSON.stringify({ mcpServers: { draw: { command: 'node', env } } }),
    });
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0', { texts: server({ API_KEY: 'one' }) });
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.0.1', {
      texts: server({ API_KEY: 'two', NODE_OPTIONS: '--require ./x.js' }),
    });
    const { updates } = await here.open().installs.update([]);
    const [change] = updates[0]?.consent?.changes ?? [];
    assert.match(
      change?.value ?? '',
      /^node \[API_KEY=sha256:[0-9a-f]{12}, NODE_OPTIONS=--require \.\/x\.js\]$/,
    );
    here.packages.plugin('kit', '1.0.2', { texts: { ...server({ API_KEY: 'one' }), 'more.md': 'More.' } });
    assert.equal((await here.open().installs.update([])).updates[0]?.status, 'updated');
  });

  it('is a tool that a skill may use', async () => {
    const texts = {
      'skills/kit-notes/SKILL.md':
        '---\nname: kit-notes\ndescription: Notes\nallowed-tools: Read Bash(git *)\n---\n\nText.\n',
    };
    assert.deepEqual(await asked('1.1.0', { texts }), [
      'tool: kit-notes: Bash(git *)',
      'tool: kit-notes: Read',
    ]);
  });

  it('is accepted for exactly what was shown', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '2.0.0');
    const first = await here.open().installs.update([]);
    const accept = first.updates[0]?.consent?.digest ?? '';
    here.packages.plugin('kit', '2.0.1', { texts: { 'bin/tool*': '#!/bin/sh\n' } });
    const second = await here.open().installs.update([], { accept });
    assert.equal(second.updates[0]?.status, 'consent_required');
    const shown = second.updates[0].consent?.digest ?? '';
    const third = await here.open().installs.update([], { accept: shown });
    assert.equal(third.updates[0]?.status, 'updated');
    const blocked = (await here.open().installs.history()).history.filter(({ event }) => event === 'blocked');
    assert.equal(blocked.length, 2);
  });

  it('is recorded once, however often it is asked', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '2.0.0');
    for (const automatic of [true, true, true]) await here.open().installs.update([], { automatic });
    assert.deepEqual(await here.names(), [
      'installed kit@direct - → 1.0.0',
      'blocked kit@direct 1.0.0 → 2.0.0',
    ]);
  });
});

describe('Plugins that are in the way', () => {
  it('are never touched: a folder below plugins/ of the same id keeps its place (P12)', async () => {
    const here = new Installs();
    await here.workspace.plugin('kit', '0.1.0', { mine: { 'SKILL.md': '---\nname: mine\n---\n\nMine.\n' } });
    here.packages.plugin('kit', '1.0.0');
    await assert.rejects(here.open().installs.install(target('kit')), { code: 'plugin_id_taken' });
    const { plugins } = await here.open().plugins.list();
    assert.deepEqual(
      plugins.map(({ id, discovered_version }) => [id, discovered_version]),
      [['kit', '0.1.0']],
    );
    assert.deepEqual(await here.active(), []);
  });

  it('are left alone while they are disabled or paused (P09)', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0');
    await here.open().plugins.pause('kit');
    const paused = await here.open().installs.update([]);
    assert.deepEqual(
      paused.updates.map(({ status, reason }) => [status, reason?.code]),
      [['skipped', 'plugin_paused']],
    );
    await here.open().plugins.disable('kit', { disableLinkedSkills: true });
    const disabled = await here.open().installs.update([]);
    assert.deepEqual(
      disabled.updates.map(({ reason }) => reason?.code),
      ['plugin_disabled'],
    );
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
  });
});

describe('Rolling back', () => {
  it('goes to the package before without a network, and back again', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0');
    await here.open().installs.update([]);
    here.packages.beforeFetch = () => Promise.reject(new Error('No network.'));
    assert.equal((await here.open().installs.rollback('kit@direct')).install.status, 'rolled_back');
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    const left = await here.open().installs.update([]);
    assert.equal(left.updates[0]?.reason?.code, 'package_ignored');
    await here.open().installs.rollback('kit@direct');
    assert.deepEqual(await here.active(), ['kit@direct 1.1.0']);
  });

  it('refuses a package that is not to be used (P15), and one whose files were changed', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0');
    await here.open().installs.update([]);
    const text = (await here.workspace.text(REGISTRY)) ?? '';
    const registry = installRegistrySchema.parse(JSON.parse(text));
    const kit = registry.plugins['kit@direct'];
    const [before] = kit?.previous ?? [];
    assert.ok(kit !== undefined && before !== undefined);
    const { identity, version } = before;
    const reason = { code: 'revoked', message: 'It was withdrawn.' };
    const blocked = { identity, version, kind: 'blocked', reason, at: before.installed_at } as const;
    const plugins = new Map([['kit@direct', { ...kit, ignored: [blocked] }]]);
    await here.workspace.write('.', { [REGISTRY]: serialiseInstalled(plugins) });
    await assert.rejects(here.open().installs.rollback('kit@direct'), { code: 'rollback_target_refused' });
    await here.workspace.write('.', { [REGISTRY]: text });
    const folder = `.beaver/installs/packages/kit@direct/${before.directory}`;
    await here.workspace.write(folder, { 'skills/kit-notes/SKILL.md': 'Changed by hand.' });
    await assert.rejects(here.open().installs.rollback('kit@direct'), { code: 'package_damaged' });
    assert.deepEqual(await here.active(), ['kit@direct 1.1.0']);
  });

  it('says what there is to go back to when there is nothing', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    await assert.rejects(here.open().installs.rollback('kit@direct'), { code: 'rollback_target_missing' });
  });
});

describe('Uninstalling', () => {
  it('takes the skills out of use and keeps every edit of them (P11)', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const edited = `${(await here.visible('kit-notes')) ?? ''}\nLearned here.\n`;
    await here.workspace.write('.agents/skills/kit-notes', { 'SKILL.md': edited });
    const { uninstalled } = await here.open().installs.uninstall('kit@direct');
    assert.deepEqual(uninstalled.kept_skills, ['kit-notes']);
    assert.equal(await here.visible('kit-notes'), undefined);
    assert.deepEqual(await here.active(), []);
    const { skill } = await here.open().skills.show('kit-notes');
    assert.match(
      (await here.workspace.text(`skills/kit-notes/versions/${skill.current_version}/SKILL.md`)) ?? '',
      /Learned here/,
    );
    await here.open().installs.install(target('kit'));
    assert.match((await here.visible('kit-notes')) ?? '', /Learned here/);
  });

  it('in the middle of an update ends the update and not the uninstallation (P11)', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    here.packages.plugin('kit', '1.1.0');
    const begun = Promise.withResolvers<undefined>();
    const gone = Promise.withResolvers<undefined>();
    here.packages.beforeFetch = async () => {
      begun.resolve(undefined);
      await gone.promise;
    };
    const updating = here.open().installs.update([]);
    await begun.promise;
    await here.open().installs.uninstall('kit@direct');
    gone.resolve(undefined);
    const { updates } = await updating;
    assert.equal(updates[0]?.reason?.code, 'install_moved');
    assert.deepEqual(await here.active(), []);
    assert.deepEqual(
      (await here.names()).map((name) => name.split(' ')[0]),
      ['installed', 'uninstalled', 'rolled_back'],
    );
  });
});

describe('What plugins need', () => {
  const needs = (...dependencies: readonly unknown[]) => ({ manifest: { dependencies } });

  async function withBase(version: string): Promise<Installs> {
    const here = new Installs();
    here.packages.plugin('base', version);
    await here.open().installs.install(target('base'));
    return here;
  }

  /** A trusted marketplace of this name, with what it says of these plugins. */
  async function market(
    here: Installs,
    name: string,
    plugins: readonly string[],
    more: object = {},
  ): Promise<void> {
    here.packages.list(...plugins);
    const catalog = here.packages.marketplace.bind(here.packages);
    here.packages.marketplace = async (...args) => {
      const found = await catalog(...args);
      if (found === 'unchanged') return found;
      const document = { ...(JSON.parse(Buffer.from(found.bytes).toString()) as object), name, ...more };
      return { ...found, bytes: Buffer.from(JSON.stringify(document)) };
    };
    const from = { directory: here.workspace.root, home: here.workspace.root, trust: true };
    await here.open().marketplaces.add(`https://git.example.com/${name}.git`, from);
    here.packages.marketplace = catalog;
  }

  const listed = (name: string): InstallTarget => ({ kind: 'listed', name, marketplace: 'team' });

  it('asks a person where something new comes to what is installed, though what needs it is new', async () => {
    const here = new Installs();
    here.packages.plugin('base', '1.0.0');
    here.packages.plugin('kit', '1.0.0', needs({ name: 'base', version: '^2' }));
    await market(here, 'team', ['base', 'kit']);
    await here.open().installs.install(listed('base'));
    here.packages.plugin('base', '2.0.0', { texts: { 'run.sh*': '#!/bin/sh\ntrue\n' } });
    const { install } = await here.open().installs.install(listed('kit'));
    assert.deepEqual(
      install.consent?.changes.map(({ id, kind }) => `${id} ${kind}`),
      ['base@team major_version', 'base@team executable'],
    );
    assert.deepEqual(await here.active(), ['base@team 1.0.0']);
    await here.open().installs.install(listed('kit'), { accept: install.consent.digest });
    assert.deepEqual(await here.active(), ['base@team 2.0.0', 'kit@team 1.0.0']);
  });

  it('comes from another marketplace only where its own allows that, or where it is installed (A13)', async () => {
    const open = async (more: object): Promise<Installs> => {
      const here = new Installs();
      here.packages.plugin('kit', '1.0.0', needs({ name: 'base', marketplace: 'other' }));
      here.packages.plugin('base', '1.0.0');
      await market(here, 'team', ['kit'], more);
      await market(here, 'other', ['base']);
      return here;
    };
    const closed = await open({});
    await assert.rejects(closed.open().installs.install(listed('kit')), { code: 'dependency_not_allowed' });
    assert.deepEqual(await closed.active(), []);
    await closed.open().installs.install({ kind: 'listed', name: 'base', marketplace: 'other' });
    await closed.open().installs.install(listed('kit'));
    assert.deepEqual(await closed.active(), ['base@other 1.0.0', 'kit@team 1.0.0']);
    const opened = await open({ allowCrossMarketplaceDependenciesOn: ['other'] });
    await opened.open().installs.install(listed('kit'));
    assert.deepEqual(await opened.active(), ['base@other 1.0.0', 'kit@team 1.0.0']);
  });

  it('is left alone where it is installed and fits', async () => {
    const here = await withBase('1.4.0');
    here.packages.plugin('kit', '1.0.0', needs({ name: 'base', version: '^1.2' }));
    await here.open().installs.install(target('kit'));
    const { installed } = await here.open().installs.list();
    assert.deepEqual(
      installed.map(({ id, dependencies }) => [id, dependencies]),
      [
        ['base@direct', []],
        ['kit@direct', [{ id: 'base@direct', range: '^1.2' }]],
      ],
    );
    await assert.rejects(here.open().installs.uninstall('base@direct'), { code: 'plugin_needed' });
  });

  it('keeps what needs it from being installed where it cannot be found', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0', needs('base'));
    await assert.rejects(here.open().installs.install(target('kit')), { code: 'dependency_unresolved' });
    assert.deepEqual(await here.active(), []);
  });

  it('may lie beside, in a folder that a person keeps, in a version that suits', async () => {
    const here = new Installs();
    await here.workspace.plugin('base', '1.4.0', {
      mine: { 'SKILL.md': '---\nname: mine\ndescription: Mine\n---\n\nMine.\n' },
    });
    here.packages.plugin('kit', '1.0.0', needs({ name: 'base', version: '^1.2' }));
    await here.open().installs.install(target('kit'));
    const { installed } = await here.open().installs.list();
    assert.deepEqual(
      installed.map(({ id, dependencies }) => [id, dependencies]),
      [['kit@direct', []]],
    );
    here.packages.plugin('late', '1.0.0', needs({ name: 'base', version: '^2' }));
    await assert.rejects(here.open().installs.install(target('late')), { code: 'dependency_conflict' });
  });

  it('is not updated past what others can do with: the update is left out with its reason (P04)', async () => {
    const here = await withBase('1.4.0');
    here.packages.plugin('kit', '1.0.0', needs({ name: 'base', version: '~1.4' }));
    await here.open().installs.install(target('kit'));
    here.packages.plugin('base', '1.5.0');
    const { updates } = await here.open().installs.update(['base@direct']);
    assert.deepEqual([updates[0]?.status, updates[0]?.reason?.code], ['skipped', 'dependency_conflict']);
    assert.deepEqual(await here.active(), ['base@direct 1.4.0', 'kit@direct 1.0.0']);
    assert.ok(!(await here.names()).some((name) => name.startsWith('rolled_back')));
  });
});

describe('What is in use', () => {
  it('is never a package of which only a part came (P01)', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const next = here.packages.plugin('kit', '1.1.0', { texts: { 'node_modules/a/index.js': 'a' } });
    here.packages.fetch = async (_, into) => {
      await here.workspace.files.makeDirectory(into);
      await here.workspace.files.writeFile(`${into}/half.js`, Buffer.from('a'));
      throw new BeaverError('fetch_failed', 'The connection ended.', { nextStep: 'Try again.' });
    };
    const { updates } = await here.open().installs.update(['kit@direct']);
    assert.equal(updates[0]?.reason?.code, 'fetch_failed');
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    const registry = (await here.workspace.text(REGISTRY)) ?? '';
    assert.ok(next.identity.kind === 'commit' && !registry.includes(next.identity.commit));
    assert.deepEqual((await here.open().doctor()).findings, []);
  });

  it('stays whole on disk for a session that began before an update (P05)', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const folder = '.beaver/installs/packages/kit@direct';
    const [old] = (await here.workspace.files.readDirectory(here.workspace.path(folder))) ?? [];
    const document = `${folder}/${old?.name ?? ''}/skills/kit-notes/SKILL.md`;
    here.packages.plugin('kit', '1.1.0');
    const other = here.open();
    await other.installs.update([]);
    await other.plugins.sync();
    assert.deepEqual(await here.active(), ['kit@direct 1.1.0']);
    assert.match((await here.workspace.text(document)) ?? '', /As of 1\.0\.0/);
    assert.match((await here.visible('kit-notes')) ?? '', /As of 1\.0\.0/);
  });

  it('is there at a start without a network, which nobody is asked about (P13)', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    let asked = 0;
    const silent = (): Promise<never> => {
      asked += 1;
      return new Promise<never>(() => undefined);
    };
    here.packages.offers = silent;
    here.packages.fetch = silent;
    here.packages.marketplace = silent;
    const started = here.open();
    await started.plugins.sync();
    assert.equal((await started.installs.list()).installed[0]?.health, 'healthy');
    assert.equal((await started.upkeep.reconcile()).reconcile.status, 'synced');
    assert.equal(asked, 0);
  });
});

describe('Several that install at once (P10)', () => {
  it('put the same plugin in use once', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    const both = await Promise.all([
      here.open().installs.install(target('kit')),
      here.open().installs.install(target('kit')),
    ]);
    assert.deepEqual(both.map(({ install }) => install.status).sort(), ['installed', 'unchanged']);
    assert.deepEqual(await here.names(), ['installed kit@direct - → 1.0.0']);
  });

  it('lose nothing of each other', async () => {
    const here = new Installs();
    for (const name of ['one', 'two', 'three']) here.packages.plugin(name, '1.0.0');
    await Promise.all(['one', 'two', 'three'].map((name) => here.open().installs.install(target(name))));
    assert.deepEqual(await here.active(), ['one@direct 1.0.0', 'three@direct 1.0.0', 'two@direct 1.0.0']);
    assert.deepEqual((await here.open().doctor()).findings, []);
  });
});

describe('What cannot be recorded', () => {
  it('is not offered, and what is installed stays as it is', async () => {
    const here = new Installs();
    here.packages.plugin('tasks', '1.0.0');
    await here.open().installs.install(target('tasks'));
    const offer = here.packages.plugin('kit', '1.0.0');
    const identity = { kind: 'integrity', integrity: 'sha512-AAAA==?x' } as const;
    here.packages.offers = () => Promise.resolve({ head: { ...offer, identity }, others: [] });
    await assert.rejects(here.open().installs.install(target('kit')), { code: 'source_not_found' });
    assert.deepEqual(await here.active(), ['tasks@direct 1.0.0']);
  });

  it('is never written into the registry', () => {
    const plugin = anInstalledPlugin();
    const identity = { kind: 'integrity', integrity: 'sha512-AAAA==?x' } as const;
    const active = { ...plugin.active, identity };
    assert.throws(() => serialiseInstalled(new Map([['kit@direct', { ...plugin, active }]])), {
      code: 'record_refused',
    });
  });

  it('is kept by recovery, and shown by the doctor, where a journal cannot be read', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const journal = '.beaver/installs/attempts/t-1.json';
    await here.workspace.write('.', { [journal]: '{"schema_version":1}' });
    await here.open().plugins.sync();
    assert.equal(await here.workspace.text(journal), '{"schema_version":1}');
    assert.deepEqual(await here.active(), ['kit@direct 1.0.0']);
    const { findings } = await here.open().doctor();
    assert.deepEqual(
      findings.map(({ code, path }) => [code, path]),
      [['stored_file_unreadable', journal]],
    );
  });
});

describe('What asks for a person', () => {
  it('tells what is off with what is installed, and removes what nothing refers to', async () => {
    const here = new Installs();
    here.packages.plugin('kit', '1.0.0');
    await here.open().installs.install(target('kit'));
    const [folder] =
      (await here.workspace.files.readDirectory(
        here.workspace.path('.beaver/installs/packages/kit@direct'),
      )) ?? [];
    const root = `.beaver/installs/packages/kit@direct/${folder?.name ?? ''}`;
    await here.workspace.write(root, { 'added.txt': 'by hand' });
    await here.workspace.write('.beaver/installs/packages/gone@direct/0123456789abcdef', { 'a.txt': 'a' });
    await here.workspace.write('.beaver/installs/staging/t9999/0', { 'a.txt': 'a' });
    const { findings } = await here.open().doctor();
    assert.deepEqual(
      findings.map(({ code, path }) => [code, path]),
      [
        ['package_unreferenced', '.beaver/installs/packages/gone@direct'],
        ['package_damaged', root],
        ['install_staging_left', '.beaver/installs/staging/t9999'],
      ],
    );
    const fixed = await here.open().doctor({ fix: true });
    assert.deepEqual(fixed.fixed, ['install_staging_left', 'package_unreferenced']);
    assert.deepEqual(
      fixed.findings.map(({ code }) => code),
      ['package_damaged'],
    );
  });
});
