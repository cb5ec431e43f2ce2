import { BeaverError } from '../../base/errors.ts';
import { StateBook } from '../mirror/state-book.ts';
import type { LockWait } from '../ports.ts';
import { bringIn, type InstallOptions } from './bring-in.ts';
import type { InstallDeps } from './install-deps.ts';
import { readInstallEvents } from './install-events.ts';
import { type InstallOutcome, skipped } from './install-outcome.ts';
import { type InstalledPlugins, installedPlugin, readInstalled } from './install-registry.ts';
import type { InstalledPlugin } from './installed-plugin.ts';
import { rollBackTo } from './roll-back.ts';
import { uninstallPlugin } from './uninstall.ts';
import { type InstallTarget, updateOf, wantedPlugin } from './wanted-plugin.ts';

/**
 * Installs, updates, rolls back and uninstalls. Every one of these ends in a healthy state: the new one or the one before. What it puts in
 * use are packages; an update of a skill is offered by the sync that follows, and never taken here.
 */
export class InstallService {
  readonly #deps: InstallDeps;

  constructor(deps: InstallDeps) {
    this.#deps = deps;
  }

  installed(): Promise<InstalledPlugins> {
    return readInstalled(this.#deps.mirror.ports.files, this.#deps.mirror.layout);
  }

  /** Oldest first; of one plugin when it is named. */
  async history(id?: string): ReturnType<typeof readInstallEvents> {
    const events = await readInstallEvents(this.#deps.mirror.ports.files, this.#deps.mirror.layout);
    return id === undefined ? events : events.filter((event) => event.id === id);
  }

  /** @throws BeaverError of the phase that failed, after everything was rolled back. */
  async install(target: InstallTarget, options: InstallOptions): Promise<InstallOutcome> {
    const wanted = await wantedPlugin(this.#deps, target, options.pin ?? null);
    return bringIn(this.#deps, 'install', wanted, options);
  }

  /**
   * The newest content that the plugin's pin allows. A plugin that is disabled or paused, a content that is ignored and a version that others
   * cannot do with are skipped with a reason.
   */
  async update(id: string, options: InstallOptions): Promise<InstallOutcome> {
    const { ports, layout } = this.#deps.mirror;
    const record = installedPlugin(await this.installed(), id);
    const state = (await StateBook.read(ports.files, layout)).find(record.plugin_id);
    if (state !== undefined && !state.enabled)
      return skipped(id, record, 'plugin_disabled', 'The plugin is disabled.', 'Enable it to update it.');
    if (state?.updates_paused === true)
      return skipped(id, record, 'plugin_paused', 'Its updates are paused.', 'Resume it to update it.');
    const wanted = await updateOf(this.#deps, id, record);
    try {
      return await bringIn(
        this.#deps,
        'update',
        { ...wanted, pin: options.pin ?? record.pin, requested: false },
        options,
      );
    } catch (error) {
      if (!(error instanceof BeaverError && SKIPPED.has(error.code))) throw error;
      return skipped(id, record, error.code, error.message, error.nextStep);
    }
  }

  /**
   * Back to an earlier package, without a network. `to` names one by its version or identity; default: the last one that was in use.
   * @throws BeaverError `rollback_target_missing`, `rollback_target_refused`, `package_damaged`.
   */
  rollback(id: string, to: string | undefined, options: InstallOptions): Promise<InstallOutcome> {
    return rollBackTo(this.#deps, id, to, options);
  }

  /**
   * Takes a plugin out: its linked skills leave what agents read, edits are taken in first and every version stays in the store.
   * @throws BeaverError `plugin_not_installed`, `plugin_needed`, `local_edits_found`.
   */
  uninstall(id: string, wait: LockWait, force = false): Promise<InstalledPlugin> {
    return uninstallPlugin(this.#deps, id, wait, force);
  }
}

/** Answers of an update that say why nothing was done, and are no failures. */
const SKIPPED: ReadonlySet<string> = new Set(['package_ignored', 'pin_not_offered', 'plugin_not_listed']);
