import { BeaverError, type Finding, findingFromError } from '../../base/errors.ts';
import { type AuditEventName, auditStep } from '../learning/audit.ts';
import { type Candidate, type CandidateBook, isPending } from '../learning/candidates.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { PluginManifest, PluginState } from '../plugins/models.ts';
import type { IndexBook } from '../skills/index-book.ts';
import type { Transaction } from '../skills/transaction.ts';
import { copiesOf } from '../skills/version-plan.ts';
import { planPlacements, timestamp } from '../skills/version-writer.ts';
import { isAdoptedFrom } from './adoption.ts';
import type { CapturedEdit } from './capture.ts';
import { checkMirrorable, planInitialMirror, planSnapshot } from './initial-mirror.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { discoveryError, observePlugin } from './observe.ts';
import type { StateBook } from './state-book.ts';
import { planSync, type SkillSyncAction } from './sync-plan.ts';
import { ifReadable, type SyncReader } from './sync-reader.ts';

export interface SyncProgress {
  readonly mirrored: string[];
  readonly created: string[];
  readonly superseded: string[];
  readonly alreadyApplied: string[];
  readonly reconciled: string[];
  readonly captured: CapturedEdit[];
  readonly findings: Finding[];
}

export interface SyncContext {
  readonly deps: MirrorDeps;
  readonly reader: SyncReader;
  readonly discovery: PluginDiscovery;
  readonly transaction: Transaction;
  readonly state: StateBook;
  readonly book: CandidateBook;
  readonly index: IndexBook;
  readonly progress: SyncProgress;
}

/** Carries out the plan of one sync, plugin by plugin, into one transaction. */
export class SyncRun {
  readonly #deps: MirrorDeps;
  readonly #reader: SyncReader;
  readonly #discovery: PluginDiscovery;
  readonly #transaction: Transaction;
  readonly #state: StateBook;
  readonly #book: CandidateBook;
  readonly #index: IndexBook;
  readonly #progress: SyncProgress;
  readonly #at: string;

  constructor(context: SyncContext) {
    this.#deps = context.deps;
    this.#reader = context.reader;
    this.#discovery = context.discovery;
    this.#transaction = context.transaction;
    this.#state = context.state;
    this.#book = context.book;
    this.#index = context.index;
    this.#progress = context.progress;
    this.#at = timestamp(context.deps.ports);
  }

  async plugin(plugin: PluginState): Promise<void> {
    const found = this.#reader.manifest(plugin.plugin_id);
    if (found === undefined) {
      const error = discoveryError(this.#discovery, plugin);
      if (error === undefined) this.#missing(plugin);
      else
        this.#state.set({
          ...plugin,
          status: 'error',
          last_error: error.message,
          last_error_code: error.code,
        });
      return;
    }
    const located = { ...plugin, manifest_path: found.displayPath };
    if (!plugin.enabled) {
      this.#state.set({ ...located, status: 'disabled', last_error: null, last_error_code: null });
      return;
    }
    this.#state.set({
      ...located,
      status: plugin.updates_paused ? 'paused' : 'synced',
      last_error: null,
      last_error_code: null,
    });
    if (plugin.updates_paused) return;
    const observations = await observePlugin(
      this.#deps,
      this.#reader,
      found,
      this.#state.get(plugin.plugin_id),
      this.#book,
    );
    for (const action of planSync(observations).skills) await this.#apply(found, action);
    this.#settle(plugin.plugin_id, found);
  }

  /** Puts linked skills back where agents read them and they are not: a new target, a folder that was removed, a crash. */
  async place(unplaced: readonly string[]): Promise<void> {
    const deps = this.#deps;
    for (const skillName of unplaced) {
      const loaded = await deps.store.load(skillName);
      const tree = await deps.store.versionTree(skillName, loaded.current.version);
      const files = copiesOf(tree.folder, tree.digest);
      this.#progress.findings.push(
        ...(await planPlacements(deps, this.#transaction, loaded.current, loaded.current, files)),
      );
    }
  }

  #missing(plugin: PluginState): void {
    if (plugin.status === 'missing') return;
    this.#state.set({
      ...plugin,
      status: 'missing',
      last_error: 'The plugin package is not there. Its skills stay active; updates are suspended.',
      last_error_code: 'package_missing',
    });
    this.#audit('plugin_missing', plugin.plugin_id, null, {});
  }

  async #apply(manifest: PluginManifest, action: SkillSyncAction): Promise<void> {
    if (action.kind === 'mirror') return this.#mirror(manifest, action.skillName);
    if (action.kind === 'failed') {
      this.#progress.findings.push(action.finding);
      if (action.binding !== undefined)
        this.#state.setBinding(action.pluginId, action.skillName, {
          ...action.binding,
          last_error: action.finding.message,
          last_error_code: action.finding.code,
        });
      return;
    }
    if (action.reconciled) {
      this.#progress.reconciled.push(action.skillName);
      this.#audit('skill_reconciled', action.pluginId, action.skillName, {
        version: action.binding.accepted_beaver_version,
      });
    }
    for (const id of action.published)
      this.#close(id, (now) => ({
        ...now,
        status: 'published',
        published_version: action.binding.accepted_beaver_version,
      }));
    if (action.kind === 'offer') {
      const offered = await this.#offer(manifest, action);
      if (offered === 'changing') return;
      this.#state.setBinding(
        action.pluginId,
        action.skillName,
        offered === 'offered'
          ? action.binding
          : { ...action.binding, status: 'synced', pending_candidate_id: null },
      );
    } else {
      if (action.kind === 'already_applied') {
        if (!(await this.#snapshot(manifest, action.skillName, action.upstream))) return;
        this.#progress.alreadyApplied.push(action.skillName);
        this.#audit('plugin_update_already_applied', action.pluginId, action.skillName, {
          upstream_tree_hash: action.upstream,
        });
      }
      this.#state.setBinding(action.pluginId, action.skillName, action.binding);
    }
    for (const id of action.supersedes)
      this.#supersede(id, action.kind === 'offer' ? action.candidateId : null);
  }

  async #mirror(manifest: PluginManifest, skillName: string): Promise<void> {
    const declaration = manifest.skills.find((skill) => skill.name === skillName);
    if (declaration === undefined || (await this.#isAdopted(manifest.pluginId, skillName))) return;
    try {
      const skill = await checkMirrorable(this.#deps, manifest, declaration, this.#discovery.look);
      const { binding, findings } = await planInitialMirror(
        this.#deps,
        this.#transaction,
        this.#index,
        skill,
      );
      this.#state.setBinding(manifest.pluginId, skillName, binding);
      this.#progress.mirrored.push(skillName);
      this.#progress.findings.push(...findings);
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      this.#progress.findings.push(findingFromError(error, manifest.displayPath));
    }
  }

  /** The workspace has taken the skill over: that the plugin still brings it is nobody's fault. */
  async #isAdopted(pluginId: string, skillName: string): Promise<boolean> {
    return isAdoptedFrom(await ifReadable(this.#deps.store.spec(skillName)), pluginId);
  }

  /** Keeps the plugin's tree as the snapshot that the plan speaks of. @returns false when it has changed since: the next sync sees the new one. */
  async #snapshot(manifest: PluginManifest, skillName: string, upstream: string): Promise<boolean> {
    const declaration = manifest.skills.find((skill) => skill.name === skillName);
    if (declaration === undefined) return false;
    try {
      const accepted =
        this.#state.get(manifest.pluginId).skills[skillName]?.accepted_upstream_tree_hash ?? null;
      const tree = await this.#deps.readTree(manifest, declaration, accepted);
      if (tree.treeHash === upstream) {
        await planSnapshot(this.#deps, this.#transaction, manifest, declaration, tree);
        return true;
      }
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      this.#progress.findings.push(findingFromError(error, manifest.displayPath));
      return false;
    }
    this.#progress.findings.push({
      code: 'plugin_changing',
      severity: 'info',
      message: `The skill "${skillName}" of the plugin changed while it was synced.`,
      next_step: 'Sync again when nothing writes to the plugin.',
      path: manifest.displayPath,
    });
    return false;
  }

  /** `declined`: the reviewer has rejected exactly this update before. `changing`: the plugin is being written to. */
  async #offer(
    manifest: PluginManifest,
    action: Extract<SkillSyncAction, { kind: 'offer' }>,
  ): Promise<'offered' | 'declined' | 'changing'> {
    const evidence = {
      plugin_id: action.pluginId,
      plugin_version: manifest.version,
      skill_name: action.skillName,
      merge_mode: action.mode,
      base_upstream_tree_hash: action.base,
      new_upstream_tree_hash: action.upstream,
      local_version: action.localVersion,
    };
    const known = this.#book.find(action.candidateId);
    const declined =
      known?.kind === 'plugin_skill_update' &&
      known.status === 'rejected' &&
      known.evidence.base_upstream_tree_hash === action.base;
    if (declined) return 'declined';
    const closed = known !== undefined && !isPending(known);
    if (
      (known === undefined || closed) &&
      !(await this.#snapshot(manifest, action.skillName, action.upstream))
    )
      return 'changing';
    const [candidate, isNew] = this.#book.recordIfAbsent({
      schema_version: 1,
      candidate_id: action.candidateId,
      kind: 'plugin_skill_update',
      skill_name: action.skillName,
      status: 'open',
      priority: 10,
      confidence: 1,
      trigger_reason: 'plugin_update',
      draft_id: null,
      open_conflicts: null,
      published_version: null,
      superseded_by: null,
      created_at: this.#at,
      updated_at: this.#at,
      evidence,
    });
    if (candidate.kind !== 'plugin_skill_update') return 'declined';
    const { evidence: before } = candidate;
    const moved =
      before.local_version !== action.localVersion ||
      before.merge_mode !== action.mode ||
      before.base_upstream_tree_hash !== action.base;
    if (isNew || closed) {
      this.#progress.created.push(action.candidateId);
      this.#audit('plugin_update_created', action.pluginId, action.skillName, {
        candidate_id: action.candidateId,
        merge_mode: action.mode,
      });
    }
    // The same upstream may come again after another one, or the skill may have moved on: then it is opened anew, on today's base.
    if (closed || moved) {
      const opened: Candidate = {
        ...candidate,
        status: 'open',
        draft_id: null,
        open_conflicts: null,
        superseded_by: null,
        evidence,
      };
      this.#close(action.candidateId, () => opened);
    }
    return 'offered';
  }

  #supersede(candidateId: string, replacement: string | null): void {
    this.#close(candidateId, (now) => ({ ...now, status: 'superseded', superseded_by: replacement }));
    this.#progress.superseded.push(candidateId);
    const candidate = this.#book.get(candidateId);
    this.#audit('plugin_update_superseded', candidate.evidence.plugin_id, candidate.skill_name, {
      candidate_id: candidateId,
      replacement_candidate_id: replacement,
    });
  }

  #close(candidateId: string, change: (candidate: Candidate) => Candidate): void {
    if (this.#book.find(candidateId) !== undefined) this.#book.update(candidateId, this.#at, change);
  }

  /** The installed version is the one whose skills are all accepted. */
  #settle(pluginId: string, manifest: PluginManifest): void {
    const plugin = this.#state.get(pluginId);
    const bindings = Object.values(plugin.skills);
    const failed = bindings.find((binding) => binding.status === 'error');
    if (failed !== undefined) {
      const { last_error, last_error_code } = failed;
      this.#state.set({ ...plugin, status: 'error', last_error, last_error_code });
    } else if (
      bindings.every(
        (binding) =>
          binding.pending_candidate_id === null &&
          binding.accepted_upstream_tree_hash === binding.observed_upstream_tree_hash,
      )
    ) {
      this.#state.set({ ...plugin, installed_version: manifest.version });
    }
  }

  #audit(
    event: AuditEventName,
    pluginId: string | null,
    skillName: string | null,
    detail: NonNullable<Parameters<typeof auditStep>[5]['detail']>,
  ): void {
    const { layout, ports, actor } = this.#deps;
    this.#transaction.add(
      auditStep(layout, ports.ids.transaction(), this.#at, actor, event, {
        plugin_id: pluginId,
        skill_name: skillName,
        detail,
      }),
    );
  }
}
