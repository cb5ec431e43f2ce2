/** Bytes that may wait to be written: enough to keep the disk busy, little enough to be forgotten in the memory of an editor. */
const MOST = 1024 * 1024;

/** Writes that are under way, so that what comes next can be prepared meanwhile. */
export class PendingWrites {
  readonly #under = new Set<Promise<void>>();
  #bytes = 0;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** Starts a write of `size` bytes; resolves when there is room for another. Rejects when one failed. */
  async add(size: number, write: () => Promise<void>): Promise<void> {
    while (this.#bytes > MOST && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#check();
    this.#bytes += size;
    const done = write()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#under.delete(done);
        this.#bytes -= size;
        this.#wake?.();
      });
    this.#under.add(done);
  }

  /** Resolves when nothing is under way any more. Rejects with the first failure. */
  async settled(): Promise<void> {
    await Promise.all(this.#under);
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
