import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { toBeaverError } from '../../base/system-errors.ts';
import { makeDirectoryDurably } from '../durable.ts';
import type { LockWait } from '../ports.ts';
import { rollBackAttempt, timeOf } from './attempt-end.ts';
import {
  type Attempt,
  forgetAttempt,
  forgetAttemptLock,
  type Operation,
  readAttempt,
  writeAttempt,
} from './attempt-journal.ts';
import type { InstallDeps } from './install-deps.ts';
import { sweepPackages } from './package-store.ts';
import { type Phase, type PhaseProgress, progressOf, withinDeadline } from './phases.ts';

export interface AttemptOptions {
  readonly operation: Operation;
  /** As far as it is known. */
  readonly id: string;
  readonly automatic: boolean;
  /** For another writer. */
  readonly wait: LockWait;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PhaseProgress) => void) | undefined;
}

/**
 * One attempt from its first phase to its end. It holds a lock of its own for as long as it lives, by which others know that it does; its
 * journal says how far it has come. However `body` ends, the attempt ends with it: done, forgotten, or rolled back.
 */
export class AttemptRun {
  readonly deps: InstallDeps;
  readonly options: AttemptOptions;
  #attempt: Attempt;

  private constructor(deps: InstallDeps, options: AttemptOptions, attempt: Attempt) {
    this.deps = deps;
    this.options = options;
    this.#attempt = attempt;
  }

  static async carryOut<T>(
    deps: InstallDeps,
    options: AttemptOptions,
    body: (run: AttemptRun) => Promise<T>,
  ): Promise<T> {
    const { layout, ports, actor } = deps.mirror;
    const id = ports.ids.transaction();
    const lock = layout.installAttemptLock(id);
    deps.running.add(id);
    try {
      return await ports.lock.run(lock, `${options.operation} ${options.id}`, { kind: 'never' }, async () => {
        const run = new AttemptRun(deps, options, {
          schema_version: 1,
          correlation_id: id,
          operation: options.operation,
          id: options.id,
          actor,
          automatic: options.automatic,
          started_at: timeOf(deps),
          phase: options.operation === 'rollback' ? 'verify' : 'download',
          status: 'running',
          members: [],
          reason: null,
        });
        const result = await body(run).catch(async (error: unknown) => {
          await run.#fail(error);
          throw error;
        });
        await run.#quietly(() => run.#forget());
        return result;
      });
    } finally {
      deps.running.delete(id);
      await forgetAttemptLock(ports.files, layout, id).catch(() => undefined);
    }
  }

  get attempt(): Attempt {
    return this.#attempt;
  }

  /** The journal as a transaction has just written it. */
  became(attempt: Attempt): void {
    this.#attempt = attempt;
  }

  /** What is installed turns out to be called this. */
  rename(id: string): void {
    this.#attempt = { ...this.#attempt, id };
  }

  /** Where package number `number` of this attempt is put together; nothing is there yet. */
  staging(number: number): string {
    return path.join(this.deps.mirror.layout.installStaging, this.#attempt.correlation_id, String(number));
  }

  /** Says in the journal that the phase has begun. */
  async enter(phase: Phase): Promise<void> {
    const { ports, layout } = this.deps.mirror;
    this.#attempt = { ...this.#attempt, phase };
    await writeAttempt(ports.files, layout, this.#attempt);
    this.options.onProgress?.(progressOf(this.#attempt.id, phase));
  }

  /** A phase that can be cancelled. */
  async phase<T>(phase: Phase, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.enter(phase);
    return withinDeadline(phase, this.deps.deadlines[phase], this.options.signal, async (signal) => {
      if (phase === 'download')
        await makeDirectoryDurably(this.deps.mirror.ports.files, path.dirname(this.staging(0)));
      return body(signal);
    });
  }

  /**
   * Ends an attempt that failed. What another change left half done is completed first, this attempt's own switch included: what the journal
   * says then is what happened. Needs the write lock, whether it is held already or not.
   * @returns `done` when it had come to its end after all.
   */
  async end(error: unknown): Promise<'rolled_back' | 'done'> {
    const { ports, layout } = this.deps.mirror;
    return this.deps.write('roll an installation back', this.options.wait, async () => {
      const stored = await readAttempt(ports.files, layout, this.#attempt.correlation_id);
      const attempt = stored ?? { ...this.#attempt, status: 'running', members: [] };
      if (attempt.status === 'done') return 'done';
      if (attempt.status !== 'rolled_back') await rollBackAttempt(this.deps, attempt, reasonOf(error), false);
      await this.#quietly(() => sweepPackages(ports.files, layout));
      return 'rolled_back';
    });
  }

  /**
   * What was in use stays in use. Room on the disk comes first, then the event. Where even that cannot be written, or another writer has
   * the lock, the journal stays: whoever writes next ends the attempt.
   */
  async #fail(error: unknown): Promise<void> {
    const { ports, layout } = this.deps.mirror;
    await this.#quietly(async () => {
      await ports.files.remove(path.join(layout.installStaging, this.#attempt.correlation_id));
      const stored = await readAttempt(ports.files, layout, this.#attempt.correlation_id);
      if (stored?.status === 'running')
        await writeAttempt(ports.files, layout, { ...stored, reason: reasonOf(error) });
      await this.end(error);
      await this.#forget();
    });
  }

  /** For what comes after the end: whoever writes next does it again. */
  async #quietly(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      const code = toBeaverError(error)?.code ?? 'internal_error';
      this.deps.mirror.ports.log.log('warn', 'An installation will be cleared up later', {
        id: this.#attempt.id,
        code,
      });
    }
  }

  async #forget(): Promise<void> {
    await forgetAttempt(this.deps.mirror.ports.files, this.deps.mirror.layout, this.#attempt.correlation_id);
  }
}

/** Without a path: the words of the system's errors are replaced by ours (invariant 9). */
export function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  const coded = error instanceof BeaverError ? error : toBeaverError(error);
  if (coded !== undefined) return { code: coded.code, message: coded.message };
  return { code: 'internal_error', message: 'Something unexpected went wrong.' };
}
