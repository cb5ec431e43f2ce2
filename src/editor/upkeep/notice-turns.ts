import type { Timers } from '../model/debounce.ts';

/**
 * A message that nobody answers goes behind the bell and stays open there, for hours or for good: the next one waits for the one on screen,
 * which is gone by then, and not for that. Milliseconds.
 */
export const LONGEST_TURN = 20_000;

/** Messages that come one after the other. One that fails keeps no other back. */
export class NoticeTurns {
  readonly #timers: Timers;
  readonly #onFailure: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();

  constructor(timers: Timers, onFailure: (error: unknown) => void) {
    this.#timers = timers;
    this.#onFailure = onFailure;
  }

  /** Calls `show` when its turn has come; the turn ends when what it answers is settled, at the latest after {@link LONGEST_TURN}. */
  take(show: () => Promise<unknown>): void {
    this.#last = this.#last.then(() => this.#turn(show));
  }

  /** Never rejects. */
  async #turn(show: () => Promise<unknown>): Promise<void> {
    const over = Promise.withResolvers<undefined>();
    const cancel = this.#timers.set(LONGEST_TURN, () => {
      over.resolve(undefined);
    });
    const answered = show().catch(this.#onFailure);
    await Promise.race([answered, over.promise]);
    cancel();
  }
}
