import * as semver from 'semver';
import * as z from 'zod';
import { isBeaverError } from '../../base/errors.ts';
import { hasCode } from '../../base/system-errors.ts';
import type { HarnessMachine } from '../harness-ports.ts';
import type { FileSystem, Logger } from '../ports.ts';
import { writeFileDurably } from '../durable.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import { type LaunchTraits, launchLineOf, launchLineText } from './launch-line.ts';
import type { HarnessLayout } from './layout.ts';
import { isIgnored } from './pointer.ts';
import { verifiedVersion } from './staging.ts';
import { emptyState, type HarnessState, harnessStateSchema, type InstalledVersion } from './state.ts';

const KIND = { name: 'state of a harness', schemaVersion: 1 };

export interface StoredState {
  readonly state: HarnessState;
  /** `read`, or how it was made up because the pointer could not be read. */
  readonly origin: 'read' | 'none_yet' | 'recovered';
}

/** The pointer on disk, and the line of the launcher beside it. Replaced under the update lock only. */
export class StateStore {
  readonly #traits: LaunchTraits;
  readonly #files: FileSystem;
  readonly #machine: Pick<HarnessMachine, 'digestFile'>;
  readonly #layout: HarnessLayout;
  readonly #log: Logger;

  constructor(
    files: FileSystem,
    machine: Pick<HarnessMachine, 'digestFile'>,
    layout: HarnessLayout,
    log: Logger,
    traits: LaunchTraits,
  ) {
    this.#traits = traits;
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

  /**
   * Puts a state in place in one step. A folder or a link in its place is moved aside. The launcher's line goes first and comes last:
   * where it is, it says what the pointer says, whatever happens in between.
   */
  async write(state: HarnessState): Promise<void> {
    const line = this.#lineOf(state);
    const kept = await this.#hasLine(line);
    if (!kept) await this.#dropLine();
    const there = await this.#files.lstat(this.#layout.state);
    if (there !== undefined && there.kind !== 'file') {
      const aside = `${this.#layout.state}.rejected`;
      await this.#files.remove(aside);
      await this.#files.rename(this.#layout.state, aside);
    }
    const stored = z.json().parse(harnessStateSchema.parse(state));
    await writeStoredJson(this.#files, this.#layout.state, stored);
    if (!kept) await this.#writeLine(line);
    await writeStoredJson(this.#files, this.#layout.stateCopy, stored);
  }

  /** Writes the launcher's line of `state`, the one on disk, anew: the front holds its time against that of programs. Under the update lock. */
  writeLine(state: HarnessState): Promise<void> {
    return this.#writeLine(this.#lineOf(state));
  }

  #lineOf(state: HarnessState): Uint8Array {
    return Buffer.from(launchLineText(launchLineOf(state, this.#traits)), 'utf8');
  }

  async #hasLine(line: Uint8Array): Promise<boolean> {
    const there = await this.#files.readFile(this.#layout.launchLine, line.byteLength).catch(() => undefined);
    return there !== undefined && Buffer.from(line).equals(there);
  }

  async #dropLine(): Promise<void> {
    if ((await this.#files.lstat(this.#layout.launchLine)) === undefined) return;
    await this.#files.remove(this.#layout.launchLine);
    // Durable before the pointer changes: an old line that came back in a power cut would start what was left behind.
    await this.#files.flush([this.#layout.root]);
  }

  /** A disk that is full now costs no more than a slower start. */
  async #writeLine(line: Uint8Array): Promise<void> {
    try {
      const there = await this.#files.lstat(this.#layout.launchLine);
      if (there !== undefined && there.kind !== 'file') await this.#files.remove(this.#layout.launchLine);
      await writeFileDurably(this.#files, this.#layout.launchLine, line);
    } catch (error) {
      this.#log.log('warn', 'What the launcher reads could not be written; it starts more slowly.', {
        code: error instanceof Error && 'code' in error ? error.code : 'unknown',
      });
    }
  }

  /**
   * What the copy of the pointer said, as far as it lies whole in the cache; else the newest whole versions. One that was ignored, such as
   * that which a person left, is not gone back to.
   */
  async #recovered(harness: string): Promise<HarnessState> {
    const copy = await readStoredJson(
      this.#files,
      this.#layout.stateCopy,
      'state.copy.json',
      KIND,
      harnessStateSchema,
    ).catch(() => undefined);
    const known = copy?.harness === harness ? copy : emptyState(harness);
    const whole = (await this.#wholeVersions()).filter((version) => !isIgnored(known, version));
    const there = (named: InstalledVersion | null): InstalledVersion | null =>
      whole.find(({ directory }) => directory === named?.directory) ?? null;
    const active = there(known.active) ?? whole[0] ?? null;
    const previous = there(known.previous) ?? whole.find((version) => version !== active) ?? null;
    return { ...known, active, staged: there(known.staged), previous };
  }

  /** The newest first. Reads every file of them. */
  async #wholeVersions(): Promise<readonly InstalledVersion[]> {
    const deps = { files: this.#files, machine: this.#machine };
    const whole: InstalledVersion[] = [];
    for (const { name, kind } of (await this.#files.readDirectory(this.#layout.versions)) ?? []) {
      if (kind !== 'directory') continue;
      const version = await verifiedVersion(deps, this.#layout, name).catch(() => undefined);
      if (version !== undefined) whole.push(version);
    }
    return whole.sort((a, b) => semver.compare(b.version, a.version) || b.counter - a.counter);
  }
}
