import type { BeaverWorkspace } from '../../app/api.ts';
import type { SyncPayload } from '../../app/payloads.ts';
import type { LockWait } from '../../core/ports.ts';
import { emptySnapshot, linkedSkills, type FolderSnapshot, type TargetMark } from './snapshot.ts';

export interface FolderSessionOptions {
  /** Uri of the folder, as a string. */
  readonly folder: string;
  readonly name: string;
  /** Called at the first need, so that an unusable setting fails this folder's reading and nothing else. */
  readonly createWorkspace: () => BeaverWorkspace;
  /** After each change of the snapshot. */
  readonly onChange: () => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** At start the targets of at most this many skills are looked at; of the others when they are shown or touched. */
const LOOK_AT_START = 300;

/**
 * One workspace folder: its BeaverWorkspace and what was last read of it. Folders know nothing of each other, so none starves another.
 * Reading never takes the lock; requests that come while one runs are answered by the next one, together.
 */
export class FolderSession {
  readonly folder: string;
  readonly name: string;
  readonly #options: FolderSessionOptions;
  #workspace: BeaverWorkspace | undefined;
  #snapshot: FolderSnapshot;
  #running: Promise<void> | undefined;
  #again = false;
  #disposed = false;
  readonly #looked = new Set<string>();
  readonly #firstRead = Promise.withResolvers<undefined>();

  constructor(options: FolderSessionOptions) {
    this.folder = options.folder;
    this.name = options.name;
    this.#options = options;
    this.#snapshot = emptySnapshot(options.folder, options.name);
  }

  get snapshot(): FolderSnapshot {
    return this.#snapshot;
  }

  /** Resolves when the folder was read once, whether or not that worked. */
  get firstRead(): Promise<undefined> {
    return this.#firstRead.promise;
  }

  /** Throws a BeaverError where the settings of the folder cannot work. */
  get workspace(): BeaverWorkspace {
    return (this.#workspace ??= this.#options.createWorkspace());
  }

  /** Reads plugins and updates again. Never rejects: a failure becomes part of the snapshot. */
  async refresh(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#readWhileAsked().finally(() => (this.#running = undefined));
    await this.#running;
  }

  /** Syncs and reads again. Rejects with what the sync failed with; a deferred sync is a value. */
  async sync(wait: LockWait): Promise<SyncPayload['sync']> {
    try {
      const { sync } = await this.workspace.plugins.sync(wait);
      this.#change({ deferred: sync.status === 'deferred_lock_busy' });
      return sync;
    } finally {
      await this.refresh();
    }
  }

  /** Looks at the runtime targets of these skills. Skills that cannot be read keep their mark; their failure is reported. */
  async lookAtTargets(skillNames: readonly string[]): Promise<void> {
    const found = new Map<string, TargetMark | undefined>();
    for (const name of skillNames) {
      if (this.#disposed) return;
      this.#looked.add(name);
      found.set(name, await this.#targetMark(name));
    }
    // Applied to what is known now: another look may have ended in the meantime.
    const marks = new Map(this.#snapshot.marks);
    let changed = false;
    for (const [name, mark] of found) {
      if (mark === marks.get(name)) continue;
      if (mark === undefined) marks.delete(name);
      else marks.set(name, mark);
      changed = true;
    }
    if (changed) this.#change({ marks });
  }

  /** As {@link lookAtTargets} for those that were never looked at. */
  async lookAtNew(skillNames: readonly string[]): Promise<void> {
    await this.lookAtTargets(skillNames.filter((name) => !this.#looked.has(name)));
  }

  /** As {@link lookAtTargets} for all linked skills, as far as that is cheap. */
  async lookAtStart(): Promise<void> {
    await this.lookAtTargets(
      linkedSkills(this.#snapshot)
        .slice(0, LOOK_AT_START)
        .map(({ skill }) => skill.name),
    );
  }

  dispose(): void {
    this.#disposed = true;
    this.#firstRead.resolve(undefined);
  }

  async #targetMark(skillName: string): Promise<TargetMark | undefined> {
    try {
      const { skill } = await this.workspace.skills.show(skillName);
      if (skill.targets.some(({ state }) => state === 'local_edits')) return 'edited';
      return skill.targets.some(({ state }) => state === 'target_occupied') ? 'occupied' : undefined;
    } catch (error) {
      this.#options.onFailure('show', error);
      return this.#snapshot.marks.get(skillName);
    }
  }

  async #readWhileAsked(): Promise<void> {
    while (this.#again && !this.#disposed) {
      this.#again = false;
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    try {
      const listing = this.workspace.plugins.list();
      const { updates } = await Promise.race([this.workspace.updates.list(), failureOf(listing)]);
      // Packages take long to look through, and somebody who has just settled an update looks for it in the trees.
      if (this.#snapshot.phase === 'ready') this.#show({ updates });
      const { plugins, errors } = await listing;
      const failures = await this.workspace.plugins.failures();
      this.#show({ plugins, errors: errors.map(withoutUndefined), updates, failures });
    } catch (error) {
      this.#options.onFailure('list', error);
      this.#change({ phase: 'failed', failure: error });
    } finally {
      this.#firstRead.resolve(undefined);
    }
  }

  /** Rows that are drawn again under the pointer lose the click on them: what has not changed stays. */
  #show(read: Partial<Pick<FolderSnapshot, 'plugins' | 'errors' | 'updates' | 'failures'>>): void {
    const next = { ...this.#snapshot, ...read };
    const what = ({ phase, plugins, errors, updates, failures }: FolderSnapshot): string =>
      JSON.stringify([phase, plugins, errors, updates, failures]);
    if (what({ ...next, phase: 'ready' }) === what(this.#snapshot)) return;
    this.#change({ ...read, phase: 'ready', failure: undefined });
  }

  #change(part: Partial<FolderSnapshot>): void {
    if (this.#disposed) return;
    this.#snapshot = { ...this.#snapshot, ...part };
    this.#options.onChange();
  }
}

/** Rejects when it does, and never resolves. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    promise.catch(reject);
  });
}

/** Zod's optional keys may hold `undefined`; a finding's may not. */
function withoutUndefined<T extends { readonly field?: string | undefined }>(
  finding: T,
): Omit<T, 'field'> & { readonly field?: string } {
  const { field, ...rest } = finding;
  return field === undefined ? rest : { ...rest, field };
}
