/** Notices that the turns of agents in a folder are over: what waited for that can be done. */
export class TurnEnd {
  readonly #isQuiet: () => Promise<boolean>;
  readonly #onEnd: () => void;
  #busy = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(isQuiet: () => Promise<boolean>, onEnd: () => void) {
    this.#isQuiet = isQuiet;
    this.#onEnd = onEnd;
  }

  /** To be called whenever a session changed; one look after the other. Rejects as `isQuiet` does. */
  look(): Promise<void> {
    const looking = this.#looking.catch(() => undefined).then(() => this.#look());
    this.#looking = looking;
    return looking;
  }

  async #look(): Promise<void> {
    const quiet = await this.#isQuiet();
    const ended = this.#busy && quiet;
    this.#busy = !quiet;
    if (ended) this.#onEnd();
  }
}
