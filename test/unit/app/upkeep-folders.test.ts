import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import { createWorkspace } from '../../../src/app/workspace.ts';
import { WorkspaceLayout } from '../../../src/core/layout.ts';
import { nodePorts } from '../../../src/node/node-ports.ts';
import { LazyPackages } from '../../../src/node/packages/lazy-packages.ts';
import { packageOptions } from '../../../src/node/packages/package-options.ts';
import { LocalMarketplace } from '../../support/local-marketplace.ts';

/** Two folders of one window, each with `notes` 1.0.0 from a real repository, and with 1.1.0 released since. */
class Machine {
  readonly root = mkdtempSync(path.join(tmpdir(), 'beaver-folders-'));
  readonly home = path.join(this.root, 'home');
  readonly market = new LocalMarketplace(path.join(this.root, 'team-tools'), 'team-tools');

  static async create(...folders: readonly string[]): Promise<Machine> {
    const machine = new Machine();
    machine.market.release({ name: 'notes', version: '1.0.0' });
    for (const folder of folders) {
      mkdirSync(machine.folder(folder));
      const beaver = machine.open(folder);
      const home = { directory: machine.folder(folder), home: machine.root };
      await beaver.marketplaces.add(machine.market.source, { ...home, trust: true });
      await beaver.marketplaces.configure('team-tools', { mode: 'apply' });
      await beaver.installs.install({ kind: 'listed', name: 'notes', marketplace: 'team-tools' });
    }
    machine.market.release({ name: 'notes', version: '1.1.0' });
    return machine;
  }

  folder(name: string): string {
    return path.join(this.root, name);
  }

  open(folder: string): BeaverWorkspace {
    const environment = { ...process.env, BEAVER_HOME: this.home };
    const ports = nodePorts({
      packages: (doors) => new LazyPackages(() => packageOptions(environment, doors)),
    });
    return createWorkspace(ports, { root: this.folder(folder), actor: 'tester', home: this.home });
  }

  /** What a round did to the folder: its status and the version that is in use after it. Waits for no writer. */
  async round(folder: string): Promise<readonly (string | null | undefined)[]> {
    const { auto_update: done } = await this.open(folder).upkeep.autoUpdate(
      { environment: {}, now: true },
      { kind: 'never' },
    );
    return [done.status, (await this.open(folder).installs.list()).installed[0]?.active.version];
  }

  /** Holds the folder's write lock, as another process that is writing does, until `body` is done. */
  async whileLocked(folder: string, body: () => Promise<void>): Promise<void> {
    const { writeLock } = new WorkspaceLayout(this.folder(folder));
    await nodePorts().lock.run(writeLock, 'a long piece of work', { kind: 'never' }, body);
  }
}

describe('Several folders in one window', () => {
  let machine: Machine;

  beforeEach(async () => {
    machine = await Machine.create('locked', 'free');
  });

  afterEach(() => {
    rmSync(machine.root, { recursive: true, force: true });
  });

  it('are updated whichever of them another process is writing to: it gives way, and comes later', async () => {
    await machine.whileLocked('locked', async () => {
      await assert.rejects(machine.round('locked'), { code: 'plugin_write_busy' });
      assert.deepEqual(await machine.round('free'), ['done', '1.1.0']);
      await assert.rejects(machine.round('locked'), { code: 'plugin_write_busy' });
    });
    assert.deepEqual(await machine.round('locked'), ['done', '1.1.0']);
  });

  it('are looked at and repaired each by itself at their start', async () => {
    const packages = (folder: string): string =>
      path.join(machine.folder(folder), '.beaver/installs/packages/notes@team-tools');
    for (const folder of ['locked', 'free']) rmSync(packages(folder), { recursive: true });
    const repair = (folder: string) =>
      machine.open(folder).upkeep.reconcile({ apply: true }, {}, { kind: 'never' });
    await machine.whileLocked('locked', async () => {
      const [locked, free] = await Promise.allSettled([repair('locked'), repair('free')]);
      assert.equal(locked.status, 'rejected');
      assert.ok(free.status === 'fulfilled');
      assert.equal(free.value.reconcile.status, 'repaired');
    });
    assert.equal((await repair('locked')).reconcile.status, 'repaired');
  });
});
