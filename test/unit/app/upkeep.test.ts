import assert from 'node:assert/strict';
import * as path from 'node:path';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import { BeaverError } from '../../../src/base/errors.ts';
import { parsePin } from '../../../src/core/package-pin.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { ScriptedPackages } from '../../support/scripted-packages.ts';

const LOCK = 'beaver.lock.json';
const HOME = { directory: path.resolve('/workspace'), home: path.resolve('/home') };
/** No variable of the machine that runs the tests counts. */
const environment = {};

class Upkeep {
  readonly workspace = new MemoryWorkspace();
  readonly packages = new ScriptedPackages(this.workspace.files);

  open(options: Parameters<MemoryWorkspace['open']>[0] = {}): BeaverWorkspace {
    const programs = { exists: () => Promise.resolve(true) };
    return this.workspace.open(options, { packages: this.packages, programs });
  }

  /** A trusted marketplace with these plugins at 1.0.0, all of them installed. */
  async installed(...names: readonly string[]): Promise<void> {
    await this.listed(...names);
    const { installs } = this.open();
    for (const name of names) await installs.install({ kind: 'listed', name, marketplace: 'team' });
  }

  /** A trusted marketplace with these plugins at 1.0.0, none of them installed. */
  async listed(...names: readonly string[]): Promise<void> {
    for (const name of names) this.packages.plugin(name, '1.0.0');
    this.packages.list(...names);
    await this.trust();
  }

  async trust(): Promise<void> {
    await this.open().marketplaces.add('https://git.example.com/team.git', { ...HOME, trust: true });
  }

  async locked(): Promise<readonly string[]> {
    const lock = JSON.parse((await this.workspace.text(LOCK)) ?? '{}') as {
      plugins: Record<string, unknown>;
    };
    return Object.keys(lock.plugins);
  }

  async active(): Promise<readonly string[]> {
    const { installed } = await this.open().installs.list();
    return installed.map(({ id, active }) => `${id} ${active.version ?? '-'}`);
  }

  /** A file of the active package of a plugin. */
  async packageFile(id: string, file: string): Promise<string> {
    const folder = `.beaver/installs/packages/${id}`;
    const [entry] = (await this.workspace.files.readDirectory(this.workspace.path(folder))) ?? [];
    return `${folder}/${entry?.name ?? ''}/${file}`;
  }
}

describe('The lock file', () => {
  it('follows every installation, update, rollback, pin and removal, and is verified by what is there', async () => {
    const here = new Upkeep();
    await here.installed('kit', 'tasks');
    const locked = async (): Promise<readonly string[]> => {
      const verified = await here.open().upkeep.verify();
      assert.deepEqual(verified.findings, []);
      const { plugins } = JSON.parse((await here.workspace.text(LOCK)) ?? '{}') as {
        plugins: Record<string, { version: string; pin: string | null; skills: Record<string, string> }>;
      };
      return Object.entries(plugins).map(
        ([id, { version, pin, skills }]) => `${id} ${version} ${pin ?? '-'} ${Object.keys(skills).join()}`,
      );
    };
    assert.deepEqual(await locked(), ['kit@team 1.0.0 - kit-notes', 'tasks@team 1.0.0 - tasks-notes']);
    here.packages.plugin('kit', '1.1.0');
    await here.open().installs.update(['kit@team']);
    await here.open().upkeep.pin('tasks@team', parsePin('^1'));
    assert.deepEqual(await locked(), ['kit@team 1.1.0 - kit-notes', 'tasks@team 1.0.0 ^1 tasks-notes']);
    await here.open().installs.rollback('kit@team');
    await here.open().installs.uninstall('tasks@team');
    assert.deepEqual(await locked(), ['kit@team 1.0.0 - kit-notes']);
  });

  it('is reproduced exactly in another folder, whatever is newer by then', async () => {
    const first = new Upkeep();
    await first.installed('kit');
    await first.open().upkeep.pinHere('kit@team');
    const text = (await first.workspace.text(LOCK)) ?? '';
    const second = new Upkeep();
    second.packages.plugin('kit', '1.0.0');
    second.packages.plugin('kit', '1.7.0');
    second.packages.list('kit');
    await second.open().marketplaces.add('https://git.example.com/team.git', { ...HOME, trust: true });
    await second.workspace.write('.', { [LOCK]: text });
    const { frozen } = await second.open().upkeep.installFrozen();
    assert.deepEqual(frozen, { installed: ['kit@team'], unchanged: [] });
    assert.deepEqual(await second.active(), ['kit@team 1.0.0']);
    assert.equal(await second.workspace.text(LOCK), text);
    assert.deepEqual((await second.open().upkeep.installFrozen()).frozen, {
      installed: [],
      unchanged: ['kit@team'],
    });
  });

  it('refuses to install what it does not know, and says that there is none (P02)', async () => {
    const here = new Upkeep();
    await assert.rejects(here.open().upkeep.installFrozen(), { code: 'lock_missing' });
    await here.installed('kit', 'tasks');
    const text = (await here.workspace.text(LOCK)) ?? '';
    const { plugins, ...rest } = JSON.parse(text) as { plugins: Record<string, unknown> };
    const less = { ...rest, plugins: { 'kit@team': plugins['kit@team'] } };
    await here.workspace.write('.', { [LOCK]: JSON.stringify(less) });
    await assert.rejects(here.open().upkeep.installFrozen(), {
      code: 'lock_mismatch',
      field: '/plugins/tasks@team',
    });
  });

  it('keeps what a fresh clone never installed, and drops it with an uninstallation or when it is made anew', async () => {
    const first = new Upkeep();
    await first.installed('kit', 'tasks');
    const text = (await first.workspace.text(LOCK)) ?? '';
    const clone = new Upkeep();
    await clone.listed('kit', 'tasks', 'more');
    await clone.workspace.write('.', { [LOCK]: text });
    const { installs, upkeep } = clone.open();
    await installs.install({ kind: 'listed', name: 'more', marketplace: 'team' });
    assert.deepEqual(await clone.locked(), ['kit@team', 'more@team', 'tasks@team']);
    await upkeep.pinHere('more@team');
    await installs.uninstall('more@team');
    assert.equal(await clone.workspace.text(LOCK), text);
    await installs.install({ kind: 'listed', name: 'kit', marketplace: 'team' });
    assert.equal(await clone.workspace.text(LOCK), text);
    await upkeep.lock();
    assert.deepEqual(await clone.locked(), ['kit@team']);
  });

  it('is left as it is where it cannot be read, or a person has to settle it', async () => {
    for (const text of ['{"schema_version":2,"theirs":1}', 'torn', '<<<<<<< a\n=======\n>>>>>>> b\n']) {
      const here = new Upkeep();
      await here.listed('kit');
      await here.workspace.write('.', { [LOCK]: text });
      await here.open().installs.install({ kind: 'listed', name: 'kit', marketplace: 'team' });
      await here.open().upkeep.pinHere('kit@team');
      assert.equal(await here.workspace.text(LOCK), text);
      assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
      const conflicted = text.startsWith('<');
      if (conflicted) await here.open().upkeep.lock();
      else await assert.rejects(here.open().upkeep.lock(), BeaverError);
      assert.equal((await here.workspace.text(LOCK)) === text, !conflicted);
    }
  });

  it('tells an edited package', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    const file = await here.packageFile('kit@team', 'skills/kit-notes/SKILL.md');
    await here.workspace.files.writeFile(here.workspace.path(file), Buffer.from('edited'));
    const { verified, findings } = await here.open().upkeep.verify();
    assert.deepEqual([verified, findings.map(({ code }) => code)], [false, ['package_modified']]);
  });
});

describe('A frozen installation', () => {
  const PROGRAM = { texts: { 'run.sh*': '#!/bin/sh\ntrue\n' } };
  const NEEDS = { manifest: { dependencies: [{ name: 'base', version: '^1' }] } };

  /** A folder with that lock file, and what is offered there by now. */
  async function elsewhere(lock: string, release: (packages: ScriptedPackages) => void): Promise<Upkeep> {
    const there = new Upkeep();
    release(there.packages);
    await there.trust();
    await there.workspace.write('.', { [LOCK]: lock });
    return there;
  }

  function both(packages: ScriptedPackages): void {
    packages.plugin('kit', '1.0.0', NEEDS);
    packages.plugin('base', '1.0.0');
    packages.list('kit', 'base');
  }

  function newer(packages: ScriptedPackages): void {
    both(packages);
    packages.plugin('base', '1.7.0');
  }

  async function lockOfBoth(): Promise<string> {
    const here = new Upkeep();
    both(here.packages);
    await here.trust();
    await here.open().installs.install({ kind: 'listed', name: 'kit', marketplace: 'team' });
    return (await here.workspace.text(LOCK)) ?? '';
  }

  it('takes what a plugin needs from the lock too, and records who wanted it', async () => {
    const lock = await lockOfBoth();
    const there = await elsewhere(lock, newer);
    const { frozen } = await there.open().upkeep.installFrozen();
    assert.deepEqual(frozen.installed, ['base@team', 'kit@team']);
    const { installed } = await there.open().installs.list();
    assert.deepEqual(
      installed.map((one) => [one.id, one.active.version, one.requested, one.dependencies.length]),
      [
        ['base@team', '1.0.0', false, 0],
        ['kit@team', '1.0.0', true, 1],
      ],
    );
    assert.equal(await there.workspace.text(LOCK), lock);
    assert.deepEqual((await there.open().upkeep.verify()).findings, []);
  });

  it('brings all of it in or nothing', async () => {
    const lock = await lockOfBoth();
    const there = await elsewhere(lock, newer);
    let fetches = 0;
    there.packages.beforeFetch = () =>
      (fetches += 1) === 2 ? Promise.reject(new Error('reset')) : Promise.resolve();
    await assert.rejects(there.open().upkeep.installFrozen());
    assert.deepEqual(await there.active(), []);
    there.packages.beforeFetch = () => Promise.resolve();
    const hash = /"tree_hash": ?"([0-9a-f]{64})"/.exec(lock)?.[1] ?? '';
    await there.workspace.write('.', { [LOCK]: lock.replace(hash, 'f'.repeat(64)) });
    await assert.rejects(there.open().upkeep.installFrozen(), { code: 'package_integrity_mismatch' });
    const { plugins, ...rest } = JSON.parse(lock) as { plugins: Record<string, unknown> };
    const alone = { ...rest, plugins: { 'kit@team': plugins['kit@team'] } };
    await there.workspace.write('.', { [LOCK]: JSON.stringify(alone) });
    await assert.rejects(there.open().upkeep.installFrozen(), { code: 'dependency_unresolved' });
    assert.deepEqual(await there.active(), []);
    assert.deepEqual((await there.open().doctor()).findings, []);
  });

  it('asks for nothing that was agreed to with the lock', async () => {
    const release = (packages: ScriptedPackages): void => {
      packages.plugin('kit', '2.0.0', PROGRAM);
      packages.list('kit');
    };
    const first = new Upkeep();
    release(first.packages);
    await first.trust();
    await first.open().installs.install({ kind: 'listed', name: 'kit', marketplace: 'team' });
    const lock = (await first.workspace.text(LOCK)) ?? '';
    const there = new Upkeep();
    await there.installed('kit');
    release(there.packages);
    there.packages.plugin('kit', '3.0.0');
    await there.workspace.write('.', { [LOCK]: lock });
    await there.open().upkeep.installFrozen();
    assert.deepEqual(await there.active(), ['kit@team 2.0.0']);
    const unused = await elsewhere(lock, release);
    await unused.open().upkeep.installFrozen({ enable: false });
    assert.equal((await unused.open().plugins.list()).plugins[0]?.status, 'discovered');
  });

  it('lets go of a pin that is not locked, of what is installed already too', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    const lock = (await here.workspace.text(LOCK)) ?? '';
    await here.open().upkeep.pinHere('kit@team');
    await here.workspace.write('.', { [LOCK]: lock });
    assert.deepEqual((await here.open().upkeep.installFrozen()).frozen.unchanged, ['kit@team']);
    assert.equal((await here.open().installs.list()).installed[0]?.pin, null);
  });

  it('gives what is locked of a plugin inside its marketplace, which has moved on since', async () => {
    const first = new Upkeep();
    first.packages.holdInMarketplace('kit', '1'.repeat(40));
    await first.trust();
    await first.open().installs.install({ kind: 'listed', name: 'kit', marketplace: 'team' });
    const there = await elsewhere((await first.workspace.text(LOCK)) ?? '', (packages) => {
      packages.holdInMarketplace('kit', '1'.repeat(40));
      packages.holdInMarketplace('kit', '2'.repeat(40));
    });
    assert.deepEqual((await there.open().upkeep.installFrozen()).frozen.installed, ['kit@team']);
    assert.equal((await there.open().upkeep.verify()).verified, true);
    assert.deepEqual((await there.open().upkeep.installFrozen()).frozen.unchanged, ['kit@team']);
  });

  it('refuses a place that its marketplace does not have it from', async () => {
    const lock = await lockOfBoth();
    const there = await elsewhere(lock.replaceAll('/kit.git', '/other.git'), both);
    await assert.rejects(there.open().upkeep.installFrozen(), {
      code: 'lock_mismatch',
      field: '/plugins/kit@team',
    });
    assert.deepEqual(await there.active(), []);
  });
});

describe('Outdated plugins', () => {
  it('say what is wanted under the pin, what is the latest, and what kind of step it is', async () => {
    const here = new Upkeep();
    await here.installed('kit', 'tasks');
    for (const version of ['1.1.0', '2.0.0']) here.packages.plugin('kit', version);
    await here.open().upkeep.pin('kit@team', parsePin('^1'));
    const { outdated, up_to_date } = await here.open().upkeep.outdated();
    assert.deepEqual(up_to_date, ['tasks@team']);
    assert.deepEqual(
      outdated.map(({ id, wanted, latest, pin, pinned_by, change_text }) => [
        id,
        wanted?.version,
        latest?.version,
        pin,
        pinned_by,
        change_text,
      ]),
      [['kit@team', '1.1.0', '2.0.0', '^1', 'plugin', 'minor update']],
    );
  });

  it('say which source did not answer, beside those that did', async () => {
    const here = new Upkeep();
    await here.installed('kit', 'tasks');
    const offers = here.packages.offers.bind(here.packages);
    here.packages.offers = (source) =>
      source.kind === 'git' && source.url.includes('kit')
        ? Promise.reject(new BeaverError('fetch_timeout', 'slow', { nextStep: 'x' }))
        : offers(source);
    const { outdated, up_to_date } = await here.open().upkeep.outdated();
    assert.deepEqual(
      [outdated.map(({ id, problem }) => [id, problem?.params['error']]), up_to_date],
      [[['kit@team', 'fetch_timeout']], ['tasks@team']],
    );
  });
});

describe('A pin', () => {
  it('holds an update to what it stands for, and lets go', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    for (const version of ['1.1.0', '2.0.0']) here.packages.plugin('kit', version);
    const { pinned } = await here.open().upkeep.pin('kit@team', parsePin('~1.1'));
    assert.deepEqual(pinned, { id: 'kit@team', pin: '~1.1', before: null });
    await here.open().installs.update(['kit@team']);
    assert.deepEqual(await here.active(), ['kit@team 1.1.0']);
    assert.deepEqual((await here.open().upkeep.pin('kit@team', null)).pinned.before, '~1.1');
    assert.equal((await here.open().upkeep.why('kit@team')).why.pin, null);
  });

  it('of a marketplace holds its plugins that have none, and is not recorded as theirs', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    for (const version of ['1.1.0', '2.0.0']) here.packages.plugin('kit', version);
    await here.open().marketplaces.configure('team', { defaultPin: parsePin('^1') });
    await here.open().installs.update(['kit@team']);
    assert.deepEqual(await here.active(), ['kit@team 1.1.0']);
    const { why } = await here.open().upkeep.why('kit@team');
    assert.deepEqual([why.pin, why.pinned_by], ['^1', 'marketplace']);
  });

  it('of a plugin that is not installed is refused', async () => {
    await assert.rejects(new Upkeep().open().upkeep.pinHere('kit@team'), { code: 'plugin_not_installed' });
  });
});

describe('Auto-update', () => {
  const round = async (here: Upkeep): Promise<readonly string[]> => {
    const { auto_update: done } = await here.open().upkeep.autoUpdate({ environment, now: true });
    return done.plugins.map(({ id, action, reason }) => `${id} ${action} ${reason.code}`);
  };

  it('does nothing for a third-party marketplace that nobody opted in to, and says so', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    here.packages.plugin('kit', '1.1.0');
    assert.deepEqual(await round(here), ['kit@team none marketplace_off']);
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
  });

  it('installs a minor release, offers its skill for review, and leaves a durable reason', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    await here.open().marketplaces.configure('team', { mode: 'apply' });
    here.packages.plugin('kit', '1.1.0');
    assert.deepEqual(await round(here), ['kit@team apply mode_apply']);
    assert.deepEqual(await here.active(), ['kit@team 1.1.0']);
    assert.match((await here.workspace.text('.agents/skills/kit-notes/SKILL.md')) ?? '', /As of 1\.0\.0/);
    const { updates } = await here.open().updates.list();
    assert.deepEqual(
      updates.map(({ skill_name, status }) => [skill_name, status]),
      [['kit-notes', 'open']],
    );
    const { why } = await here.open().upkeep.why('kit@team');
    assert.equal(why.last?.reason.message, 'Updated from 1.0.0 to 1.1.0.');
    const { history } = await here.open().installs.history('kit@team');
    assert.deepEqual(
      history.map(({ event, automatic }) => [event, automatic]),
      [
        ['installed', false],
        ['updated', true],
      ],
    );
    assert.deepEqual((await here.open().upkeep.verify()).findings, []);
  });

  it('asks about new programs and changes nothing (P08)', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    await here.open().marketplaces.configure('team', { mode: 'apply' });
    here.packages.plugin('kit', '1.1.0', {
      texts: { 'skills/kit-notes/scripts/run.sh*': '#!/bin/sh\necho hello\n' },
    });
    assert.deepEqual(await round(here), ['kit@team notify consent_required']);
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
  });

  it('leaves disabled plugins alone (P09)', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    await here.open().marketplaces.configure('team', { mode: 'apply' });
    await here.open().plugins.disable('kit', { disableLinkedSkills: true });
    here.packages.plugin('kit', '1.1.0');
    assert.deepEqual(await round(here), ['kit@team none plugin_disabled']);
  });

  it('is held back by the environment and by the setting', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    await here.open().marketplaces.configure('team', { mode: 'apply' });
    here.packages.plugin('kit', '1.1.0');
    const off = await here
      .open()
      .upkeep.autoUpdate({ environment: { BEAVER_AUTO_UPDATE: 'off' }, now: true });
    assert.deepEqual(
      [off.auto_update.limit_by, off.auto_update.plugins[0]?.reason.code],
      ['environment', 'auto_update_off'],
    );
    const told = await here.open({ autoUpdate: 'notify' }).upkeep.autoUpdate({ environment, now: true });
    assert.equal(told.auto_update.plugins[0]?.reason.code, 'mode_notify');
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
  });
});

describe('A staged update', () => {
  /** A plugin at 1.0.0 whose marketplace stages. */
  async function staging(): Promise<Upkeep> {
    const here = new Upkeep();
    await here.installed('kit');
    await here.open().marketplaces.configure('team', { mode: 'stage' });
    return here;
  }
  const round = async (here: Upkeep) =>
    (await here.open().upkeep.autoUpdate({ environment, now: true })).auto_update;
  const folders = async (here: Upkeep): Promise<readonly string[]> => {
    const all = await here.workspace.files.readDirectory(here.workspace.path('.beaver/installs/staged'));
    return (all ?? []).map(({ name }) => name);
  };
  const noNetwork = (here: Upkeep): void => {
    const none = (): Promise<never> =>
      Promise.reject(new BeaverError('fetch_offline', 'There is no network.', { nextStep: 'x' }));
    Object.assign(here.packages, { offers: none, fetch: none, marketplace: none });
  };

  it('is kept across starts, is told, and changes nothing that is in use', async () => {
    const here = await staging();
    here.packages.plugin('kit', '1.1.0');
    const done = await round(here);
    assert.deepEqual(
      done.plugins.map(({ id, action, reason }) => `${id} ${action} ${reason.code}`),
      ['kit@team stage mode_stage'],
    );
    const { auto_update: later } = await here.open().upkeep.autoUpdateState(environment);
    assert.deepEqual(
      later.staged.map(({ id, version, asks, needs }) => [id, version, asks, needs]),
      [['kit@team', '1.1.0', [], []]],
    );
    assert.equal((await here.open().upkeep.why('kit@team')).why.staged?.version, '1.1.0');
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
    assert.deepEqual(
      await here.workspace.files.readDirectory(here.workspace.path('.beaver/staging/packages')),
      [],
    );
  });

  it('is put in use without a network, and its skill is offered for review', async () => {
    const here = await staging();
    here.packages.plugin('kit', '1.1.0');
    await round(here);
    noNetwork(here);
    const { updates } = await here.open().upkeep.applyStaged();
    assert.deepEqual(
      updates.map(({ id, status, to }) => [id, status, to?.version]),
      [['kit@team', 'updated', '1.1.0']],
    );
    assert.deepEqual(await here.active(), ['kit@team 1.1.0']);
    assert.match((await here.workspace.text('.agents/skills/kit-notes/SKILL.md')) ?? '', /As of 1\.0\.0/);
    assert.deepEqual(
      (await here.open().updates.list()).updates.map(({ status }) => status),
      ['open'],
    );
    assert.deepEqual((await here.open().upkeep.autoUpdateState(environment)).auto_update.staged, []);
    assert.deepEqual(await folders(here), []);
    assert.deepEqual((await here.open().upkeep.verify()).findings, []);
  });

  it('brings what it needs with it', async () => {
    const here = await staging();
    here.packages.plugin('base', '2.0.0');
    here.packages.plugin('kit', '1.1.0', { manifest: { dependencies: ['base'] } });
    here.packages.list('kit', 'base');
    const [staged] = (await round(here)).staged;
    assert.ok(staged);
    assert.deepEqual(staged.needs, ['base@team']);
    assert.deepEqual(
      staged.asks.map(({ kind, id }) => [kind, id]),
      [['new_plugin', 'base@team']],
    );
    noNetwork(here);
    const [asked] = (await here.open().upkeep.applyStaged(['kit@team'])).updates;
    assert.equal(asked?.status, 'consent_required');
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
    await here.open().upkeep.applyStaged(['kit@team'], { accept: asked.consent?.digest ?? '' });
    assert.deepEqual(await here.active(), ['base@team 2.0.0', 'kit@team 1.1.0']);
  });

  it('is fetched once, however often the round comes by', async () => {
    const here = await staging();
    here.packages.plugin('kit', '1.1.0');
    const before = here.packages.fetched;
    await round(here);
    await round(here);
    assert.equal(here.packages.fetched - before, 1);
  });

  it('makes room for a newer one, and is dropped when it is withdrawn', async () => {
    const here = await staging();
    here.packages.plugin('kit', '1.1.0');
    await round(here);
    here.packages.plugin('kit', '1.2.0');
    assert.deepEqual(
      (await round(here)).staged.map(({ version }) => version),
      ['1.2.0'],
    );
    const [folder] = await folders(here);
    const kept = await here.workspace.files.readDirectory(
      here.workspace.path(`.beaver/installs/staged/${folder ?? ''}`),
    );
    assert.equal(kept?.length, 1);
    here.packages.withdraw('kit', '1.1.0');
    here.packages.withdraw('kit', '1.2.0');
    assert.deepEqual((await round(here)).staged, []);
    assert.deepEqual(await folders(here), []);
    const [nothing] = (await here.open().upkeep.applyStaged(['kit@team'])).updates;
    assert.deepEqual([nothing?.status, nothing?.reason?.code], ['skipped', 'nothing_staged']);
  });

  it('stays while nobody knows what is offered', async () => {
    const here = await staging();
    here.packages.plugin('kit', '1.1.0');
    await round(here);
    noNetwork(here);
    assert.deepEqual(
      (await round(here)).staged.map(({ version }) => version),
      ['1.1.0'],
    );
    const off = await here.open().upkeep.autoUpdate({ environment, now: true, offline: true });
    assert.equal(off.auto_update.staged.length, 1);
  });

  it('is not put in use once it was changed, nor under another pin', async () => {
    const here = await staging();
    here.packages.plugin('kit', '1.1.0');
    await round(here);
    await here.open().upkeep.pin('kit@team', parsePin('~1.0'));
    const [other] = (await here.open().upkeep.applyStaged()).updates;
    assert.equal(other?.reason?.code, 'staged_superseded');
    await here.open().upkeep.pin('kit@team', null);
    const staged = '.beaver/installs/staged/kit@team';
    const [entry] = (await here.workspace.files.readDirectory(here.workspace.path(staged))) ?? [];
    const file = here.workspace.path(`${staged}/${entry?.name ?? ''}/skills/kit-notes/SKILL.md`);
    await here.workspace.files.writeFile(file, Buffer.from('mine'));
    const [damaged] = (await here.open().upkeep.applyStaged()).updates;
    assert.deepEqual([damaged?.status, damaged?.reason?.code], ['failed', 'package_damaged']);
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
    assert.deepEqual(
      (await round(here)).staged.map(({ version }) => version),
      ['1.1.0'],
    );
    assert.deepEqual(
      (await here.open().upkeep.applyStaged()).updates.map(({ status }) => status),
      ['updated'],
    );
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const here = await staging();
    here.packages.plugin('kit', '1.1.0');
    const stop = new AbortController();
    here.packages.beforeFetch = () => {
      stop.abort();
      return Promise.resolve();
    };
    await assert.rejects(here.open().upkeep.autoUpdate({ environment, now: true, signal: stop.signal }), {
      code: 'install_cancelled',
    });
    assert.deepEqual((await here.open().upkeep.autoUpdateState(environment)).auto_update.staged, []);
    assert.deepEqual(await folders(here), []);
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
  });
});

describe('Packages', () => {
  it('that were in use stay untouched for two more updates, so that whoever reads one goes on with it (P05)', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    const file = await here.packageFile('kit@team', 'skills/kit-notes/SKILL.md');
    const texts: (string | undefined)[] = [];
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
      here.packages.plugin('kit', version);
      await here.open().installs.update(['kit@team']);
      texts.push(/As of \d\.\d\.\d/.exec((await here.workspace.text(file)) ?? '')?.[0]);
    }
    assert.deepEqual(texts, ['As of 1.0.0', 'As of 1.0.0', undefined]);
  });
});

describe('Two rounds on one machine', () => {
  it('do not run at once: the second one says that it found the first one at it, and tells what was decided', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    await here.open().marketplaces.configure('team', { mode: 'apply' });
    here.packages.plugin('kit', '1.1.0');
    const home = path.resolve('/home/.beaver');
    const fetching = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    here.packages.beforeFetch = async () => {
      fetching.resolve(undefined);
      await goOn.promise;
    };
    const first = here.open({ home }).upkeep.autoUpdate({ environment, now: true });
    await fetching.promise;
    const { auto_update: second } = await here.open({ home }).upkeep.autoUpdate({ environment });
    goOn.resolve(undefined);
    assert.deepEqual([second.status, second.checked], ['busy', []]);
    assert.equal((await first).auto_update.status, 'done');
    assert.deepEqual(await here.active(), ['kit@team 1.1.0']);
  });
});

describe('Reconciliation', () => {
  const reconcile = async (
    here: Upkeep,
    request: Parameters<BeaverWorkspace['upkeep']['reconcile']>[0] = {},
  ) => {
    const { reconcile: done } = await here.open().upkeep.reconcile(request);
    return [done.status, ...done.items.map(({ kind, subject, outcome }) => `${kind} ${subject} ${outcome}`)];
  };

  it('says "synced" when everything is as it should be', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    assert.deepEqual(await reconcile(here), ['synced']);
  });

  it('brings a package back that is gone, exactly as it was installed', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    here.packages.plugin('kit', '1.9.0');
    await here.workspace.files.remove(here.workspace.path('.beaver/installs/packages/kit@team'));
    const [status, ...items] = await reconcile(here);
    assert.equal(status, 'drift');
    assert.ok(items.includes('package_missing kit@team planned'));
    await reconcile(here, { apply: true });
    assert.deepEqual(await reconcile(here), ['synced']);
    assert.deepEqual(await here.active(), ['kit@team 1.0.0']);
    const { history } = await here.open().installs.history('kit@team');
    assert.equal(history.at(-1)?.event, 'drift_repaired');
  });

  it('moves an edited package aside once a person has said so, and not before', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    const file = await here.packageFile('kit@team', 'skills/kit-notes/NOTES.md');
    await here.workspace.files.writeFile(here.workspace.path(file), Buffer.from('mine'));
    assert.ok((await reconcile(here, { apply: true })).includes('package_modified kit@team left'));
    assert.equal(await here.workspace.text(file), 'mine');
    assert.ok(
      (await reconcile(here, { apply: true, confirmed: true })).includes('package_modified kit@team done'),
    );
    const aside = here.workspace.path('.beaver/installs/aside');
    const [folder] = (await here.workspace.files.readDirectory(aside)) ?? [];
    assert.equal(
      await here.workspace.text(`.beaver/installs/aside/${folder?.name ?? ''}/skills/kit-notes/NOTES.md`),
      'mine',
    );
    assert.deepEqual(await reconcile(here), ['synced']);
  });

  it('offers nothing any longer of what it has moved aside', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    const file = await here.packageFile('kit@team', 'skills/kit-notes/NOTES.md');
    await here.workspace.files.writeFile(here.workspace.path(file), Buffer.from('mine'));
    const offered = async (): Promise<readonly string[]> =>
      (await here.open().updates.list()).updates.map(({ status }) => status);
    await here.open().plugins.sync();
    assert.deepEqual(await offered(), ['open']);
    await reconcile(here, { apply: true, confirmed: true });
    assert.deepEqual(await offered(), ['superseded']);
  });

  it('tells of a marketplace that is gone and of a plugin that is not listed any more', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    here.packages.list('other');
    await here.open().marketplaces.refresh([]);
    assert.deepEqual(await reconcile(here), ['drift', 'plugin_delisted kit@team planned']);
    await here.open().marketplaces.remove('team');
    assert.deepEqual(await reconcile(here), ['drift', 'marketplace_gone kit@team planned']);
  });

  it('asks before it moves a package aside in which somebody put what cannot be read everywhere', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    const file = await here.packageFile('kit@team', 'CON');
    await here.workspace.write('.', { [file]: 'Mine.' });
    const { items } = (await here.open().upkeep.reconcile({ apply: true })).reconcile;
    assert.deepEqual(
      items.map(({ kind, confirm, outcome }) => [kind, confirm, outcome]),
      [['package_modified', true, 'left']],
    );
    assert.equal(await here.workspace.text(file), 'Mine.');
    const repaired = await here.open().upkeep.reconcile({ apply: true, confirmed: true });
    assert.equal(repaired.reconcile.status, 'repaired');
  });

  it('leaves the installation of another window alone, and says nothing of it', async () => {
    const here = new Upkeep();
    await here.listed('kit');
    let begun = (): void => undefined;
    let go = (): void => undefined;
    const began = new Promise<void>((resolve) => (begun = resolve));
    const gate = new Promise<void>((resolve) => (go = resolve));
    here.packages.beforeFetch = () => {
      begun();
      return gate;
    };
    const installing = here.open().installs.install({ kind: 'listed', name: 'kit', marketplace: 'team' });
    await began;
    const { reconcile } = await here.open().upkeep.reconcile({ apply: true });
    assert.deepEqual(reconcile, { status: 'synced', items: [] });
    go();
    assert.equal((await installing).install.status, 'installed');
  });

  it('does not call an interrupted installation ended whose journal cannot be read', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    await here.workspace.write('.beaver/installs/attempts', { 't-1.json': 'torn' });
    const { reconcile } = await here.open().upkeep.reconcile({ apply: true });
    assert.equal(reconcile.status, 'drift');
    assert.deepEqual(
      reconcile.items.map(({ kind, subject, outcome }) => [kind, subject, outcome]),
      [['half_installed', 't-1', 'failed']],
    );
  });

  it('tells of a lock file that cannot be read, beside everything else', async () => {
    const here = new Upkeep();
    await here.installed('kit');
    await here.workspace.write('.', { [LOCK]: '<<<<<<< a\n=======\n>>>>>>> b\n' });
    await here.workspace.files.remove(here.workspace.path('.beaver/installs/packages/kit@team'));
    const { items } = (await here.open().upkeep.reconcile({ apply: true })).reconcile;
    assert.deepEqual(
      items.map(({ kind, subject, outcome }) => [kind, subject, outcome]),
      [
        ['package_missing', 'kit@team', 'done'],
        ['other', 'lock_conflicted', 'left'],
      ],
    );
  });

  it('repairs what it can when one package cannot be had', async () => {
    const here = new Upkeep();
    await here.installed('kit', 'tasks');
    for (const id of ['kit@team', 'tasks@team'])
      await here.workspace.files.remove(here.workspace.path(`.beaver/installs/packages/${id}`));
    here.packages.beforeFetch = ({ source }) =>
      source.kind === 'git' && source.url.includes('kit')
        ? Promise.reject(new BeaverError('fetch_failed', 'no', { nextStep: 'x' }))
        : Promise.resolve();
    const items = await reconcile(here, { apply: true });
    assert.ok(
      items.includes('package_missing kit@team failed') && items.includes('package_missing tasks@team done'),
    );
  });
});
