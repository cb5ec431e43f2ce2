import type { Timers } from '../../src/editor/model/debounce.ts';

/** A clock that only the test moves. */
export class ManualTimers implements Timers {
  #now = 0;
  #due: { readonly at: number; readonly body: () => void }[] = [];

  set(milliseconds: number, body: () => void): () => void {
    const timer = { at: this.#now + milliseconds, body };
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((other) => other !== timer);
    };
  }

  /** Runs what falls due within these milliseconds, in order. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.#now = next.at;
      next.body();
    }
    this.#now = end;
  }

  /** Milliseconds until each timer that is set, soonest first. */
  get pending(): readonly number[] {
    return this.#due.map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }
}
