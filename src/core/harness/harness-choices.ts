import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { isInside } from '../layout.ts';
import type { LockWait } from '../ports.ts';
import { writeStoredJson } from '../stored-json.ts';
import { HarnessCache, type HarnessDeps } from './harness-cache.ts';
import { versionSchema } from './identifiers.ts';
import type { HarnessLayout } from './layout.ts';
import { ignoredByHand, notIgnored } from './pointer.ts';
import type { HarnessSource } from './source.ts';
import type { HarnessState } from './state.ts';
import { readUpdatePolicy, type StoredUpdatePolicy } from './update-policy.ts';

/** What a person decides about a harness, and can take back. Nothing of it asks anybody outside of this machine. */
export class HarnessChoices {
  readonly #deps: HarnessDeps;
  readonly #cache: HarnessCache;

  constructor(deps: HarnessDeps) {
    this.#deps = deps;
    this.#cache = new HarnessCache(deps);
  }

  /**
   * From then on an update passes over this version, and it is not what starts next.
   * @throws BeaverError `version_in_use`, `version_invalid`, `harness_unknown`, `plugin_write_busy`.
   */
  async ignore(harness: string, version: string, why: string, wait: LockWait): Promise<HarnessState> {
    requireVersion(version);
    return this.#change(harness, 'ignore a version of a harness', wait, (state) =>
      ignoredByHand(state, version, why, this.#deps.clock.now()),
    );
  }

  /** Takes {@link ignore} back, or what Beaver ignored by itself. @throws BeaverError `version_not_ignored`, and as {@link ignore}. */
  async stopIgnoring(harness: string, version: string, wait: LockWait): Promise<HarnessState> {
    requireVersion(version);
    return this.#change(harness, 'stop ignoring a version of a harness', wait, (state) =>
      notIgnored(state, version),
    );
  }

  /**
   * Starts a build of this machine in place of the versions in the cache, which stay as they are; null goes back to them.
   * `file`: absolute. @throws BeaverError `local_build_unusable`, and as {@link ignore}.
   */
  async useLocalBuild(harness: string, file: string | null, wait: LockWait): Promise<HarnessState> {
    const { layout } = await this.#cache.open(harness);
    if (file !== null) await this.#requireProgram(layout, file);
    const since = new Date(this.#deps.clock.now()).toISOString();
    const local_override = file === null ? null : { path: file, since };
    return this.#change(harness, 'choose a local build of a harness', wait, (state) => ({
      ...state,
      local_override,
    }));
  }

  /**
   * Whether versions are kept in the cache although something else installed the command. What is installed stays where it is, either way.
   * @throws BeaverError as {@link ignore}.
   */
  async delegate(harness: string, delegated: boolean, wait: LockWait): Promise<HarnessSource> {
    const { layout } = await this.#cache.open(harness);
    return this.#cache.locked(layout, wait, 'delegate a harness', async () => {
      const source = { ...(await this.#cache.open(harness)).source, delegated };
      await writeStoredJson(this.#deps.files, layout.source, z.json().parse(source));
      return source;
    });
  }

  /**
   * What happens by itself: looking for releases and staging them, and restarting sessions into what is staged. What is not named stays.
   * @throws BeaverError as {@link ignore}, `stored_file_unreadable`, `schema_newer`.
   */
  async setPolicy(
    harness: string,
    changes: { readonly autoUpdate?: boolean; readonly autoRestart?: boolean },
    wait: LockWait,
  ): Promise<StoredUpdatePolicy> {
    const { layout } = await this.#cache.open(harness);
    return this.#cache.locked(layout, wait, 'set what a harness does by itself', async () => {
      const { files } = this.#deps;
      const before = await readUpdatePolicy(files, layout.policy);
      const policy: StoredUpdatePolicy = {
        ...before,
        schema_version: 1,
        auto_update: changes.autoUpdate ?? before?.auto_update ?? true,
        auto_restart: changes.autoRestart ?? before?.auto_restart ?? true,
      };
      await writeStoredJson(files, layout.policy, z.json().parse(policy));
      return policy;
    });
  }

  /** What is stored of it; null where nobody said anything, and both are on. */
  async policy(harness: string): Promise<StoredUpdatePolicy | null> {
    const { layout } = await this.#cache.open(harness);
    return readUpdatePolicy(this.#deps.files, layout.policy);
  }

  async #change(
    harness: string,
    purpose: string,
    wait: LockWait,
    change: (state: HarnessState) => HarnessState,
  ): Promise<HarnessState> {
    const { layout, states } = await this.#cache.open(harness);
    return this.#cache.locked(layout, wait, purpose, async () => {
      const next = change((await states.read(harness)).state);
      await states.write(next);
      return next;
    });
  }

  async #requireProgram(layout: HarnessLayout, file: string): Promise<void> {
    const { files } = this.#deps;
    if (!path.isAbsolute(file) || /[\n\r\0]/.test(file)) throw unusable('It is not named by a plain path.');
    const real = await files.realpath(file).catch(() => undefined);
    const stat = real === undefined ? undefined : await files.lstat(real);
    if (real === undefined || stat?.kind !== 'file') throw unusable('There is no such file.');
    if (stat.executable === false) throw unusable('The file cannot be executed.');
    if (isInside(layout.root, file) || isInside(await files.realpath(layout.root), real)) {
      throw unusable('It lies in the cache of Beaver, whose versions are chosen by updates.');
    }
  }
}

function requireVersion(version: string): void {
  if (versionSchema.safeParse(version).success) return;
  throw new BeaverError('version_invalid', 'What was given is no version.', {
    nextStep: 'Name it as "beaver harness status" does: 1.2.3.',
    field: 'version',
  });
}

function unusable(why: string): BeaverError {
  return new BeaverError('local_build_unusable', `This build cannot be started. ${why}`, {
    nextStep: 'Build the harness and name the program that the build makes.',
  });
}
