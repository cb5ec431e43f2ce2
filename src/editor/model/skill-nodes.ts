import type { SkillListPayload, SkillPayload, SkillVersionPayload } from '../../app/payloads.ts';
import { GOOD, joinParts, MUTED, type ItemView } from './item-view.ts';
import { versionReasonLabel } from './labels.ts';
import type { Translate } from './translate.ts';

/** A managed skill of the store, whether a plugin is behind it or not. */
export interface ManagedSkillNode {
  readonly kind: 'managedSkill';
  readonly folder: string;
  readonly skillName: string;
  readonly skill: SkillListPayload['skills'][number];
  /** Name of the workspace folder, where there are several. */
  readonly folderName: string | undefined;
}

export interface VersionNode {
  readonly kind: 'version';
  readonly folder: string;
  readonly skillName: string;
  readonly version: string;
  readonly entry: SkillVersionPayload;
  readonly current: boolean;
}

export type SkillTreeNode = ManagedSkillNode | VersionNode;

/** Newest first, as a history is read. */
export function versionNodes(folder: string, skill: SkillPayload): readonly VersionNode[] {
  return [...skill.versions].reverse().map((entry) => ({
    kind: 'version',
    folder,
    skillName: skill.name,
    version: entry.version,
    entry,
    current: entry.version === skill.current_version,
  }));
}

export function presentManagedSkill(node: ManagedSkillNode, t: Translate): ItemView {
  const { skill, skillName, folder, folderName } = node;
  const source = skill.plugin_id === null ? t('your own') : t('from {0}', skill.plugin_id);
  const state = skill.status === 'disabled' ? t('disabled') : '';
  return {
    id: `skill:${folder}:${skillName}`,
    label: skillName,
    description: joinParts(skill.current_version, source, state, folderName),
    tooltip: { heading: skillName, lines: skill.description === '' ? [] : [skill.description] },
    icon: skill.status === 'disabled' ? { id: 'circle-slash', color: MUTED } : { id: 'book' },
    context: 'managedSkill',
    expandable: 'collapsed',
    spoken: [skillName, skill.current_version, source, state].filter((part) => part !== '').join(', '),
  };
}

/** `formatTime` gives an ISO time as the reader writes times. */
export function presentVersion(
  node: VersionNode,
  formatTime: (iso: string) => string,
  t: Translate,
): ItemView {
  const { entry, version, skillName, folder, current } = node;
  const origin = versionOrigin(entry, t);
  const time = formatTime(entry.created_at);
  return {
    id: `version:${folder}:${skillName}:${version}`,
    label: version,
    description: joinParts(current ? t('current') : '', origin, time),
    tooltip: { heading: `${skillName} ${version}`, lines: [origin, ...provenanceLines(entry, t), time] },
    icon: current ? { id: 'pass-filled', color: GOOD } : versionIcon(entry.reason),
    context: current ? 'version current' : 'version earlier',
    expandable: 'none',
    spoken: [version, current ? t('current') : '', origin, time].filter((part) => part !== '').join(', '),
    command: { id: 'beaver.skills.openVersion', title: t('Open Version') },
  };
}

function versionOrigin({ reason, provenance }: SkillVersionPayload, t: Translate): string {
  if (reason === 'plugin_update' && provenance['merge_mode'] === 'three_way') return t('update merged');
  return versionReasonLabel(reason, t);
}

function provenanceLines({ provenance }: SkillVersionPayload, t: Translate): readonly string[] {
  const plugin = joinParts(text(provenance['plugin_id']), text(provenance['plugin_version']));
  const reviewer = text(provenance['reviewed_by']);
  return [
    ...(plugin === '' ? [] : [t('From {0}', plugin)]),
    ...(reviewer === '' ? [] : [t('Reviewed by {0}', reviewer)]),
  ];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function versionIcon(reason: string): ItemView['icon'] {
  switch (reason) {
    case 'plugin_initial_mirror':
      return { id: 'package' };
    case 'plugin_update':
      return { id: 'git-merge' };
    case 'proposed_revision':
      return { id: 'lightbulb' };
    default:
      return { id: 'edit' };
  }
}
