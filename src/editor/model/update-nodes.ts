import type { UpdatePayload } from '../../app/payloads.ts';
import { ATTENTION, GOOD, joinParts, MUTED, NEWS, type ItemView } from './item-view.ts';
import { conflictCount, mergeModeLabel, updateExplanation, updateKindLabel } from './labels.ts';
import type { FolderSnapshot } from './snapshot.ts';
import type { Translate } from './translate.ts';

export type UpdateGroup = 'conflicts' | 'ready' | 'waiting' | 'published';

export interface UpdateGroupNode {
  readonly kind: 'group';
  readonly group: UpdateGroup;
  readonly updates: readonly UpdateNode[];
}

export interface UpdateNode {
  readonly kind: 'update';
  readonly folder: string;
  readonly candidateId: string;
  readonly skillName: string;
  readonly update: UpdatePayload;
  readonly group: UpdateGroup;
  /** Name of the workspace folder, where there are several. */
  readonly folderName: string | undefined;
}

export type UpdateTreeNode = UpdateGroupNode | UpdateNode;

/** How many of the published ones are "lately". */
const LATELY = 10;
const GROUPS: readonly UpdateGroup[] = ['conflicts', 'ready', 'waiting', 'published'];

/** Where an update stands, or undefined when nobody has to see it any more (rejected, superseded). */
export function updateGroup(update: UpdatePayload): UpdateGroup | undefined {
  switch (update.status) {
    case 'open':
      return 'waiting';
    case 'drafted':
    case 'ready':
      // What a draft on another version came to says nothing: it waits to be made again.
      if (update.stale) return 'waiting';
      return openConflicts(update) > 0 ? 'conflicts' : 'ready';
    case 'published':
      return 'published';
    case 'rejected':
    case 'superseded':
      return undefined;
  }
}

/** In the draft as it stands; none in one that is out of date. */
export function openConflicts({ stale, conflicts }: UpdatePayload): number {
  return stale ? 0 : (conflicts ?? 0);
}

/** True while a person can still decide about it: what the badge and the status bar count. */
export function isToReview(update: UpdatePayload): boolean {
  const group = updateGroup(update);
  return group !== undefined && group !== 'published';
}

/** The groups that have something in them, in the order of what needs a person most. */
export function updateGroups(snapshots: readonly FolderSnapshot[]): readonly UpdateGroupNode[] {
  const several = snapshots.length > 1;
  const nodes = snapshots.flatMap((snapshot) =>
    snapshot.updates.flatMap((update): UpdateNode[] => {
      const group = updateGroup(update);
      if (group === undefined) return [];
      return [
        {
          kind: 'update',
          folder: snapshot.folder,
          candidateId: update.candidate_id,
          skillName: update.skill_name,
          update,
          group,
          folderName: several ? snapshot.name : undefined,
        },
      ];
    }),
  );
  return GROUPS.map((group): UpdateGroupNode => {
    const members = nodes.filter((node) => node.group === group);
    return { kind: 'group', group, updates: group === 'published' ? newest(members) : members };
  }).filter(({ updates }) => updates.length > 0);
}

function newest(nodes: readonly UpdateNode[]): readonly UpdateNode[] {
  return [...nodes].sort((a, b) => b.update.updated_at.localeCompare(a.update.updated_at)).slice(0, LATELY);
}

export function presentGroup(node: UpdateGroupNode, t: Translate): ItemView {
  const label = groupLabel(node.group, t);
  return {
    id: `group:${node.group}`,
    label,
    description: String(node.updates.length),
    tooltip: { heading: label, lines: [groupExplanation(node.group, t)] },
    icon: groupIcon(node.group),
    context: `group ${node.group}`,
    expandable: node.group === 'published' ? 'collapsed' : 'expanded',
    spoken: `${label}, ${node.updates.length}`,
  };
}

export function presentUpdate(node: UpdateNode, t: Translate): ItemView {
  const { update } = node;
  const what = joinParts(updateKindLabel(update.kind, t), mergeModeLabel(update.merge_mode, t));
  const source = joinParts(update.plugin_id, update.plugin_version);
  const state = updateState(node, t);
  return {
    id: `update:${node.folder}:${update.candidate_id}`,
    label: update.skill_name,
    description: joinParts(state, update.plugin_version, node.folderName),
    tooltip: {
      heading: update.skill_name,
      lines: [
        what,
        ...(update.reason === null ? [] : [t('Reason: {0}', update.reason)]),
        updateExplanation(update, t),
        ...(source === '' ? [] : [t('From {0}', source)]),
        nextStep(node, t),
      ],
    },
    icon: updateIcon(node),
    context: updateContext(node),
    expandable: 'none',
    spoken: [update.skill_name, state, what].join(', '),
    ...(node.group === 'published'
      ? { command: { id: 'beaver.skills.openSkill', title: t('Open Skill') } }
      : { command: { id: 'beaver.updates.review', title: t('Review Update') } }),
  };
}

function updateState({ group, update }: UpdateNode, t: Translate): string {
  switch (group) {
    case 'conflicts':
      return conflictCount(openConflicts(update), t);
    case 'ready':
      return update.status === 'drafted' ? t('held back by a check') : mergeModeLabel(update.merge_mode, t);
    case 'waiting':
      return update.stale ? t('draft out of date') : mergeModeLabel(update.merge_mode, t);
    case 'published':
      return update.version ?? t('published');
  }
}

function updateIcon({ group, update }: UpdateNode): ItemView['icon'] {
  switch (group) {
    case 'conflicts':
      return { id: 'git-merge', color: ATTENTION };
    case 'ready':
      return update.status === 'drafted'
        ? { id: 'shield', color: ATTENTION }
        : { id: 'git-pull-request', color: NEWS };
    case 'waiting':
      if (update.stale) return { id: 'history', color: ATTENTION };
      return { id: update.merge_mode === 'fast_forward' ? 'arrow-circle-up' : 'git-compare', color: NEWS };
    case 'published':
      return { id: 'pass', color: GOOD };
  }
}

function groupIcon(group: UpdateGroup): ItemView['icon'] {
  switch (group) {
    case 'conflicts':
      return { id: 'warning', color: ATTENTION };
    case 'ready':
      return { id: 'eye' };
    case 'waiting':
      return { id: 'inbox' };
    case 'published':
      return { id: 'history', color: MUTED };
  }
}

function updateContext({ group, update }: UpdateNode): string {
  if (group === 'published') return 'update published';
  return update.draft_id === null || update.stale ? 'update reviewable draftable' : 'update reviewable';
}

function groupLabel(group: UpdateGroup, t: Translate): string {
  switch (group) {
    case 'conflicts':
      return t('Conflicts');
    case 'ready':
      return t('Ready to Review');
    case 'waiting':
      return t('Waiting');
    case 'published':
      return t('Published Lately');
  }
}

/** What there is to do about one update: a revision does not come from a plugin. */
function nextStep({ group, update }: UpdateNode, t: Translate): string {
  if (update.stale)
    return t('The skill has changed since the draft was made. Draft it again to take the changes in.');
  if (update.kind === 'skill_revision' && group === 'conflicts')
    return t('You have changed the lines that it changes. Review it and choose.');
  if (update.kind === 'skill_revision' && group === 'waiting')
    return t('Somebody proposes a change. Review it to see what it does to your skill.');
  return groupExplanation(group, t);
}

function groupExplanation(group: UpdateGroup, t: Translate): string {
  switch (group) {
    case 'conflicts':
      return t('You and the plugin changed the same lines. Review the update and choose.');
    case 'ready':
      return t('Merged. Review the result, then approve and publish it.');
    case 'waiting':
      return t('The plugin released something new. Review the update to see how it merges with your skill.');
    case 'published':
      return t('Live now. Earlier versions can be brought back with Roll Back.');
  }
}
