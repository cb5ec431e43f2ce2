import { BeaverError } from '../../base/errors.ts';
import { isRefusal } from '../harness-refusal.ts';
import type { LockWait } from '../ports.ts';
import { downloadAsset } from './download.ts';
import { collectGarbage } from './garbage.ts';
import { HarnessCache, type HarnessDeps, type OpenedCache, type SourceWish } from './harness-cache.ts';
import { classifyInstall, type InstallClass } from './install-class.ts';
import { findCommand, gatherEvidence } from './install-evidence.ts';
import type { HarnessLayout } from './layout.ts';
import { usableAsset } from './manifest-check.ts';
import type { HarnessAsset, HarnessManifest } from './manifest.ts';
import {
  activated,
  planUpdate,
  rolledBack,
  type UpdatePlan,
  withIgnored,
  withRevocations,
  withStaged,
} from './pointer.ts';
import { type Refreshed, type RefreshOptions, refreshTrust } from './refresh.ts';
import type { HarnessSource } from './source.ts';
import { stageRelease } from './staging.ts';
import type { StoredState } from './state-store.ts';
import type { HarnessState, InstalledVersion } from './state.ts';

export interface UpdateOptions extends RefreshOptions {
  readonly wait: LockWait;
  /** True: the new version is only staged. */
  readonly stageOnly?: boolean;
}

/** Where a command is found, and whose it is. */
export interface FoundInstall {
  readonly found: string;
  readonly install: InstallClass;
}

export interface HarnessStatus {
  readonly source: HarnessSource;
  readonly stored: StoredState;
  readonly installs: readonly FoundInstall[];
  readonly manifest: HarnessManifest | null;
  readonly root: number;
}

export interface CheckOutcome {
  readonly plan: UpdatePlan | { readonly kind: 'nothing_for_this_machine'; readonly code: string };
  readonly manifest: HarnessManifest;
  readonly state: HarnessState;
}

export type UpdateOutcome =
  | { readonly kind: 'not_ours'; readonly installs: readonly FoundInstall[] }
  | {
      readonly kind: 'kept';
      readonly plan: UpdatePlan;
      readonly version: string;
      readonly state: HarnessState;
    }
  | {
      readonly kind: 'staged' | 'activated';
      readonly version: InstalledVersion;
      readonly state: HarnessState;
    };

/** Everything that `beaver harness` does with the releases of agent programs on this machine. */
export class HarnessService {
  readonly #deps: HarnessDeps;
  readonly #cache: HarnessCache;

  constructor(deps: HarnessDeps) {
    this.#deps = deps;
    this.#cache = new HarnessCache(deps);
  }

  /** The harnesses that have a source, sorted. */
  list(): Promise<readonly string[]> {
    return this.#cache.list();
  }

  /** As {@link HarnessCache.add}. */
  add(wish: SourceWish, wait: LockWait): Promise<HarnessSource> {
    return this.#cache.add(wish, wait);
  }

  async status(harness: string): Promise<HarnessStatus> {
    const { layout, source, states, trust } = await this.#cache.open(harness);
    const root = await trust.root(source.product);
    const manifest = await trust.manifest(source.channel);
    return {
      source,
      stored: await states.read(harness),
      installs: await this.#installs(layout, source),
      manifest: manifest?.manifest ?? null,
      root: root.root.version,
    };
  }

  /** Looks for a release and installs nothing. Where the program is not ours to update, nothing is asked of anybody. */
  async check(
    harness: string,
    options: UpdateOptions,
  ): Promise<CheckOutcome | (UpdateOutcome & { readonly kind: 'not_ours' })> {
    const opened = await this.#cache.open(harness);
    const installs = await this.#installs(opened.layout, opened.source);
    if (!mayUpdate(opened.source, installs)) return { kind: 'not_ours', installs };
    await requireNoLocalBuild(opened);
    return this.#cache.locked(opened.layout, options.wait, 'look for an update of a harness', async () => {
      const { refreshed, state } = await this.#look(opened, options);
      const { manifest } = refreshed.manifest;
      try {
        const { machine, launcherVersion } = this.#deps;
        const asset = usableAsset(manifest, machine.platform, launcherVersion);
        return { plan: planUpdate(state, manifest, asset), manifest, state };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { plan: { kind: 'nothing_for_this_machine', code: error.code }, manifest, state };
      }
    });
  }

  /**
   * Looks for a release, has it whole and tried in the cache, and makes it the version that starts next.
   * @throws BeaverError: any refusal, `storage_unsafe`, `plugin_write_busy`, `schema_newer`, `fetch_cancelled`.
   */
  async update(harness: string, options: UpdateOptions): Promise<UpdateOutcome> {
    const opened = await this.#cache.open(harness);
    const installs = await this.#installs(opened.layout, opened.source);
    if (!mayUpdate(opened.source, installs)) return { kind: 'not_ours', installs };
    await requireNoLocalBuild(opened);
    return this.#cache.locked(opened.layout, options.wait, 'update a harness', async () => {
      const { machine, launcherVersion } = this.#deps;
      const { refreshed, state } = await this.#look(opened, options);
      const { manifest } = refreshed.manifest;
      const asset = usableAsset(manifest, machine.platform, launcherVersion);
      const plan = await this.#repairing(opened, state, planUpdate(state, manifest, asset));
      await collectGarbage(this.#deps, opened.layout, state, plan.kind === 'stage' ? asset.sha256 : null);
      const staged =
        plan.kind === 'stage' ? await this.#stage(opened, state, refreshed, asset, options) : state;
      if (plan.kind !== 'stage' && plan.kind !== 'staged_already') {
        return { kind: 'kept', plan, version: manifest.version, state };
      }
      if (staged.staged === null) throw new Error('Nothing was staged.');
      if (options.stageOnly === true) return { kind: 'staged', version: staged.staged, state: staged };
      return this.#activate(opened, staged, staged.staged, manifest);
    });
  }

  /** Returns to the previous version, after a look at every file of it. @throws BeaverError `nothing_to_roll_back`, `revoked`, `hash_mismatch`. */
  async rollback(harness: string, why: string, wait: LockWait): Promise<HarnessState> {
    const opened = await this.#cache.open(harness);
    return this.#cache.locked(opened.layout, wait, 'roll a harness back', async () => {
      const { state } = await opened.states.read(harness);
      const manifest = await opened.trust.manifest(opened.source.channel);
      const next = rolledBack(state, manifest?.manifest ?? null, this.#deps.clock.now(), why);
      if (next.active !== null) await this.#cache.requireWhole(opened.layout, next.active);
      await opened.states.write(next);
      return next;
    });
  }

  /** What is there already has to be whole (F30): a version that was damaged or removed is fetched again. */
  async #repairing(
    { layout }: OpenedCache,
    { active, staged }: HarnessState,
    plan: UpdatePlan,
  ): Promise<UpdatePlan> {
    const there = plan.kind === 'current' ? active : plan.kind === 'staged_already' ? staged : null;
    return there === null || (await this.#cache.isWhole(layout, there)) ? plan : { kind: 'stage' };
  }

  async #look(
    { source, trust, states }: OpenedCache,
    options: UpdateOptions,
  ): Promise<{ readonly refreshed: Refreshed; readonly state: HarnessState }> {
    const { transfer, log, clock } = this.#deps;
    const before = (await states.read(source.harness)).state;
    // TUF 5.1: one time for everything that is checked.
    const startedAt = clock.now();
    const at = new Date(startedAt).toISOString();
    try {
      const refreshed = await refreshTrust({ transfer, trust, log }, source, startedAt, options);
      const last_check = { at, outcome: 'ok', succeeded_at: at };
      const state = withRevocations({ ...before, last_check }, refreshed.manifest.manifest);
      await states.write(state);
      return { refreshed, state };
    } catch (error) {
      if (isRefusal(error)) {
        const succeeded_at = before.last_check?.succeeded_at ?? null;
        await states.write({ ...before, last_check: { at, outcome: error.code, succeeded_at } });
      }
      throw error;
    }
  }

  async #stage(
    { layout, source, states }: OpenedCache,
    state: HarnessState,
    { manifest: { manifest }, mirror }: Refreshed,
    asset: HarnessAsset,
    options: UpdateOptions,
  ): Promise<HarnessState> {
    const mirrors = [mirror, ...source.mirrors.filter((other) => other !== mirror)];
    const file = await downloadAsset(this.#deps, layout, mirrors, asset, options);
    try {
      const staged = withStaged(state, await stageRelease(this.#deps, layout, { manifest, asset }, file));
      await states.write(staged);
      return staged;
    } catch (error) {
      // What does not start, or is not what it should be, will be no better the next time.
      if (isRefusal(error) && (error.code === 'smoke_test_failed' || error.code === 'unsafe_archive')) {
        const entry = {
          version: manifest.version,
          asset_sha256: asset.sha256,
          reason: error.code,
          detail: error.message,
          at: new Date(this.#deps.clock.now()).toISOString(),
        } as const;
        await states.write(withIgnored(state, entry));
      }
      throw error;
    }
  }

  async #activate(
    { layout, states }: OpenedCache,
    state: HarnessState,
    version: InstalledVersion,
    manifest: HarnessManifest,
  ): Promise<UpdateOutcome> {
    await this.#cache.requireWhole(layout, version);
    // What was left may be what the new version is there to replace.
    const next = withRevocations(activated(state), manifest);
    await states.write(next);
    return { kind: 'activated', version, state: next };
  }

  async #installs(layout: HarnessLayout, source: HarnessSource): Promise<readonly FoundInstall[]> {
    const { files, machine, searched, suffixes } = this.#deps;
    const installs: FoundInstall[] = [];
    for (const place of await findCommand(files, source.command, searched, suffixes)) {
      const evidence = await gatherEvidence({ files, machine }, layout, place);
      installs.push({ found: place.found, install: classifyInstall(evidence) });
    }
    return installs;
  }
}

/** As for a build that is found on the PATH: where one of this machine runs, nobody asks for releases. */
async function requireNoLocalBuild({ source, states }: OpenedCache): Promise<void> {
  const { state } = await states.read(source.harness);
  if (state.local_override === null) return;
  throw new BeaverError('local_build_in_use', 'A local build runs in place of the releases.', {
    nextStep: 'Stop using the local build first: no release is looked for while it runs.',
  });
}

/**
 * Whether the cache may be filled: the command is ours alone, or is not there yet, or the person delegated. A development build takes
 * precedence over everything: nobody asks for releases where a harness is being built.
 */
export function mayUpdate(source: HarnessSource, installs: readonly FoundInstall[]): boolean {
  const classes = installs.map(({ install }) => install.name);
  if (classes.includes('development')) return false;
  return source.delegated || classes.every((name) => name === 'direct');
}
