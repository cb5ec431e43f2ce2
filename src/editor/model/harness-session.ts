import { mayUpdate, type HarnessService } from '../../core/harness/harness-service.ts';
import { noticesOf } from '../../core/harness/notices.ts';
import type { Clock } from '../../core/ports.ts';
import type { HarnessActivity } from './harness-running.ts';
import { type HarnessEntry, type HarnessSnapshot, NO_HARNESS } from './harness-snapshot.ts';

export interface HarnessSessionOptions {
  readonly service: Pick<HarnessService, 'list' | 'status'>;
  /** The sessions and jobs that run. */
  readonly activity: () => Promise<HarnessActivity>;
  readonly clock: Clock;
  /** After each change of the snapshot. */
  readonly onChange: () => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/**
 * The harnesses of this machine as they were last read. Reading takes no lock and asks nobody outside of this machine; requests that come
 * while one runs are answered by the next one, together.
 */
export class HarnessSession {
  readonly #options: HarnessSessionOptions;
  #snapshot = NO_HARNESS;
  #running: Promise<void> | undefined;
  #again = false;
  #disposed = false;

  constructor(options: HarnessSessionOptions) {
    this.#options = options;
  }

  get snapshot(): HarnessSnapshot {
    return this.#snapshot;
  }

  /** Never rejects: a failure becomes part of the snapshot. */
  async refresh(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#readWhileAsked().finally(() => (this.#running = undefined));
    await this.#running;
  }

  dispose(): void {
    this.#disposed = true;
  }

  async #readWhileAsked(): Promise<void> {
    while (this.#again && !this.#disposed) {
      this.#again = false;
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    const { service, activity, onChange, onFailure } = this.#options;
    const entries: HarnessEntry[] = [];
    let running: HarnessActivity;
    try {
      for (const harness of await service.list()) entries.push(await this.#entry(harness));
      running = await activity();
    } catch (error) {
      onFailure('harness', error);
      return;
    }
    const read: HarnessSnapshot = { entries, activity: running };
    // Rows that are drawn again under the pointer lose the click on them: what has not changed stays.
    if (this.#disposed || same(read, this.#snapshot)) return;
    this.#snapshot = read;
    onChange();
  }

  /** One that cannot be read hides no other. */
  async #entry(harness: string): Promise<HarnessEntry> {
    const { service, clock, onFailure } = this.#options;
    try {
      const status = await service.status(harness);
      const notices = noticesOf(status, clock.now());
      return { kind: 'read', harness, status, notices, updatable: mayUpdate(status.source, status.installs) };
    } catch (failure) {
      onFailure(`harness ${harness}`, failure);
      return { kind: 'failed', harness, failure };
    }
  }
}

function same(a: HarnessSnapshot, b: HarnessSnapshot): boolean {
  return text(a) === text(b);
}

function text({ entries, activity }: HarnessSnapshot): string {
  return JSON.stringify([entries, activity], (_key, value: unknown) =>
    value instanceof Error ? [value.name, value.message] : value,
  );
}
