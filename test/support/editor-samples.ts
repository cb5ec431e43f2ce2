import type { PluginPayload, UpdatePayload } from '../../src/app/payloads.ts';
import { emptySnapshot, type FolderSnapshot } from '../../src/editor/model/snapshot.ts';

type Skill = PluginPayload['skills'][number];

/** A mirrored skill, as the plugin released it. */
export function sampleSkill(name: string, part: Partial<Skill> = {}): Skill {
  return {
    name,
    status: 'synced',
    current_beaver_version: 'v0001',
    accepted_upstream_tree_hash: 'a'.repeat(64),
    observed_upstream_tree_hash: 'a'.repeat(64),
    accepted_beaver_version: 'v0001',
    pending_candidate_id: null,
    ...part,
  };
}

/** A skill that its plugin offers, not mirrored. */
export function offeredSkill(name: string, part: Partial<Skill> = {}): Skill {
  return sampleSkill(name, {
    status: 'discovered',
    current_beaver_version: null,
    accepted_upstream_tree_hash: null,
    observed_upstream_tree_hash: null,
    accepted_beaver_version: null,
    ...part,
  });
}

/** An enabled plugin in sync. */
export function samplePlugin(id: string, part: Partial<PluginPayload> = {}): PluginPayload {
  return {
    id,
    name: id,
    discovered_version: '1.0.0',
    installed_version: '1.0.0',
    enabled: true,
    status: 'synced',
    last_error: null,
    manifest_path: `plugins/${id}/beaver.plugin.json`,
    updates_paused: false,
    skills: [sampleSkill(`${id}-skill`)],
    ...part,
  };
}

/** An update that was just found: no draft yet. */
export function sampleUpdate(skillName: string, part: Partial<UpdatePayload> = {}): UpdatePayload {
  return {
    candidate_id: `plugin-update:sample:${skillName}:000000000000`,
    plugin_id: 'sample',
    plugin_version: '1.1.0',
    skill_name: skillName,
    kind: 'plugin_skill_update',
    merge_mode: 'three_way',
    status: 'open',
    draft_id: null,
    conflicts: null,
    stale: false,
    version: null,
    reason: null,
    created_at: '2026-11-20T08:00:00.000Z',
    updated_at: '2026-11-20T08:00:00.000Z',
    ...part,
  };
}

/** A folder that was read. */
export function sampleSnapshot(part: Partial<FolderSnapshot> = {}): FolderSnapshot {
  return { ...emptySnapshot('file:///workspace', 'workspace'), phase: 'ready', ...part };
}
