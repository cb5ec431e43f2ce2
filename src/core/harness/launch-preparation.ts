import * as semver from 'semver';
import { isBeaverError } from '../../base/errors.ts';
import type { HarnessMachine } from '../harness-ports.ts';
import type { FileStat, FileSystem, Lock, Logger } from '../ports.ts';
import { readStoredJson } from '../stored-json.ts';
import { type LaunchLine, type LaunchTraits, launchLineOf, launchTraits } from './launch-line.ts';
import type { HarnessLayout } from './layout.ts';
import { activated } from './pointer.ts';
import { harnessSourceSchema } from './source.ts';
import { verifiedVersion } from './staging.ts';
import { type StoredState, StateStore } from './state-store.ts';
import type { HarnessState, InstalledVersion } from './state.ts';

export interface LaunchDeps {
  readonly files: FileSystem;
  readonly lock: Lock;
  readonly machine: Pick<HarnessMachine, 'digestFile' | 'privacyOf'>;
  readonly log: Logger;
}

/** What a start has to tell the person; at most one of each kind. */
export type LaunchNotice =
  | { readonly kind: 'activated'; readonly version: string }
  | { readonly kind: 'staged_damaged'; readonly version: string }
  | { readonly kind: 'fell_back'; readonly from: string; readonly to: string | null }
  | { readonly kind: 'state_recovered' }
  | { readonly kind: 'override_missing' }
  | { readonly kind: 'storage_unsafe' };

export interface Prepared {
  readonly line: LaunchLine;
  readonly notices: readonly LaunchNotice[];
}

/**
 * Milliseconds that a start waits for somebody else who changes the versions: the activation of another start takes less; an update that
 * downloads takes longer, and is not waited for.
 */
const PATIENCE = 300;

const SOURCE_KIND = { name: 'source of a harness', schemaVersion: 1 };

/**
 * What a start runs, when the line of the launcher does not say it or a version waits: a staged version becomes active, a version that
 * cannot be started is left for the one before, for any other whole one, and at last for the base installation (F29, F30). Asks no network.
 */
export class LaunchPreparation {
  readonly #deps: LaunchDeps;
  readonly #layout: HarnessLayout;
  readonly #harness: string;

  constructor(deps: LaunchDeps, layout: HarnessLayout, harness: string) {
    this.#deps = deps;
    this.#layout = layout;
    this.#harness = harness;
  }

  async prepare(): Promise<Prepared> {
    const traits = await this.#traits();
    const states = this.#states(traits);
    const base = { target: { kind: 'base' }, staged: null, traits } as const;
    // Nothing is made for a harness that nobody added, not even a lock.
    if ((await this.#deps.files.lstat(this.#layout.root)) === undefined) return { line: base, notices: [] };
    if (!(await this.#private())) return { line: base, notices: [{ kind: 'storage_unsafe' }] };
    try {
      const wait = { kind: 'bounded', timeout: PATIENCE } as const;
      return await this.#deps.lock.run(this.#layout.updateLock, 'activate a staged version', wait, () =>
        this.#change(states, traits),
      );
    } catch (error) {
      // Busy, without its native part, or on a disk that takes no writes: what is there is started as it is.
      this.#deps.log.log('info', 'The versions of a harness were left as they are.', {
        code: isBeaverError(error) ? error.code : 'system',
      });
      return this.#look(states, traits);
    }
  }

  /** Under the update lock: the pointer is made to name what starts. */
  async #change(states: StateStore, traits: LaunchTraits): Promise<Prepared> {
    const stored = await states.read(this.#harness);
    const notices: LaunchNotice[] = recoveredNotice(stored);
    let { state } = stored;
    if (state.staged !== null) {
      const { staged } = state;
      if ((await this.#whole(staged)) !== undefined) {
        state = activated(state);
        notices.push({ kind: 'activated', version: staged.version });
      } else {
        // A12: the next update stages it again.
        state = { ...state, staged: null };
        notices.push({ kind: 'staged_damaged', version: staged.version });
      }
    }
    const usable = await this.#usable(state);
    notices.push(...usable.notices);
    ({ state } = usable);
    if (state !== stored.state || stored.origin === 'recovered') await states.write(state);
    else await states.writeLine(state);
    return { line: launchLineOf(usable.started, traits), notices };
  }

  async #look(states: StateStore, traits: LaunchTraits): Promise<Prepared> {
    const stored = await states.read(this.#harness);
    const usable = await this.#usable(stored.state);
    const notices = [...recoveredNotice(stored), ...usable.notices];
    return { line: launchLineOf(usable.started, traits), notices };
  }

  /** `state`: what the pointer should say. `started`: the same without what cannot be started now, such as a build that is being made. */
  async #usable(state: HarnessState): Promise<{
    readonly state: HarnessState;
    readonly started: HarnessState;
    readonly notices: readonly LaunchNotice[];
  }> {
    const notices: LaunchNotice[] = [];
    let started = state;
    if (state.local_override !== null && (await this.#program(state.local_override.path)) === undefined) {
      notices.push({ kind: 'override_missing' });
      started = { ...state, local_override: null };
    }
    if (state.active === null || (await this.#startableVersion(state.active)))
      return { state, started, notices };
    const to = await this.#fallback(state);
    notices.push({ kind: 'fell_back', from: state.active.version, to: to?.version ?? null });
    const previous = to?.directory === state.previous?.directory ? null : state.previous;
    return {
      state: { ...state, active: to, previous },
      started: { ...started, active: to, previous },
      notices,
    };
  }

  /** The previous version, else the newest whole one that is not ignored. */
  async #fallback(state: HarnessState): Promise<InstalledVersion | null> {
    if (state.previous !== null && (await this.#whole(state.previous)) !== undefined) return state.previous;
    const others: InstalledVersion[] = [];
    for (const { name, kind } of (await this.#deps.files.readDirectory(this.#layout.versions)) ?? []) {
      if (kind !== 'directory' || name === state.active?.directory) continue;
      const found = await verifiedVersion(this.#deps, this.#layout, name).catch(() => undefined);
      const ignored = state.ignored.some(({ version }) => version === found?.version);
      if (found !== undefined && !ignored) others.push(found);
    }
    others.sort((a, b) => semver.compare(b.version, a.version) || b.counter - a.counter);
    return others[0] ?? null;
  }

  /** What was changed after the line was written is read and compared, as the front cannot. */
  async #startableVersion(version: InstalledVersion): Promise<boolean> {
    const program = await this.#program(this.#layout.executable(version.directory, version.executable));
    if (program === undefined) return false;
    const line = await this.#deps.files.lstat(this.#layout.launchLine);
    if (line !== undefined && program.mtimeNs <= line.mtimeNs) return true;
    return (await this.#whole(version)) !== undefined;
  }

  /** Undefined where nothing can be started. */
  async #program(file: string): Promise<FileStat | undefined> {
    const real = await this.#deps.files.realpath(file).catch(() => undefined);
    const stat = real === undefined ? undefined : await this.#deps.files.lstat(real);
    return stat?.kind === 'file' && stat.size > 0 && stat.executable !== false ? stat : undefined;
  }

  async #whole({ directory, tree_sha256 }: InstalledVersion): Promise<InstalledVersion | undefined> {
    const found = await verifiedVersion(this.#deps, this.#layout, directory);
    return found?.tree_sha256 === tree_sha256 ? found : undefined;
  }

  /** A18: whoever else can write there decides what runs. */
  async #private(): Promise<boolean> {
    for (const folder of [this.#layout.root, this.#layout.versions]) {
      const privacy = await this.#deps.machine.privacyOf(folder);
      if (privacy !== 'private' && privacy !== 'missing') return false;
    }
    return true;
  }

  async #traits(): Promise<LaunchTraits> {
    const source = await readStoredJson(
      this.#deps.files,
      this.#layout.source,
      'source.json',
      SOURCE_KIND,
      harnessSourceSchema,
    ).catch(() => undefined);
    return launchTraits(this.#harness, source ?? null);
  }

  #states(traits: LaunchTraits): StateStore {
    const { files, machine, log } = this.#deps;
    return new StateStore(files, machine, this.#layout, log, traits);
  }
}

function recoveredNotice({ origin }: StoredState): LaunchNotice[] {
  return origin === 'recovered' ? [{ kind: 'state_recovered' }] : [];
}
