import * as semver from 'semver';
import * as z from 'zod';
import { isBeaverError } from '../../base/errors.ts';
import { hasCode } from '../../base/system-errors.ts';
import type { HarnessMachine } from '../harness-ports.ts';
import type { FileSystem, Logger } from '../ports.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import type { HarnessLayout } from './layout.ts';
import { verifiedVersion } from './staging.ts';
import { emptyState, type HarnessState, harnessStateSchema, type InstalledVersion } from './state.ts';

const KIND = { name: 'state of a harness', schemaVersion: 1 };

export interface StoredState {
  readonly state: HarnessState;
  /** `read`, or how it was made up because the pointer could not be read. */
  readonly origin: 'read' | 'none_yet' | 'recovered';
}

/** The pointer on disk. Replaced under the update lock only. */
export class StateStore {
  readonly #files: FileSystem;
  readonly #machine: HarnessMachine;
  readonly #layout: HarnessLayout;
  readonly #log: Logger;

  constructor(files: FileSystem, machine: HarnessMachine, layout: HarnessLayout, log: Logger) {
    this.#files = files;
    this.#machine = machine;
    this.#layout = layout;
    this.#log = log;
  }

  /**
   * What the pointer says. Where it is missing, damaged or no file, the newest version that lies whole in the cache counts.
   * @throws BeaverError `schema_newer`: a newer Beaver wrote it, and its file is left alone.
   */
  async read(harness: string): Promise<StoredState> {
    try {
      const state = await readStoredJson(
        this.#files,
        this.#layout.state,
        'state.json',
        KIND,
        harnessStateSchema,
      );
      if (state !== undefined) return { state, origin: 'read' };
      const found = await this.#recovered(harness);
      return { state: found, origin: found.active === null ? 'none_yet' : 'recovered' };
    } catch (error) {
      const damaged =
        isBeaverError(error, 'stored_file_unreadable') || hasCode(error, 'EISDIR', 'ELOOP', 'EACCES');
      if (!damaged) throw error;
      this.#log.log('warn', 'The state of a harness cannot be read; what lies in its cache counts.', {
        harness,
      });
      return { state: await this.#recovered(harness), origin: 'recovered' };
    }
  }

  /** Puts a state in place in one step. A folder or a link in its place is moved aside. */
  async write(state: HarnessState): Promise<void> {
    const there = await this.#files.lstat(this.#layout.state);
    if (there !== undefined && there.kind !== 'file') {
      const aside = `${this.#layout.state}.rejected`;
      await this.#files.remove(aside);
      await this.#files.rename(this.#layout.state, aside);
    }
    await writeStoredJson(this.#files, this.#layout.state, z.json().parse(harnessStateSchema.parse(state)));
  }

  /** The versions that lie whole in the cache, the newest first. Reads every file of them. */
  async #recovered(harness: string): Promise<HarnessState> {
    const whole: InstalledVersion[] = [];
    for (const { name, kind } of (await this.#files.readDirectory(this.#layout.versions)) ?? []) {
      if (kind !== 'directory') continue;
      const version = await verifiedVersion(
        { files: this.#files, machine: this.#machine },
        this.#layout,
        name,
      ).catch(() => undefined);
      if (version !== undefined) whole.push(version);
    }
    whole.sort((a, b) => semver.compare(b.version, a.version) || b.counter - a.counter);
    return { ...emptyState(harness), active: whole[0] ?? null, previous: whole[1] ?? null };
  }
}
