import type { Processes } from '../../src/core/harness-ports.ts';

/** The processes that a test says there are. */
export class ScriptedProcesses implements Processes {
  readonly #started = new Map<number, number>();

  startedAt(pid: number): number | undefined {
    return this.#started.get(pid);
  }

  /** `at`: milliseconds. A number that is used again is another process. */
  start(pid: number, at: number): void {
    this.#started.set(pid, at);
  }

  end(pid: number): void {
    this.#started.delete(pid);
  }
}
