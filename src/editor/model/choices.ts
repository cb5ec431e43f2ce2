import type { PluginPayload, SkillVersionPayload } from '../../app/payloads.ts';
import { joinParts } from './item-view.ts';
import { mergeModeLabel, skillCount, updateKindLabel, versionReasonLabel } from './labels.ts';
import { linkedSkills, type FolderSnapshot } from './snapshot.ts';
import type { Translate } from './translate.ts';
import { isToReview } from './update-nodes.ts';

/** One line of a quick pick, with what it stands for. */
export interface Choice<T> {
  readonly label: string;
  readonly description: string;
  readonly value: T;
}

export interface PluginChoice {
  readonly folder: string;
  readonly pluginId: string;
}

export interface SkillChoice {
  readonly folder: string;
  readonly pluginId: string | undefined;
  readonly skillName: string;
}

export interface UpdateChoice {
  readonly folder: string;
  readonly candidateId: string;
}

export type PluginAction = 'enable' | 'pause' | 'resume' | 'disable' | 'adopt' | 'reveal';

/** Whether an action makes sense for a plugin as it stands. The palette offers no others. */
export function canDo(action: PluginAction, plugin: PluginPayload): boolean {
  const missing = plugin.status === 'missing';
  switch (action) {
    case 'enable':
      return !plugin.enabled && !missing;
    case 'pause':
      return plugin.enabled && !plugin.updates_paused && !missing;
    case 'resume':
      return plugin.enabled && plugin.updates_paused && !missing;
    case 'disable':
      return plugin.enabled;
    case 'adopt':
      return plugin.skills.some((skill) => skill.current_beaver_version !== null);
    case 'reveal':
      return plugin.manifest_path !== null && !missing;
  }
}

export function pluginChoices(
  snapshots: readonly FolderSnapshot[],
  action: PluginAction,
  t: Translate,
): readonly Choice<PluginChoice>[] {
  return snapshots.flatMap((snapshot) =>
    snapshot.plugins
      .filter((plugin) => canDo(action, plugin))
      .map((plugin) => ({
        label: plugin.name,
        description: joinParts(
          plugin.discovered_version ?? plugin.installed_version,
          skillCount(plugin.skills.length, t),
          folderName(snapshot, snapshots),
        ),
        value: { folder: snapshot.folder, pluginId: plugin.id },
      })),
  );
}

/** Skills that came from a plugin; with `editedOnly` those that are known to have edits in a runtime target. */
export function skillChoices(
  snapshots: readonly FolderSnapshot[],
  options: { readonly editedOnly?: boolean; readonly pluginId?: string | undefined } = {},
): readonly Choice<SkillChoice>[] {
  return snapshots.flatMap((snapshot) =>
    linkedSkills(snapshot)
      .filter(({ plugin }) => options.pluginId === undefined || plugin.id === options.pluginId)
      .filter(({ skill }) => options.editedOnly !== true || snapshot.marks.get(skill.name) === 'edited')
      .map(({ plugin, skill }) => ({
        label: skill.name,
        description: joinParts(skill.current_beaver_version, plugin.name, folderName(snapshot, snapshots)),
        value: { folder: snapshot.folder, pluginId: plugin.id, skillName: skill.name },
      })),
  );
}

/** Updates that a person has still to decide about; with `undraftedOnly` those without a draft, or with one that is out of date. */
export function updateChoices(
  snapshots: readonly FolderSnapshot[],
  options: { readonly undraftedOnly?: boolean },
  t: Translate,
): readonly Choice<UpdateChoice>[] {
  return snapshots.flatMap((snapshot) =>
    snapshot.updates
      .filter(isToReview)
      .filter((update) => options.undraftedOnly !== true || update.draft_id === null || update.stale)
      .map((update) => ({
        label: update.skill_name,
        description: joinParts(
          updateKindLabel(update.kind, t),
          mergeModeLabel(update.merge_mode, t),
          update.plugin_version,
          folderName(snapshot, snapshots),
        ),
        value: { folder: snapshot.folder, candidateId: update.candidate_id },
      })),
  );
}

/** Newest first, without `except`. */
export function versionChoices(
  versions: readonly SkillVersionPayload[],
  except: string | undefined,
  formatTime: (iso: string) => string,
  t: Translate,
): readonly Choice<string>[] {
  return [...versions]
    .reverse()
    .filter(({ version }) => version !== except)
    .map(({ version, created_at: createdAt, reason }) => ({
      label: version,
      description: joinParts(formatTime(createdAt), versionReasonLabel(reason, t)),
      value: version,
    }));
}

function folderName(snapshot: FolderSnapshot, all: readonly FolderSnapshot[]): string {
  return all.length > 1 ? snapshot.name : '';
}
