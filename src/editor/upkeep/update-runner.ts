import type { Timers } from '../model/debounce.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What one round ended with. */
export interface RoundEnd {
  /** `busy`: another process of this machine is at it. `off`: nothing is looked for here. */
  readonly status: 'done' | 'busy' | 'off';
  /** When something is due next, in milliseconds since the epoch; null when nothing ever is. */
  readonly nextAt: number | null;
}

export interface UpdateRunnerOptions {
  /** One round. Rejects when it fails; ends soon after the signal is aborted, with nothing half done. */
  readonly round: (signal: AbortSignal) => Promise<RoundEnd>;
  readonly timers: Timers;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onFailure: (error: unknown) => void;
}

/**
 * When rounds of auto-update run for one folder: the first one a while after the start, each time another while, then when something is due.
 * A failure is tried again later and later; where another process is at it, soon. Folders know nothing of each other: a slow or locked one
 * holds no other up.
 */
export class UpdateRunner {
  readonly #options: UpdateRunnerOptions;
  #cancelTimer: (() => void) | undefined;
  #running: AbortController | undefined;
  #failures = 0;
  #disposed = false;

  constructor(options: UpdateRunnerOptions) {
    this.#options = options;
  }

  /** `cancelling` until a round that was told to end has ended. */
  get state(): 'waiting' | 'running' | 'cancelling' | 'stopped' {
    if (this.#running !== undefined) return this.#running.signal.aborted ? 'cancelling' : 'running';
    return this.#disposed ? 'stopped' : 'waiting';
  }

  start(): void {
    this.#plan(firstDelay(this.#options.random()));
  }

  /** A round came to its end elsewhere, because a person asked for it. */
  follow(end: RoundEnd): void {
    if (this.#disposed || this.#running !== undefined) return;
    this.#failures = 0;
    this.#planAfter(end);
  }

  /** Nothing begins any more, and what runs is told to end. */
  dispose(): void {
    this.#disposed = true;
    this.#cancelTimer?.();
    this.#running?.abort();
  }

  #plan(delay: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.timers.set(delay, () => void this.#run());
  }

  #planAfter(end: RoundEnd): void {
    const delay = delayAfter(end, this.#options.now(), this.#options.random());
    if (delay !== undefined) this.#plan(delay);
  }

  async #run(): Promise<void> {
    const controller = new AbortController();
    this.#running = controller;
    try {
      const end = await this.#options.round(controller.signal);
      this.#failures = 0;
      if (!this.#disposed) this.#planAfter(end);
    } catch (error) {
      if (this.#disposed) return;
      this.#failures += 1;
      this.#options.onFailure(error);
      this.#plan(delayAfterFailure(this.#failures, this.#options.random()));
    } finally {
      this.#running = undefined;
    }
  }
}

/** Nothing competes with the start, and many machines do not come at once. Milliseconds; `random` is in [0, 1), here and below. */
export function firstDelay(random: number): number {
  return Math.floor(MINUTE / 2 + random * 10 * MINUTE);
}

/** Undefined: never, until something changes. */
export function delayAfter({ status, nextAt }: RoundEnd, now: number, random: number): number | undefined {
  switch (status) {
    case 'off':
      return undefined;
    case 'busy':
      return Math.floor((1 + 2 * random) * MINUTE);
    case 'done': {
      // A marketplace may be opted in by another process: looked at from time to time, which asks nobody.
      const wait = nextAt === null ? 6 * HOUR : nextAt - now;
      return Math.floor(Math.min(Math.max(wait, MINUTE), 24 * HOUR) + random * MINUTE);
    }
  }
}

/** Twice as long after each failure in a row, at most six hours. */
export function delayAfterFailure(failures: number, random: number): number {
  const longest = Math.min(5 * MINUTE * 2 ** Math.min(failures - 1, 10), 6 * HOUR);
  return Math.floor(longest * (0.5 + random / 2));
}
