import type { LockPatience } from './lock-patience.ts';

interface Waiter {
  readonly begin: () => void;
}

/** Who wants which lock within this process, in order of arrival: kernel locks know descriptors, not who came first. */
export class LockQueue {
  /** Present while somebody has the turn; the waiters are those behind. */
  readonly #waiters = new Map<string, Waiter[]>();

  /** Resolves when it is the caller's turn, with the function that ends it. Rejects with `plugin_write_busy` when patience runs out. */
  async enter(key: string, patience: LockPatience): Promise<() => void> {
    const waiters = this.#waiters.get(key);
    if (waiters === undefined) this.#waiters.set(key, []);
    else await this.#wait(waiters, patience);
    return () => {
      this.#next(key);
    };
  }

  #wait(waiters: Waiter[], patience: LockPatience): Promise<void> {
    const longest = patience.pause(Infinity);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        waiters.splice(waiters.indexOf(waiter), 1);
        reject(patience.busy());
      }, longest);
      waiters.push(waiter);
    });
  }

  #next(key: string): void {
    const next = this.#waiters.get(key)?.shift();
    if (next === undefined) this.#waiters.delete(key);
    else next.begin();
  }
}
