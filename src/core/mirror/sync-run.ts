import { BeaverError, findingFromError } from '../../base/errors.ts';
import type { PluginManifest, PluginState } from '../plugins/models.ts';
import { copiesOf } from '../skills/version-plan.ts';
import { planPlacements, timestamp } from '../skills/version-writer.ts';
import { isAdoptedFrom } from './adoption.ts';
import { checkMirrorable, planInitialMirror } from './initial-mirror.ts';
import { discoveryError, observePlugin } from './observe.ts';
import { audit, type SyncContext } from './sync-context.ts';
import { SyncOffers } from './sync-offers.ts';
import { planSync, type SkillSyncAction } from './sync-plan.ts';
import { ifReadable } from './sync-reader.ts';

/** Carries out the plan of one sync, plugin by plugin, into one transaction. */
export class SyncRun {
  readonly #context: SyncContext;
  readonly #at: string;
  readonly #offers: SyncOffers;

  constructor(context: SyncContext) {
    this.#context = context;
    this.#at = timestamp(context.deps.ports);
    this.#offers = new SyncOffers(context, this.#at);
  }

  async plugin(plugin: PluginState): Promise<void> {
    const found = this.#context.reader.manifest(plugin.plugin_id);
    if (found === undefined) {
      const error = discoveryError(this.#context.discovery, plugin);
      if (error === undefined) this.#missing(plugin);
      else
        this.#context.state.set({
          ...plugin,
          status: 'error',
          last_error: error.message,
          last_error_code: error.code,
        });
      return;
    }
    const located = { ...plugin, manifest_path: found.displayPath };
    if (!plugin.enabled) {
      this.#context.state.set({ ...located, status: 'disabled', last_error: null, last_error_code: null });
      return;
    }
    this.#context.state.set({
      ...located,
      status: plugin.updates_paused ? 'paused' : 'synced',
      last_error: null,
      last_error_code: null,
    });
    if (plugin.updates_paused) return;
    const observations = await observePlugin(
      this.#context.deps,
      this.#context.reader,
      found,
      this.#context.state.get(plugin.plugin_id),
      this.#context.book,
    );
    for (const action of planSync(observations).skills) await this.#apply(found, action);
    this.#settle(plugin.plugin_id, found);
  }

  /** Puts linked skills back where agents read them and they are not: a new target, a folder that was removed, a crash. */
  async place(unplaced: readonly string[]): Promise<void> {
    const deps = this.#context.deps;
    for (const skillName of unplaced) {
      const loaded = await deps.store.load(skillName);
      const tree = await deps.store.versionTree(skillName, loaded.current.version);
      const files = copiesOf(tree.folder, tree.digest);
      this.#context.progress.findings.push(
        ...(await planPlacements(deps, this.#context.transaction, loaded.current, loaded.current, files)),
      );
    }
  }

  #missing(plugin: PluginState): void {
    if (plugin.status === 'missing') return;
    this.#context.state.set({
      ...plugin,
      status: 'missing',
      last_error: 'The plugin package is not there. Its skills stay active; updates are suspended.',
      last_error_code: 'package_missing',
    });
    audit(this.#context, this.#at, 'plugin_missing', plugin.plugin_id, null, {});
  }

  async #apply(manifest: PluginManifest, action: SkillSyncAction): Promise<void> {
    if (action.kind === 'mirror') return this.#mirror(manifest, action.skillName);
    if (action.kind === 'failed') {
      this.#context.progress.findings.push(action.finding);
      if (action.binding !== undefined)
        this.#context.state.setBinding(action.pluginId, action.skillName, {
          ...action.binding,
          last_error: action.finding.message,
          last_error_code: action.finding.code,
        });
      return;
    }
    if (action.reconciled) {
      this.#context.progress.reconciled.push(action.skillName);
      audit(this.#context, this.#at, 'skill_reconciled', action.pluginId, action.skillName, {
        version: action.binding.accepted_beaver_version,
      });
    }
    for (const id of action.published)
      this.#offers.close(id, (now) => ({
        ...now,
        status: 'published',
        published_version: action.binding.accepted_beaver_version,
      }));
    if (action.kind === 'offer') {
      const offered = await this.#offers.offer(manifest, action);
      if (offered === 'changing') return;
      this.#context.state.setBinding(
        action.pluginId,
        action.skillName,
        offered === 'offered'
          ? action.binding
          : { ...action.binding, status: 'synced', pending_candidate_id: null },
      );
    } else {
      if (action.kind === 'already_applied') {
        if (!(await this.#offers.snapshot(manifest, action.skillName, action.upstream))) return;
        this.#context.progress.alreadyApplied.push(action.skillName);
        audit(this.#context, this.#at, 'plugin_update_already_applied', action.pluginId, action.skillName, {
          upstream_tree_hash: action.upstream,
        });
      }
      this.#context.state.setBinding(action.pluginId, action.skillName, action.binding);
    }
    for (const id of action.supersedes)
      this.#offers.supersede(id, action.kind === 'offer' ? action.candidateId : null);
  }

  async #mirror(manifest: PluginManifest, skillName: string): Promise<void> {
    const declaration = manifest.skills.find((skill) => skill.name === skillName);
    if (declaration === undefined || (await this.#isAdopted(manifest.pluginId, skillName))) return;
    try {
      const skill = await checkMirrorable(
        this.#context.deps,
        manifest,
        declaration,
        this.#context.discovery.look,
      );
      const { binding, findings } = await planInitialMirror(
        this.#context.deps,
        this.#context.transaction,
        this.#context.index,
        skill,
      );
      this.#context.state.setBinding(manifest.pluginId, skillName, binding);
      this.#context.progress.mirrored.push(skillName);
      this.#context.progress.findings.push(...findings);
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      this.#context.progress.findings.push(findingFromError(error, manifest.displayPath));
    }
  }

  /** The workspace has taken the skill over: that the plugin still brings it is nobody's fault. */
  async #isAdopted(pluginId: string, skillName: string): Promise<boolean> {
    return isAdoptedFrom(await ifReadable(this.#context.deps.store.spec(skillName)), pluginId);
  }

  /** The installed version is the one whose skills are all accepted. */
  #settle(pluginId: string, manifest: PluginManifest): void {
    const plugin = this.#context.state.get(pluginId);
    const bindings = Object.values(plugin.skills);
    const failed = bindings.find((binding) => binding.status === 'error');
    if (failed !== undefined) {
      const { last_error, last_error_code } = failed;
      this.#context.state.set({ ...plugin, status: 'error', last_error, last_error_code });
    } else if (
      bindings.every(
        (binding) =>
          binding.pending_candidate_id === null &&
          binding.accepted_upstream_tree_hash === binding.observed_upstream_tree_hash,
      )
    ) {
      this.#context.state.set({ ...plugin, installed_version: manifest.version });
    }
  }
}
