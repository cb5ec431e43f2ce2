import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LockWait } from '../../../src/core/ports.ts';
import { KernelLock } from '../../../src/node/kernel-lock.ts';
import { SystemClock } from '../../../src/node/system-clock.ts';
import { isLockChildReport, type LockChildOrder, type LockChildReport } from '../../support/lock-messages.ts';

const CHILD = fileURLToPath(new URL('../../support/lock-child.ts', import.meta.url));
const NEVER: LockWait = { kind: 'never' };
const LONG: LockWait = { kind: 'bounded', timeout: 15_000 };

class LockChild {
  readonly process: ChildProcess;
  readonly reports: LockChildReport[] = [];

  constructor() {
    this.process = fork(CHILD, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.process.on('message', (report) => {
      assert.ok(isLockChildReport(report));
      this.reports.push(report);
      this.process.emit('beaver-report');
    });
  }

  async until(report: LockChildReport): Promise<void> {
    while (!this.reports.includes(report)) await once(this.process, 'beaver-report');
  }

  send(order: LockChildOrder): void {
    this.process.send(order);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}

describe('KernelLock between processes', () => {
  let root: string;
  let lockPath: string;
  let lock: KernelLock;
  let children: LockChild[];
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-lock-'));
    lockPath = path.join(root, 'write.lock');
    lock = new KernelLock(new SystemClock());
    children = [];
  });
  afterEach(async () => {
    for (const child of children) {
      if (child.process.exitCode !== null || child.process.signalCode !== null) continue;
      const ended = once(child.process, 'exit');
      child.signal('SIGKILL');
      await ended;
    }
    fs.rmSync(root, { recursive: true, force: true });
  });

  async function start(count = 1): Promise<LockChild[]> {
    const started = Array.from({ length: count }, () => new LockChild());
    children.push(...started);
    await Promise.all(started.map((child) => child.until('ready')));
    return started;
  }

  async function startHolding(): Promise<LockChild> {
    const [child] = await start();
    assert.ok(child);
    child.send({ kind: 'hold', lock: lockPath });
    await child.until('held');
    return child;
  }

  const attempt = (wait: LockWait): Promise<string> =>
    lock.run(lockPath, 'test', wait, () => Promise.resolve('in'));

  it('lets one in at a time and loses no update, with five processes pushing', async () => {
    const counter = path.join(root, 'counter');
    fs.writeFileSync(counter, '0');
    const pushing = await start(5);
    for (const child of pushing) child.send({ kind: 'count', lock: lockPath, counter, rounds: 20 });
    await Promise.all(pushing.map((child) => child.until('done')));
    assert.equal(fs.readFileSync(counter, 'utf8'), '100');
    assert.ok(pushing.every((child) => !child.reports.includes('violated')));
  });

  it('is free at once when its holder is killed', async () => {
    const child = await startHolding();
    const told: (number | undefined)[] = [];
    const waiting = lock.run(lockPath, 'test', { ...LONG, onWait: (holder) => told.push(holder?.pid) }, () =>
      Promise.resolve(performance.now()),
    );
    await assert.rejects(
      new KernelLock(new SystemClock()).run(lockPath, 'test', NEVER, () => Promise.resolve()),
      {
        code: 'plugin_write_busy',
      },
    );
    const exit = once(child.process, 'exit').then(() => performance.now());
    child.signal('SIGKILL');
    const [taken, gone] = await Promise.all([waiting, exit]);
    assert.deepEqual(told, [child.process.pid]);
    assert.ok(taken - gone < 1_000, `${taken - gone} ms after the end of the holder`);
  });

  it('passes from process to process when it is released', async () => {
    const child = await startHolding();
    const waiting = attempt(LONG);
    child.send({ kind: 'release' });
    assert.equal(await waiting, 'in');
  });

  // Windows has no signal that suspends.
  if (process.platform === 'win32') return;
  it('has no second holder while the first is suspended, nor after it goes on', async () => {
    const child = await startHolding();
    child.signal('SIGSTOP');
    await assert.rejects(attempt(NEVER), { code: 'plugin_write_busy' });
    await assert.rejects(attempt({ kind: 'bounded', timeout: 150 }), { code: 'plugin_write_busy' });
    child.signal('SIGCONT');
    await assert.rejects(attempt(NEVER), { code: 'plugin_write_busy' });
    child.send({ kind: 'release' });
    assert.equal(await attempt(LONG), 'in');
    await child.until('released');
  });
});
