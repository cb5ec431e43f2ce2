import * as semver from 'semver';
import { type LaunchDeps, LaunchPreparation, type Prepared } from '../core/harness/launch-preparation.ts';
import { launchTraits } from '../core/harness/launch-line.ts';
import type { HarnessLayout } from '../core/harness/layout.ts';
import { isIgnored, leftForPrevious } from '../core/harness/pointer.ts';
import { readReceipt } from '../core/harness/receipt.ts';
import type { HarnessSource } from '../core/harness/source.ts';
import { StateStore } from '../core/harness/state-store.ts';
import type { InstalledVersion } from '../core/harness/state.ts';

/** Milliseconds that an update of somebody else is waited for. */
const PATIENCE = 20_000;

/** The versions of one harness, as a session that runs one of them sees them. */
export class HarnessVersions {
  readonly #deps: LaunchDeps;
  readonly #layout: HarnessLayout;
  readonly #harness: string;
  readonly #states: StateStore;

  constructor(deps: LaunchDeps, layout: HarnessLayout, harness: string, source: HarnessSource | null) {
    this.#deps = deps;
    this.#layout = layout;
    this.#harness = harness;
    const { files, machine, log } = deps;
    this.#states = new StateStore(files, machine, layout, log, launchTraits(harness, source));
  }

  /** Undefined for one that is not there any more. */
  async installed(directory: string): Promise<InstalledVersion | undefined> {
    return (await readReceipt(this.#deps.files, this.#layout, directory))?.installed;
  }

  /** What a session of `running` could be restarted into: what is staged, or what another start made the active one. */
  async target(running: InstalledVersion): Promise<InstalledVersion | null> {
    const { state } = await this.#states.read(this.#harness);
    const next = state.staged ?? state.active;
    if (next === null || state.local_override !== null || isIgnored(state, next)) return null;
    if (next.directory === running.directory || semver.eq(next.version, running.version)) return null;
    // R10: an older one may not be able to read what this one wrote. Whoever wants it starts it anew.
    return semver.lt(next.version, running.version) ? null : next;
  }

  /** What is staged becomes active, and what a start runs is answered. */
  activate(): Promise<Prepared> {
    return new LaunchPreparation(this.#deps, this.#layout, this.#harness).prepare();
  }

  /** What failed is left for what ran before it, and ignored with `why`. */
  async leave(failed: InstalledVersion, before: InstalledVersion, why: string): Promise<void> {
    const wait = { kind: 'bounded', timeout: PATIENCE } as const;
    await this.#deps.lock.run(this.#layout.updateLock, 'leave a version that fails', wait, async () => {
      const { state } = await this.#states.read(this.#harness);
      await this.#states.write(leftForPrevious(state, failed, before, Date.now(), why));
    });
  }
}
