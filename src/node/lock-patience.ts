import { performance } from 'node:perf_hooks';
import { BeaverError } from '../base/errors.ts';
import type { Clock, LockHolder, LockWait } from '../core/ports.ts';

/** The longest pause that a timer takes: 2^31 - 1 milliseconds. */
const LONGEST_TIMER = 0x7fff_ffff;

/** How long one caller still waits for a lock, and what it is told: `onWait` once, `plugin_write_busy` at the end. */
export class LockPatience {
  readonly #wait: LockWait;
  readonly #clock: Clock;
  readonly #holder: () => LockHolder | undefined;
  /** On the monotonic clock: setting the clock of the machine neither shortens nor lengthens the wait. */
  readonly #deadline: number;
  #told = false;

  constructor(wait: LockWait, clock: Clock, holder: () => LockHolder | undefined) {
    this.#wait = wait;
    this.#clock = clock;
    this.#holder = holder;
    this.#deadline = performance.now() + (wait.kind === 'bounded' ? wait.timeout : 0);
  }

  /** Milliseconds to wait before the next try: `wanted`, or what is left. Throws `plugin_write_busy` when nothing is left. */
  pause(wanted: number): number {
    const left = this.#deadline - performance.now();
    if (this.#wait.kind === 'never' || left <= 0) throw this.busy();
    if (!this.#told) {
      this.#told = true;
      this.#wait.onWait?.(this.#holder());
    }
    return Math.min(wanted, left, LONGEST_TIMER);
  }

  busy(): BeaverError {
    const holder = this.#holder();
    const who =
      holder === undefined
        ? 'Another Beaver process is writing to this workspace.'
        : `Beaver process ${holder.pid} has been writing to this workspace for ${duration(this.#clock.now() - holder.acquiredAt)} (${holder.purpose}).`;
    return new BeaverError('plugin_write_busy', who, {
      nextStep: 'Wait until it has finished, then try again.',
    });
  }
}

/** A length of time in words, as coarse as a person would say it. */
function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 1) return 'less than a second';
  if (seconds < 120) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
