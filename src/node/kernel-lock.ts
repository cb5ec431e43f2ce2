import { AsyncLocalStorage } from 'node:async_hooks';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BeaverError } from '../base/errors.ts';
import type { Clock, Lock, LockWait } from '../core/ports.ts';
import { GUARDED, IS_WINDOWS, refuseLink } from './file-calls.ts';
import { forgetHolder, readHolder, recordHolder } from './lock-holder.ts';
import { LockPatience } from './lock-patience.ts';
import { LockQueue } from './lock-queue.ts';
import { loadNativePart, type NativePart } from './native-part.ts';

export interface KernelLockOptions {
  readonly loadNative?: () => Promise<NativePart>;
}

/** Milliseconds between two tries for a lock that another process holds: soon at first, then at an even pace that costs no measurable time. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 16;

/** One holding of one lock. It ends when the last of its nested runs has ended, even one that nobody awaited. */
interface Holding {
  readonly release: () => void;
  runs: number;
}

/**
 * The workspace's write lock (invariant 5): an open-file-description lock on Linux, flock on macOS, LockFileEx on Windows.
 * The kernel frees it the moment its holder dies, and a suspended holder keeps it. Chains of one process queue in order of arrival before
 * one of them asks the kernel. The lock file itself is never removed: a second file of the same name would be a second lock.
 */
export class KernelLock implements Lock {
  readonly #clock: Clock;
  readonly #loadNative: () => Promise<NativePart>;
  readonly #queue = new LockQueue();
  readonly #chain = new AsyncLocalStorage<ReadonlyMap<string, Holding>>();
  #native: Promise<NativePart> | undefined;

  constructor(clock: Clock, options: KernelLockOptions = {}) {
    this.#clock = clock;
    this.#loadNative = options.loadNative ?? loadNativePart;
  }

  /**
   * Creates the lock file and its parents where they are missing. Rejects with `plugin_write_busy`, `lock_unavailable`,
   * the system's error when the lock file cannot be opened, or what `body` rejects with.
   */
  async run<T>(lockPath: string, purpose: string, wait: LockWait, body: () => Promise<T>): Promise<T> {
    const outer = this.#chain.getStore();
    const known = outer?.get(path.resolve(lockPath));
    if (known !== undefined && known.runs > 0) return this.#runIn(known, body);

    const native = await this.#nativePart();
    const key = canonicalPath(lockPath);
    const held = outer?.get(key);
    if (held !== undefined && held.runs > 0) return this.#runIn(held, body);

    const holding = await this.#acquire(native, key, purpose, wait);
    const chain = new Map(outer).set(key, holding).set(path.resolve(lockPath), holding);
    return this.#chain.run(chain, () => this.#runIn(holding, body));
  }

  async #runIn<T>(holding: Holding, body: () => Promise<T>): Promise<T> {
    holding.runs += 1;
    try {
      return await body();
    } finally {
      holding.runs -= 1;
      if (holding.runs === 0) holding.release();
    }
  }

  async #acquire(native: NativePart, key: string, purpose: string, wait: LockWait): Promise<Holding> {
    const patience = new LockPatience(wait, this.#clock, () => readHolder(key));
    const endTurn = await this.#queue.enter(key, patience);
    let fd: number | undefined;
    try {
      fd = await this.#lockFile(native, key, patience);
      recordHolder(key, { pid: process.pid, acquiredAt: this.#clock.now(), purpose });
    } catch (error) {
      if (fd !== undefined) fs.closeSync(fd);
      endTurn();
      throw error;
    }
    const held = fd;
    const release = (): void => {
      try {
        // Forgotten while the lock is still held: afterwards it could be the next holder's.
        forgetHolder(key);
        native.unlock(held);
      } finally {
        fs.closeSync(held);
        endTurn();
      }
    };
    return { release, runs: 0 };
  }

  /** A descriptor that holds the kernel lock on the file that is at `key` now. */
  async #lockFile(native: NativePart, key: string, patience: LockPatience): Promise<number> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const fd = openLockFile(key);
      let locked = false;
      try {
        locked = native.tryLock(fd) && isStillAt(fd, key);
      } finally {
        if (!locked) fs.closeSync(fd);
      }
      if (locked) return fd;
      await delay(patience.pause(pause * (0.5 + Math.random() / 2)));
    }
  }

  async #nativePart(): Promise<NativePart> {
    this.#native ??= this.#loadNative();
    try {
      return await this.#native;
    } catch (cause) {
      throw new BeaverError(
        'lock_unavailable',
        'The native part that locks the workspace cannot be loaded.',
        {
          nextStep:
            'Reinstall Beaver for this platform; until then the workspace can be read but not changed.',
          cause,
        },
      );
    }
  }
}

/** One name for one lock file, however it is reached; makes its folder. */
function canonicalPath(lockPath: string): string {
  const directory = path.dirname(path.resolve(lockPath));
  fs.mkdirSync(directory, { recursive: true });
  return path.join(fs.realpathSync.native(directory), path.basename(lockPath));
}

function openLockFile(key: string): number {
  if (IS_WINDOWS) refuseLink(key);
  return fs.openSync(key, fs.constants.O_RDWR | fs.constants.O_CREAT | GUARDED, 0o644);
}

/** False when somebody removed or replaced the lock file: then a lock on this descriptor excludes nobody. */
function isStillAt(fd: number, key: string): boolean {
  const mine = fs.fstatSync(fd, { bigint: true });
  const there = fs.lstatSync(key, { bigint: true, throwIfNoEntry: false });
  return there !== undefined && there.ino === mine.ino && there.dev === mine.dev;
}
