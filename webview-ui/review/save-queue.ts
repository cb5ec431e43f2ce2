/**
 * Sends what changed, one request at a time: while one is under way, only the latest state of each key waits. So a fast typist costs
 * the host one write per round trip, and the last state always arrives.
 */
export interface SaveTimers {
  /** Milliseconds. Returns what cancels it. */
  set(delay: number, run: () => void): () => void;
}

export class SaveQueue<Key> {
  readonly #save: (key: Key) => Promise<void>;
  readonly #settled: (pending: number) => void;
  readonly #timers: SaveTimers;
  readonly #waiting = new Map<Key, () => void>();
  readonly #due = new Set<Key>();
  #running = false;

  /** `save` reads the state of the key when it runs. `settled` hears how much is left after each change. */
  constructor(save: (key: Key) => Promise<void>, settled: (pending: number) => void, timers: SaveTimers) {
    this.#save = save;
    this.#settled = settled;
    this.#timers = timers;
  }

  get pending(): number {
    return new Set([...this.#waiting.keys(), ...this.#due]).size + (this.#running ? 1 : 0);
  }

  isPending(key: Key): boolean {
    return this.#waiting.has(key) || this.#due.has(key);
  }

  /** `delay` in milliseconds: typing waits for a pause, a choice does not. */
  schedule(key: Key, delay: number): void {
    this.#waiting.get(key)?.();
    this.#waiting.delete(key);
    if (delay > 0) {
      this.#waiting.set(
        key,
        this.#timers.set(delay, () => {
          this.#waiting.delete(key);
          this.#enqueue(key);
        }),
      );
    } else this.#enqueue(key);
    this.#settled(this.pending);
  }

  /** Sends at once what waits for a pause. */
  flush(): void {
    for (const [key, cancel] of [...this.#waiting]) {
      cancel();
      this.#waiting.delete(key);
      this.#enqueue(key);
    }
  }

  #enqueue(key: Key): void {
    this.#due.add(key);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let key = this.#take(); key !== undefined; key = this.#take()) {
      await this.#save(key);
    }
    this.#running = false;
    this.#settled(this.pending);
  }

  #take(): Key | undefined {
    for (const key of this.#due) {
      this.#due.delete(key);
      return key;
    }
    return undefined;
  }
}
