import type { LockWait } from '../../core/ports.ts';
import type { Timers } from './debounce.ts';

const NEVER: LockWait = { kind: 'never' };
/** Milliseconds. */
const FIRST_RETRY = 10_000;
const LONGEST_RETRY = 5 * 60_000;

/** What auto-sync needs of a folder: {@link FolderSession} has it. */
export interface Syncable {
  sync(wait: LockWait): Promise<{ readonly status: 'synced' | 'deferred_lock_busy' }>;
}

/**
 * Syncs one folder in the background: never waits for the lock, never calls a model. While another process writes it tries again, each
 * time after twice the time, up to five minutes. One sync runs at a time; a request meanwhile gives one more after it.
 */
export class AutoSync {
  readonly #session: Syncable;
  readonly #timers: Timers;
  readonly #onFailure: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #again = false;
  #retry = FIRST_RETRY;
  #cancelRetry: (() => void) | undefined;
  #disposed = false;

  constructor(session: Syncable, timers: Timers, onFailure: (error: unknown) => void) {
    this.#session = session;
    this.#timers = timers;
    this.#onFailure = onFailure;
  }

  /** Never rejects: failures are reported, and the next request tries again. */
  async request(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#syncWhileAsked().finally(() => (this.#running = undefined));
    await this.#running;
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancelRetry?.();
  }

  async #syncWhileAsked(): Promise<void> {
    while (this.#again && !this.#disposed) {
      this.#again = false;
      this.#cancelRetry?.();
      this.#cancelRetry = undefined;
      try {
        const { status } = await this.#session.sync(NEVER);
        if (status === 'deferred_lock_busy') this.#retryLater();
        else this.#retry = FIRST_RETRY;
      } catch (error) {
        this.#onFailure(error);
      }
    }
  }

  #retryLater(): void {
    if (this.#disposed) return;
    this.#cancelRetry = this.#timers.set(this.#retry, () => void this.request());
    this.#retry = Math.min(this.#retry * 2, LONGEST_RETRY);
  }
}
