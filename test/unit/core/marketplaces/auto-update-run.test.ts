import assert from 'node:assert/strict';
import * as path from 'node:path';
import { BeaverError } from '../../../../src/base/errors.ts';
import { writeFileDurably } from '../../../../src/core/durable.ts';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import type { SeenMarketplace, UpdatablePlugin } from '../../../../src/core/marketplaces/auto-update-plan.ts';
import {
  type ApplyOutcome,
  type AutoUpdateDeps,
  type AutoUpdateReport,
  type AutoUpdateRequest,
  runAutoUpdate,
} from '../../../../src/core/marketplaces/auto-update-run.ts';
import {
  KEPT_LINES,
  readAutoUpdateState,
  readUpdateLines,
  type UpdateRecord,
  withRecords,
} from '../../../../src/core/marketplaces/update-record.ts';
import { CHECK_INTERVAL, START_DELAY } from '../../../../src/core/marketplaces/update-schedule.ts';
import type { PackageOffers, PackageSource } from '../../../../src/core/package-ports.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const layout = new WorkspaceLayout(path.resolve('/workspace'));
const source = (name: string): PackageSource => ({
  kind: 'git',
  url: `https://example.test/${name}.git`,
  subpath: '',
  ref: null,
  commit: null,
});
const commit = (digit: string) => ({ kind: 'commit' as const, commit: digit.repeat(40) });
const plugin = (name: string, marketplace: string): UpdatablePlugin => ({
  id: `${name}@${marketplace}`,
  name,
  marketplace,
  source: source(name),
  installed: { identity: commit('1'), version: '1.0.0', tags: ['v1.0.0'] },
  pin: null,
  ignored: [],
  active: 'yes',
});
const NEWER: PackageOffers = { head: { identity: commit('2'), tags: ['v1.1.0'], version: null }, others: [] };

/** Scripted doors: what each answers, what was asked, and a clock that stands still until it is moved. */
class Machine {
  readonly files = new MemoryFileSystem();
  readonly asked: string[] = [];
  now = 1_800_000_000_000;
  marketplaces = new Map<string, SeenMarketplace>();
  plugins: readonly UpdatablePlugin[] = [];
  refreshing: (name: string) => string | null = () => null;
  offering: (name: string) => PackageOffers = () => NEWER;
  applying: (id: string) => ApplyOutcome = () => ({ status: 'done' });
  #atOnce = 0;
  /** The write lock. */
  #writing: Promise<void> = Promise.resolve();

  market(name: string, plugins: readonly string[], over: Partial<SeenMarketplace> = {}): void {
    const sources = new Map(plugins.map((one) => [one, source(one)]));
    this.marketplaces.set(name, { mode: 'apply', trusted: true, defaultPin: null, sources, ...over });
    this.plugins = [...this.plugins, ...plugins.map((one) => plugin(one, name))];
  }

  run(request: Partial<AutoUpdateRequest> = {}): Promise<AutoUpdateReport> {
    this.asked.length = 0;
    return runAutoUpdate(this.#deps(), {
      limit: { mode: 'apply', by: null },
      wait: { kind: 'never' },
      ...request,
    });
  }

  #deps(): AutoUpdateDeps {
    return {
      files: this.files,
      layout,
      clock: { now: () => this.now },
      random: () => 0.5,
      plugins: () => Promise.resolve(this.plugins),
      marketplaces: () => Promise.resolve(this.marketplaces),
      refresh: (name) => this.#alone(`refresh ${name}`, () => this.refreshing(name)),
      offers: (from) => {
        const name = from.kind === 'git' ? path.posix.basename(from.url, '.git') : '';
        return this.#alone(`offers ${name}`, () => this.offering(name));
      },
      stage: ({ id }) => this.#alone(`stage ${id}`, () => undefined),
      apply: ({ id }) => this.#alone(`apply ${id}`, () => this.applying(id)),
      change: (_purpose, _wait, plan) => {
        const write = async (): Promise<void> => {
          for (const { path: file, text } of await plan())
            await writeFileDurably(this.files, file, Buffer.from(text));
        };
        this.#writing = this.#writing.then(write);
        return this.#writing;
      },
    };
  }

  async #alone<T>(what: string, answer: () => T): Promise<T> {
    this.asked.push(what);
    this.#atOnce += 1;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(this.#atOnce, 1, 'two transfers at once');
    this.#atOnce -= 1;
    return answer();
  }
}

const codes = ({ records }: AutoUpdateReport): readonly string[] =>
  records.map(({ id, action, reason }) => `${id} ${action} ${reason.code}`);

describe('runAutoUpdate', () => {
  it('waits a while after the first start, looks, updates, and comes back after about a day (P14)', async () => {
    const machine = new Machine();
    machine.market('team', ['notes']);
    assert.deepEqual([(await machine.run()).checked, machine.asked], [[], []]);
    machine.now += START_DELAY / 2;
    assert.deepEqual(codes(await machine.run()), ['notes@team apply mode_apply']);
    assert.deepEqual(machine.asked, ['refresh team', 'offers notes', 'apply notes@team']);
    machine.now += CHECK_INTERVAL / 2;
    assert.deepEqual([(await machine.run()).checked, machine.asked], [[], []]);
    machine.now += CHECK_INTERVAL;
    assert.deepEqual((await machine.run()).checked, ['team']);
  });

  it('looks at once when a person asks, and says when it is due next', async () => {
    const machine = new Machine();
    machine.market('team', ['notes'], { mode: 'notify' });
    const report = await machine.run({ now: true });
    assert.deepEqual(codes(report), ['notes@team notify mode_notify']);
    assert.equal(report.next_at, machine.now + CHECK_INTERVAL);
  });

  it('lets one window look while others keep out', async () => {
    const machine = new Machine();
    machine.market('team', ['notes'], { mode: 'notify' });
    await machine.run();
    machine.now += START_DELAY;
    const [first, second] = [machine.run(), machine.run()];
    const checked = [...(await first).checked, ...(await second).checked];
    assert.deepEqual(checked, ['team']);
  });

  it('costs nobody else anything that one marketplace, one source and one installation fail', async () => {
    const machine = new Machine();
    machine.market('a', ['one', 'two', 'three']);
    machine.market('b', ['four']);
    machine.market('c', ['five']);
    machine.refreshing = (name) => (name === 'b' ? 'fetch_timeout' : null);
    machine.offering = (name) => {
      if (name === 'one') throw new BeaverError('source_not_found', 'gone', { nextStep: 'x' });
      return NEWER;
    };
    machine.applying = (id) => {
      if (id === 'two@a') throw new BeaverError('install_unhealthy', 'bad', { nextStep: 'x' });
      return id === 'three@a' ? { status: 'skipped', code: 'version_needed' } : { status: 'done' };
    };
    assert.deepEqual(codes(await machine.run({ now: true })), [
      'five@c apply mode_apply',
      'four@b none check_failed',
      'one@a none check_failed',
      'three@a none not_installed',
      'two@a none not_installed',
    ]);
  });

  it('comes back sooner and ever later to a marketplace that fails, and at its time to the others', async () => {
    const machine = new Machine();
    machine.market('a', ['one'], { mode: 'notify' });
    machine.market('b', ['two'], { mode: 'notify' });
    machine.refreshing = (name) => (name === 'a' ? 'fetch_failed' : null);
    const first = await machine.run({ now: true });
    const wait = (first.next_at ?? 0) - machine.now;
    assert.ok(wait > 0 && wait <= 5 * 60_000);
    machine.now += wait;
    const second = await machine.run();
    assert.deepEqual(second.checked, ['a']);
    assert.ok((second.next_at ?? 0) - machine.now > wait);
  });

  it('asks a person about what an installation found to be new', async () => {
    const machine = new Machine();
    machine.market('team', ['notes']);
    machine.applying = () => ({ status: 'consent_required' });
    const { records } = await machine.run({ now: true });
    assert.deepEqual(
      records.map(({ action, reason }) => [action, reason]),
      [['notify', { code: 'consent_required', params: { from: '1.0.0', to: '1.1.0' } }]],
    );
  });

  it('has a release downloaded where the marketplace says so, and puts nothing in use', async () => {
    const machine = new Machine();
    machine.market('team', ['notes'], { mode: 'stage' });
    await machine.run({ now: true });
    assert.deepEqual(machine.asked, ['refresh team', 'offers notes', 'stage notes@team']);
  });

  for (const [name, request, code] of [
    ['the machine forbids it', { limit: { mode: 'off', by: 'environment' } }, 'auto_update_off'],
    ['there is no network', { offline: true }, 'offline'],
    ['the network is metered', { metered: true }, 'metered'],
  ] as const)
    it(`asks nobody anything when ${name}, and says why`, async () => {
      const machine = new Machine();
      machine.market('team', ['notes']);
      const report = await machine.run({ now: true, ...request });
      assert.deepEqual([machine.asked, report.checked], [[], []]);
      assert.deepEqual(codes(report), [`notes@team none ${code}`]);
    });

  it('leaves what it did on record when it is ended in the middle', async () => {
    const machine = new Machine();
    machine.market('team', ['notes', 'tasks']);
    machine.applying = (id) => {
      if (id === 'tasks@team') throw new BeaverError('install_cancelled', 'stopped', { nextStep: 'x' });
      return { status: 'done' };
    };
    await assert.rejects(machine.run({ now: true }), { code: 'install_cancelled' });
    const { plugins } = await readAutoUpdateState(machine.files, layout);
    assert.deepEqual(Object.keys(plugins), ['notes@team']);
  });

  it('writes a decision down once, however often it is made', async () => {
    const machine = new Machine();
    machine.market('team', ['notes'], { mode: 'notify' });
    for (let round = 0; round < 3; round++) {
      await machine.run({ now: true });
      machine.now += CHECK_INTERVAL;
    }
    machine.offering = () => ({
      head: { identity: commit('3'), tags: ['v1.2.0'], version: null },
      others: [],
    });
    await machine.run({ now: true });
    const lines = await readUpdateLines(machine.files, layout);
    assert.deepEqual(
      lines.map(({ version }) => version),
      ['1.1.0', '1.2.0'],
    );
    assert.equal((await readAutoUpdateState(machine.files, layout)).plugins['notes@team']?.version, '1.2.0');
  });
});

describe('withRecords', () => {
  const record = (number: number): UpdateRecord => ({
    at: '2026-11-21T10:00:00.000Z',
    id: `p${number}@team`,
    action: 'none',
    reason: { code: 'up_to_date', params: { version: '1.0.0' } },
    alert: null,
    version: null,
    identity: null,
  });

  it('keeps the newest lines only', () => {
    const many = Array.from({ length: KEPT_LINES + 20 }, (_, index) => record(index));
    const { lines } = withRecords({ schema_version: 1, marketplaces: {}, plugins: {} }, [], many);
    const kept = lines.trimEnd().split('\n');
    assert.deepEqual([kept.length, kept[0]?.includes('"p20@team"')], [KEPT_LINES, true]);
  });
});
