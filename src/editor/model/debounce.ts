/** The two timer calls that the models need; the tests give a clock that they move by hand. */
export interface Timers {
  set(milliseconds: number, body: () => void): () => void;
}

export const realTimers: Timers = {
  set(milliseconds, body) {
    const handle = setTimeout(body, milliseconds);
    return () => {
      clearTimeout(handle);
    };
  },
};

/**
 * Runs `body` once it has been quiet for `quiet` milliseconds, at the latest `longest` after the first request, so that a process that
 * writes without a pause cannot keep the trees stale. What was asked for is collected and handed over together.
 */
export class Debounce<T> {
  readonly #body: (asked: ReadonlySet<T>) => void;
  readonly #quiet: number;
  readonly #longest: number;
  readonly #timers: Timers;
  #asked = new Set<T>();
  #cancelQuiet: (() => void) | undefined;
  #cancelLongest: (() => void) | undefined;

  constructor(
    body: (asked: ReadonlySet<T>) => void,
    timers: Timers = realTimers,
    { quiet = 250, longest = 2000 }: { readonly quiet?: number; readonly longest?: number } = {},
  ) {
    this.#body = body;
    this.#timers = timers;
    this.#quiet = quiet;
    this.#longest = longest;
  }

  ask(what: T): void {
    this.#asked.add(what);
    this.#cancelQuiet?.();
    const run = (): void => {
      this.#run();
    };
    this.#cancelQuiet = this.#timers.set(this.#quiet, run);
    this.#cancelLongest ??= this.#timers.set(this.#longest, run);
  }

  dispose(): void {
    this.#cancelQuiet?.();
    this.#cancelLongest?.();
    this.#cancelQuiet = undefined;
    this.#cancelLongest = undefined;
    this.#asked = new Set();
  }

  #run(): void {
    const asked = this.#asked;
    this.dispose();
    if (asked.size > 0) this.#body(asked);
  }
}
