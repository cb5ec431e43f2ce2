import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isBeaverError } from '../../../src/base/errors.ts';
import type { LockHolder, LockWait } from '../../../src/core/ports.ts';
import { KernelLock } from '../../../src/node/kernel-lock.ts';
import { loadNativePart } from '../../../src/node/native-part.ts';
import { SystemClock } from '../../../src/node/system-clock.ts';
import { FakeClock } from '../../support/ports.ts';

const NEVER: LockWait = { kind: 'never' };
const SHORT = { kind: 'bounded', timeout: 40 } as const satisfies LockWait;
const LONG: LockWait = { kind: 'bounded', timeout: 10_000 };

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('KernelLock within one process', () => {
  let root: string;
  let lockPath: string;
  let lock: KernelLock;
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-lock-'));
    lockPath = path.join(root, '.beaver', 'locks', 'write.lock');
    lock = new KernelLock(new SystemClock());
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });

  /** Holds the lock in a chain of its own until the gate opens. */
  async function holding(other: KernelLock = lock): Promise<{ gate: Gate; ended: Promise<void> }> {
    const held = gate();
    const until = gate();
    const ended = other.run(lockPath, 'plugins sync', NEVER, async () => {
      held.open();
      await until.opened;
    });
    await held.opened;
    return { gate: until, ended };
  }

  it('answers what the body answers, and rejects with what it rejects', async () => {
    assert.equal(await lock.run(lockPath, 'test', NEVER, () => Promise.resolve(42)), 42);
    const failure = new Error('of the body');
    await assert.rejects(
      lock.run(lockPath, 'test', NEVER, () => Promise.reject(failure)),
      failure,
    );
    assert.equal(await lock.run(lockPath, 'test', NEVER, () => Promise.resolve('free again')), 'free again');
  });

  it('lets a chain in again, across awaits, timers and Promise.all', async () => {
    const deep = await lock.run(lockPath, 'outer', NEVER, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      const inner = await Promise.all(
        [1, 2, 3].map((number) =>
          lock.run(lockPath, 'inner', NEVER, async () => {
            await new Promise((resolve) => setTimeout(resolve, number));
            return lock.run(path.join(root, '.beaver', '.', 'locks', 'write.lock'), 'innermost', NEVER, () =>
              Promise.resolve(number),
            );
          }),
        ),
      );
      return inner.reduce((sum, number) => sum + number, 0);
    });
    assert.equal(deep, 6);
  });

  it('lets a chain in again by another name of the same file', async () => {
    fs.mkdirSync(path.join(root, '.beaver'));
    fs.symlinkSync(path.join(root, '.beaver'), path.join(root, 'alias'), 'junction');
    const alias = path.join(root, 'alias', 'locks', 'write.lock');
    const answer = await lock.run(lockPath, 'outer', NEVER, () =>
      lock.run(alias, 'inner', NEVER, () => Promise.resolve('in')),
    );
    assert.equal(answer, 'in');
  });

  it('keeps independent chains apart, and lets them in by order of arrival', async () => {
    const order: number[] = [];
    let inside = 0;
    await Promise.all(
      [1, 2, 3, 4, 5].map((number) =>
        lock.run(lockPath, 'test', LONG, async () => {
          inside += 1;
          assert.equal(inside, 1);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(number);
          inside -= 1;
        }),
      ),
    );
    assert.deepEqual(order, [1, 2, 3, 4, 5]);
  });

  it('keeps two locks apart that know nothing of each other', async () => {
    const { gate: until, ended } = await holding();
    const other = new KernelLock(new SystemClock());
    await assert.rejects(
      other.run(lockPath, 'test', NEVER, () => Promise.resolve()),
      { code: 'plugin_write_busy' },
    );
    until.open();
    await ended;
    await other.run(lockPath, 'test', NEVER, () => Promise.resolve());
  });

  it('stays held until the last nested run has ended, even one that nobody awaited', async () => {
    const until = gate();
    let nested: Promise<void> | undefined;
    await lock.run(lockPath, 'outer', NEVER, () => {
      nested = lock.run(lockPath, 'detached', NEVER, () => until.opened);
      return Promise.resolve();
    });
    const other = new KernelLock(new SystemClock());
    const attempt = (): Promise<void> => other.run(lockPath, 'test', NEVER, () => Promise.resolve());
    await assert.rejects(attempt(), { code: 'plugin_write_busy' });
    until.open();
    await nested;
    await attempt();
  });

  it('takes the lock anew for a run that outlives its outer one', async () => {
    const until = gate();
    let late: Promise<string> | undefined;
    await lock.run(lockPath, 'outer', NEVER, () => {
      late = until.opened.then(() => lock.run(lockPath, 'late', NEVER, () => Promise.resolve('held anew')));
      return Promise.resolve();
    });
    const { gate: other, ended } = await holding(new KernelLock(new SystemClock()));
    until.open();
    await assert.rejects(late ?? Promise.resolve(), { code: 'plugin_write_busy' });
    other.open();
    await ended;
  });

  it('says who holds it and for how long, in words, without a path', async () => {
    const clock = new FakeClock();
    const { gate: until, ended } = await holding(new KernelLock(clock));
    clock.advance(200_000);
    const error: unknown = await new KernelLock(clock)
      .run(lockPath, 'test', NEVER, () => Promise.resolve())
      .catch((reason: unknown) => reason);
    until.open();
    await ended;
    assert.ok(isBeaverError(error, 'plugin_write_busy'));
    assert.match(error.message, new RegExp(`process ${process.pid} .* for 3 minutes \\(plugins sync\\)`));
    assert.ok(!`${error.message} ${error.nextStep}`.includes(root));
  });

  it('gives up after the time it was given, having told who holds it once', async () => {
    const { gate: until, ended } = await holding();
    for (const waiting of [lock, new KernelLock(new SystemClock())]) {
      const told: (LockHolder | undefined)[] = [];
      const start = performance.now();
      await assert.rejects(
        waiting.run(lockPath, 'test', { ...SHORT, onWait: (holder) => told.push(holder) }, () =>
          Promise.resolve(),
        ),
        { code: 'plugin_write_busy' },
      );
      // A timer may fire a little before its time; giving up at once would be here in a fraction of it.
      assert.ok(performance.now() - start >= SHORT.timeout / 2);
      assert.deepEqual(
        told.map((holder) => [holder?.pid, holder?.purpose]),
        [[process.pid, 'plugins sync']],
      );
    }
    until.open();
    await ended;
  });

  it('passes the turn on when a waiter before it has given up', async () => {
    const { gate: until, ended } = await holding();
    const first = lock.run(lockPath, 'first', SHORT, () => Promise.resolve());
    const second = lock.run(lockPath, 'second', LONG, () => Promise.resolve('in'));
    await assert.rejects(first, { code: 'plugin_write_busy' });
    until.open();
    assert.equal(await second, 'in');
    await ended;
  });

  it('forgets the holder when it ends, and does not believe a record left behind', async () => {
    const record = `${lockPath}.holder.json`;
    await lock.run(lockPath, 'test', NEVER, () => {
      assert.equal((JSON.parse(fs.readFileSync(record, 'utf8')) as { pid: number }).pid, process.pid);
      return Promise.resolve();
    });
    assert.deepEqual(fs.readdirSync(path.dirname(lockPath)), ['write.lock']);
    fs.writeFileSync(record, '{"torn');
    assert.equal(await lock.run(lockPath, 'test', NEVER, () => Promise.resolve('in')), 'in');
  });

  it('takes no lock on a file that was removed between opening and locking it', async () => {
    const native = await loadNativePart();
    const locked: number[] = [];
    const racing = new KernelLock(new SystemClock(), {
      loadNative: () =>
        Promise.resolve({
          ...native,
          tryLock: (fd: number) => {
            if (locked.length === 0) fs.rmSync(lockPath);
            locked.push(fd);
            return native.tryLock(fd);
          },
        }),
    });
    await racing.run(lockPath, 'test', LONG, async () => {
      await assert.rejects(
        lock.run(lockPath, 'second', NEVER, () => Promise.resolve()),
        { code: 'plugin_write_busy' },
      );
    });
    assert.equal(locked.length, 2);
  });

  it('refuses to go on without the native part', async () => {
    const broken = new KernelLock(new SystemClock(), {
      loadNative: () => Promise.reject(new Error('no prebuild')),
    });
    let ran = false;
    const error: unknown = await broken
      .run(lockPath, 'test', NEVER, () => {
        ran = true;
        return Promise.resolve();
      })
      .catch((reason: unknown) => reason);
    assert.ok(isBeaverError(error, 'lock_unavailable'));
    assert.equal(ran, false);
  });

  // Descriptors can be counted through the file system on POSIX only.
  if (process.platform === 'win32') return;
  it('leaves no descriptor open, whether it got the lock or not', async () => {
    const open = (): number => fs.readdirSync('/dev/fd').length;
    await lock.run(lockPath, 'test', NEVER, () => Promise.resolve());
    const before = open();
    const { gate: until, ended } = await holding();
    const other = new KernelLock(new SystemClock());
    for (let round = 0; round < 10; round += 1) {
      await assert.rejects(other.run(lockPath, 'test', NEVER, () => Promise.resolve()));
    }
    await assert.rejects(other.run(lockPath, 'test', SHORT, () => Promise.resolve()));
    until.open();
    await ended;
    assert.equal(open(), before);
  });
});
