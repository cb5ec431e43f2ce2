import type { Finding } from '../../base/errors.ts';
import type { PluginSkillBinding } from '../plugins/models.ts';
import { classifyPluginSkillUpdate, type MergeMode, pluginUpdateId } from '../learning/candidates.ts';
import { versionNumber } from '../skills/models.ts';

/**
 * What a sync would do, as plain data. {@link planSync} makes it from what was read; the executor applies it, and the tests, the trees and
 * the command line read the same plan.
 */
export interface SyncPlan {
  readonly skills: readonly SkillSyncAction[];
}

interface ActionBase {
  readonly pluginId: string;
  readonly skillName: string;
  /** The binding as it will be stored. */
  readonly binding: PluginSkillBinding;
  /** True when the published version had not been acknowledged and now is. */
  readonly reconciled: boolean;
  /** Pending updates that this action closes as published, because the current version came from them. */
  readonly published: readonly string[];
}

export type SkillSyncAction =
  /** Nothing new upstream. `supersedes`: pending updates to an upstream that was withdrawn. */
  | (ActionBase & { readonly kind: 'unchanged'; readonly supersedes: readonly string[] })
  /** Local has what upstream brings. */
  | (ActionBase & {
      readonly kind: 'already_applied';
      readonly upstream: string;
      readonly supersedes: readonly string[];
    })
  /** An update to offer. */
  | (ActionBase & {
      readonly kind: 'offer';
      readonly candidateId: string;
      readonly mode: MergeMode;
      readonly base: string;
      readonly upstream: string;
      readonly localVersion: string;
      readonly supersedes: readonly string[];
    })
  /** The plugin's release has a skill that is not mirrored yet. */
  | { readonly kind: 'mirror'; readonly pluginId: string; readonly skillName: string }
  /** The skill cannot be synced now; it stays as it is. */
  | {
      readonly kind: 'failed';
      readonly pluginId: string;
      readonly skillName: string;
      readonly binding: PluginSkillBinding | undefined;
      readonly finding: Finding;
    };

/** One linked or declared skill of an enabled plugin, as it was read. */
export interface SkillObservation {
  readonly pluginId: string;
  readonly skillName: string;
  readonly binding: PluginSkillBinding | undefined;
  /** Undefined when the skill is not in the store. */
  readonly current: { readonly version: string; readonly tree_hash: string } | undefined;
  /** The versions from the current one down to the accepted one, newest first, with their provenance. */
  readonly ancestry: readonly AncestorVersion[];
  /** Tree hash of the skill in the plugin now; `removed` when the plugin no longer declares it. */
  readonly upstream:
    | { readonly kind: 'tree'; readonly hash: string }
    | { readonly kind: 'removed' }
    | { readonly kind: 'failed'; readonly finding: Finding };
  /** Pending updates of this plugin for this skill, by id. */
  readonly pending: readonly string[];
}

export interface AncestorVersion {
  readonly version: string;
  readonly provenance: Readonly<Record<string, unknown>>;
  /** True when the upstream snapshot that the provenance names is in the store. */
  readonly snapshotExists: boolean;
}

export function planSync(observations: readonly SkillObservation[]): SyncPlan {
  return { skills: observations.map(planSkill) };
}

function planSkill(seen: SkillObservation): SkillSyncAction {
  const { pluginId, skillName } = seen;
  if (seen.binding === undefined) {
    return seen.upstream.kind === 'failed'
      ? { kind: 'failed', pluginId, skillName, binding: undefined, finding: seen.upstream.finding }
      : { kind: 'mirror', pluginId, skillName };
  }
  if (seen.current === undefined) {
    return {
      kind: 'failed',
      pluginId,
      skillName,
      binding: { ...seen.binding, status: 'error' },
      finding: notInStore(skillName),
    };
  }
  const { binding, reconciled, published } = reconcile(seen.binding, seen);
  if (seen.upstream.kind === 'failed') {
    const { finding } = seen.upstream;
    const told = { last_error: finding.message, last_error_code: finding.code };
    const failed = { ...binding, status: 'error' as const, ...told };
    return { kind: 'failed', pluginId, skillName, binding: failed, finding };
  }
  const common = { pluginId, skillName, reconciled, published };
  const current = {
    ...binding,
    current_beaver_version: seen.current.version,
    last_error: null,
    last_error_code: null,
  };
  const pending = seen.pending.filter((id) => !published.includes(id));
  if (seen.upstream.kind === 'removed') {
    return {
      ...common,
      kind: 'unchanged',
      binding: { ...current, status: 'missing', pending_candidate_id: null },
      supersedes: pending,
    };
  }
  const base = current.accepted_upstream_tree_hash;
  const upstream = seen.upstream.hash;
  if (base === null) {
    return {
      kind: 'failed',
      pluginId,
      skillName,
      binding: { ...current, status: 'error' },
      finding: noBase(skillName),
    };
  }
  const mode = classifyPluginSkillUpdate(base, seen.current.tree_hash, upstream);
  const observed = { ...current, observed_upstream_tree_hash: upstream };
  switch (mode) {
    case 'unchanged':
      return {
        ...common,
        kind: 'unchanged',
        binding: { ...observed, status: 'synced', pending_candidate_id: null },
        supersedes: pending,
      };
    case 'already_applied': {
      const accepted = {
        ...observed,
        status: 'synced' as const,
        accepted_upstream_tree_hash: upstream,
        accepted_beaver_version: newer(current.accepted_beaver_version, seen.current.version),
        pending_candidate_id: null,
      };
      return { ...common, kind: 'already_applied', binding: accepted, upstream, supersedes: pending };
    }
    case 'fast_forward':
    case 'three_way': {
      const candidateId = pluginUpdateId(pluginId, skillName, upstream);
      const offered = { ...observed, status: 'update_pending' as const, pending_candidate_id: candidateId };
      const supersedes = pending.filter((id) => id !== candidateId);
      return {
        ...common,
        kind: 'offer',
        binding: offered,
        candidateId,
        mode,
        base,
        upstream,
        localVersion: seen.current.version,
        supersedes,
      };
    }
  }
}

/**
 * Takes in publications that were never acknowledged. The pointer may have been rolled back to an older version: then nothing moves,
 * an accepted version is never given up.
 */
export function reconcile(
  binding: PluginSkillBinding,
  seen: Pick<SkillObservation, 'pluginId' | 'skillName' | 'ancestry'>,
): {
  readonly binding: PluginSkillBinding;
  readonly reconciled: boolean;
  readonly published: readonly string[];
} {
  const accepted =
    binding.accepted_beaver_version === null ? 0 : versionNumber(binding.accepted_beaver_version);
  const publication = seen.ancestry.find(
    (ancestor) =>
      versionNumber(ancestor.version) > accepted &&
      ancestor.snapshotExists &&
      ancestor.provenance['proposal_kind'] === 'plugin_skill_update' &&
      ancestor.provenance['plugin_id'] === seen.pluginId &&
      typeof ancestor.provenance['new_upstream_tree_hash'] === 'string',
  );
  if (publication === undefined) return { binding, reconciled: false, published: [] };
  const upstream = String(publication.provenance['new_upstream_tree_hash']);
  const candidateId = pluginUpdateId(seen.pluginId, seen.skillName, upstream);
  const cleared = binding.pending_candidate_id === candidateId ? null : binding.pending_candidate_id;
  return {
    binding: {
      ...binding,
      accepted_upstream_tree_hash: upstream,
      observed_upstream_tree_hash: upstream,
      accepted_beaver_version: publication.version,
      pending_candidate_id: cleared,
      status: cleared === null ? 'synced' : binding.status,
    },
    reconciled: true,
    published: [candidateId],
  };
}

function newer(a: string | null, b: string): string {
  return a !== null && versionNumber(a) >= versionNumber(b) ? a : b;
}

function notInStore(skillName: string): Finding {
  return {
    code: 'linked_skill_missing',
    severity: 'error',
    message: `The linked skill "${skillName}" is not in the managed store.`,
    next_step: 'Restore its folder from version control or a backup, or adopt or disable it.',
    path: skillName,
  };
}

function noBase(skillName: string): Finding {
  return {
    code: 'accepted_upstream_unknown',
    severity: 'error',
    message: `It is not known which upstream "${skillName}" was built on.`,
    next_step: 'Disable and enable the plugin again to mirror it anew.',
    path: skillName,
  };
}
