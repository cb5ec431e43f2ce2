import { performance } from 'node:perf_hooks';

/** Milliseconds of uninterrupted work: half a frame at 60 Hz, so that an extension host stays responsive. */
const SLICE = 8;

/**
 * Lets synchronous system calls run inside asynchronous methods: they cost a quarter of what a round trip to the thread pool costs,
 * and after 8 ms of them the event loop gets its turn.
 */
export class TimeSlice {
  #end: number | undefined;
  #turn: Promise<void> | undefined;

  /** Runs `work` now, or after a turn of the event loop when the slice is used up. Rejects with what `work` throws. */
  run<T>(work: () => T): Promise<T> {
    if (this.#isOver()) return this.#runLater(work);
    try {
      return Promise.resolve(work());
    } catch (error) {
      return rejected(error);
    }
  }

  /** Resolves at once, or after a turn of the event loop when the slice is used up: for work in many parts. */
  async breathe(): Promise<void> {
    while (this.#isOver()) await this.#nextTurn();
  }

  async #runLater<T>(work: () => T): Promise<T> {
    await this.breathe();
    return work();
  }

  #isOver(): boolean {
    const now = performance.now();
    if (this.#end === undefined) {
      this.#end = now + SLICE;
      void this.#nextTurn();
      return false;
    }
    return now >= this.#end;
  }

  /** One immediate per turn, shared by all who wait; whenever the loop turns, for whatever reason, a new slice begins. */
  #nextTurn(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = undefined;
        this.#end = undefined;
        resolve();
      });
    });
    return this.#turn;
  }
}

async function rejected(error: unknown): Promise<never> {
  await Promise.resolve();
  throw error;
}
