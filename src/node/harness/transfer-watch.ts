import { performance } from 'node:perf_hooks';
import { BeaverError } from '../../base/errors.ts';
import { isRefusal, refusal } from '../../core/harness-refusal.ts';

/** Bounds of one transfer; times in milliseconds. */
export interface TransferLimits {
  /** Without a single byte: until the answer, and between two pieces of a body. */
  readonly silence: number;
  /** Bytes per second that a body must make on average once `grace` is over. */
  readonly pace: number;
  readonly grace: number;
}

/** Ends a transfer that does not answer, falls silent or trickles, or that its caller gave up; and says which of them it was. */
export class TransferWatch {
  readonly #limits: TransferLimits;
  readonly #caller: AbortSignal | undefined;
  readonly #abort = new AbortController();
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #late = false;

  constructor(limits: TransferLimits, caller: AbortSignal | undefined) {
    this.#limits = limits;
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.#end();
    }, limits.silence);
    caller?.addEventListener('abort', this.#cancel);
    if (caller?.aborted === true) this.#cancel();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** A piece of the body is there. Throws when all of them together are too slow. */
  arrived(bytes: number): void {
    this.#bytes += bytes;
    const elapsed = performance.now() - this.#startedAt;
    if (elapsed > this.#limits.grace && this.#bytes < (elapsed / 1000) * this.#limits.pace) {
      this.#end();
      this.#abort.signal.throwIfAborted();
    }
    this.#timer.refresh();
  }

  asRefusal(error: unknown): unknown {
    if (this.#caller?.aborted === true) {
      return new BeaverError('fetch_cancelled', 'The transfer was cancelled.', {
        nextStep: 'Start it again when you want it; what has come so far is kept.',
        cause: error,
      });
    }
    if (this.#late) return refusal('timeout', 'The source is too slow.', { cause: error });
    if (isRefusal(error)) return error;
    // Of other errors, which name addresses and causes of the network, only the kind is told.
    return refusal('source_unreachable', 'The source does not answer, or broke off.', { cause: error });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#cancel);
    // Whatever is still under way is not wanted any more.
    this.#abort.abort();
  }

  readonly #cancel = (): void => {
    this.#abort.abort();
  };

  #end(): void {
    this.#late = true;
    this.#abort.abort();
  }
}
