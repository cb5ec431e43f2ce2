import { AsyncLocalStorage } from 'node:async_hooks';
import { BeaverError } from '../../src/base/errors.ts';
import type {
  Clock,
  FileSystem,
  Ids,
  Lock,
  LockHolder,
  LockWait,
  Logger,
  LogLevel,
  Ports,
} from '../../src/core/ports.ts';
import { MemoryFileSystem } from './memory-files.ts';

/** A clock that stands until it is moved. */
export class FakeClock implements Clock {
  #now: number;

  /** Milliseconds since the epoch. */
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** `t0001`, `t0002`, … */
export class CountingIds implements Ids {
  #count = 0;

  transaction(): string {
    this.#count += 1;
    return `t${String(this.#count).padStart(4, '0')}`;
  }
}

export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Keeps what is logged. */
export class RecordingLogger implements Logger {
  readonly records: LogRecord[] = [];

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.records.push({ level, message, fields });
  }
}

/** The lock port within one process: re-entrant in a chain, exclusive between chains. `heldElsewhere` plays another process. */
export class MemoryLock implements Lock {
  /** While set, every outermost `run` finds the lock held by this process. */
  heldElsewhere: LockHolder | undefined;
  readonly #chain = new AsyncLocalStorage<ReadonlySet<string>>();
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(path: string, _purpose: string, wait: LockWait, body: () => Promise<T>): Promise<T> {
    const outer = this.#chain.getStore();
    if (outer?.has(path) === true) return await body();
    if (this.heldElsewhere !== undefined) {
      if (wait.kind === 'bounded') wait.onWait?.(this.heldElsewhere);
      throw busy(`Beaver process ${this.heldElsewhere.pid} has been writing to this workspace.`);
    }
    const before = this.#last.get(path);
    if (before !== undefined) {
      if (wait.kind === 'never') throw busy('Another operation is writing to this workspace.');
      wait.onWait?.(undefined);
    }
    const run = (async (): Promise<T> => {
      await before;
      return await this.#chain.run(new Set(outer).add(path), body);
    })();
    const settled = run.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(path, settled);
    try {
      return await run;
    } finally {
      if (this.#last.get(path) === settled) this.#last.delete(path);
    }
  }
}

function busy(message: string): BeaverError {
  return new BeaverError('plugin_write_busy', message, {
    nextStep: 'Wait until it has finished, then try again.',
  });
}

export interface FakePorts extends Ports {
  readonly lock: MemoryLock;
  readonly clock: FakeClock;
  readonly log: RecordingLogger;
}

/** Ports without a machine: files in memory unless others are given, a standing clock, counted ids, a kept log. */
export function fakePorts(files: FileSystem = new MemoryFileSystem()): FakePorts {
  return {
    files,
    lock: new MemoryLock(),
    clock: new FakeClock(),
    ids: new CountingIds(),
    log: new RecordingLogger(),
  };
}
