import { BeaverError, findingFromError } from '../../base/errors.ts';
import { type Candidate, isPending } from '../learning/candidates.ts';
import type { PluginManifest } from '../plugins/models.ts';
import { planSnapshot } from './initial-mirror.ts';
import type { SkillSyncAction } from './sync-plan.ts';
import { audit, type SyncContext } from './sync-context.ts';

/** What one sync offers for review, and what it takes back. */
export class SyncOffers {
  readonly #context: SyncContext;
  readonly #at: string;

  /** `at` is when the sync runs, as it is recorded. */
  constructor(context: SyncContext, at: string) {
    this.#context = context;
    this.#at = at;
  }

  /** Keeps the plugin's tree as the snapshot that the plan speaks of. @returns false when it has changed since: the next sync sees the new one. */
  async snapshot(manifest: PluginManifest, skillName: string, upstream: string): Promise<boolean> {
    const declaration = manifest.skills.find((skill) => skill.name === skillName);
    if (declaration === undefined) return false;
    try {
      const accepted =
        this.#context.state.get(manifest.pluginId).skills[skillName]?.accepted_upstream_tree_hash ?? null;
      const tree = await this.#context.deps.readTree(manifest, declaration, accepted);
      if (tree.treeHash === upstream) {
        await planSnapshot(this.#context.deps, this.#context.transaction, manifest, declaration, tree);
        return true;
      }
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      this.#context.progress.findings.push(findingFromError(error, manifest.displayPath));
      return false;
    }
    this.#context.progress.findings.push({
      code: 'plugin_changing',
      severity: 'info',
      message: `The skill "${skillName}" of the plugin changed while it was synced.`,
      next_step: 'Sync again when nothing writes to the plugin.',
      path: manifest.displayPath,
    });
    return false;
  }

  /** `declined`: the reviewer has rejected exactly this update before. `changing`: the plugin is being written to. */
  async offer(
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
    const known = this.#context.book.find(action.candidateId);
    const declined =
      known?.kind === 'plugin_skill_update' &&
      known.status === 'rejected' &&
      known.evidence.base_upstream_tree_hash === action.base;
    if (declined) return 'declined';
    const closed = known !== undefined && !isPending(known);
    if (
      (known === undefined || closed) &&
      !(await this.snapshot(manifest, action.skillName, action.upstream))
    )
      return 'changing';
    const [candidate, isNew] = this.#context.book.recordIfAbsent({
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
      this.#context.progress.created.push(action.candidateId);
      audit(this.#context, this.#at, 'plugin_update_created', action.pluginId, action.skillName, {
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
      this.close(action.candidateId, () => opened);
    }
    return 'offered';
  }

  supersede(candidateId: string, replacement: string | null): void {
    this.close(candidateId, (now) => ({ ...now, status: 'superseded', superseded_by: replacement }));
    this.#context.progress.superseded.push(candidateId);
    const candidate = this.#context.book.get(candidateId);
    audit(
      this.#context,
      this.#at,
      'plugin_update_superseded',
      candidate.evidence.plugin_id,
      candidate.skill_name,
      {
        candidate_id: candidateId,
        replacement_candidate_id: replacement,
      },
    );
  }

  close(candidateId: string, change: (candidate: Candidate) => Candidate): void {
    if (this.#context.book.find(candidateId) !== undefined)
      this.#context.book.update(candidateId, this.#at, change);
  }
}
