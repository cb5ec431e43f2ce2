import {
  ATTENTION,
  FAILURE,
  GOOD,
  joinParts,
  MUTED,
  NEWS,
  type ItemIcon,
  type ItemView,
} from './item-view.ts';
import { conflictCount, skillCount, updateCount } from './labels.ts';
import {
  pluginState,
  type BrokenNode,
  type FolderNode,
  type NextStepNode,
  type PluginNode,
  type PluginState,
  type PluginTreeNode,
  type SkillNode,
  packageName,
} from './plugin-nodes.ts';
import { toReviewText } from './status-text.ts';
import { openConflicts } from './update-nodes.ts';
import type { Translate } from './translate.ts';
import { failureWords } from './failure-words.ts';
import { findingText } from './finding-text.ts';

/** The status of a skill that the workspace has taken over from its plugin. */
const ADOPTED = 'adopted';

/** How a node of the Plugins tree looks and what can be done with it. */
export function presentPluginNode(node: PluginTreeNode, t: Translate): ItemView {
  switch (node.kind) {
    case 'folder':
      return presentFolder(node, t);
    case 'plugin':
      return presentPlugin(node, t);
    case 'skill':
      return presentSkill(node, t);
    case 'broken':
      return presentBroken(node, t);
    case 'nextStep':
      return presentNextStep(node, t);
  }
}

function presentFolder(node: FolderNode, t: Translate): ItemView {
  const description = node.toReview === 0 ? '' : toReviewText(node.toReview, t);
  return {
    id: `folder:${node.folder}`,
    label: node.name,
    description,
    tooltip: { heading: node.name, lines: description === '' ? [] : [description] },
    icon: { id: 'root-folder' },
    context: 'folder',
    expandable: 'expanded',
    spoken: joinParts(node.name, description),
  };
}

function presentPlugin(node: PluginNode, t: Translate): ItemView {
  const { plugin } = node;
  const state = pluginState(plugin);
  const edited = node.skills.filter(({ mark }) => mark === 'edited').length;
  const status = joinParts(
    pluginStatus(node, state, t),
    edited === 0 ? '' : edited === 1 ? t('1 edited') : t('{0} edited', edited),
  );
  return {
    id: `plugin:${node.folder}:${plugin.id}`,
    label: plugin.name,
    description: joinParts(status, versions(node, state)),
    tooltip: {
      heading: plugin.name,
      lines: [
        ...pluginExplanation(node, state, t),
        ...node.findings.flatMap((finding) => {
          const { message, nextStep } = findingText(finding, t);
          return [message, nextStep];
        }),
        ...(plugin.manifest_path === null ? [] : [plugin.manifest_path]),
      ],
    },
    icon: pluginIcon(state, node.findings.length > 0),
    context: pluginContext(node, state),
    expandable:
      node.skills.length === 0 ? 'none' : state === 'updates' || edited > 0 ? 'expanded' : 'collapsed',
    spoken: [plugin.name, ...(versions(node, state) === '' ? [] : [versions(node, state)]), status].join(
      ', ',
    ),
  };
}

function versions({ plugin }: PluginNode, state: PluginState): string {
  const { installed_version: installed, discovered_version: discovered } = plugin;
  if (state === 'updates' && installed !== null && discovered !== null && installed !== discovered) {
    return `${installed} → ${discovered}`;
  }
  return (state === 'missing' ? (installed ?? discovered) : (discovered ?? installed)) ?? '';
}

function pluginStatus({ plugin }: PluginNode, state: PluginState, t: Translate): string {
  switch (state) {
    case 'error':
      return t('failed');
    case 'missing':
      return t('package missing');
    case 'conflict':
      return t('a skill name is taken');
    case 'available':
      return t('not enabled');
    case 'disabled':
      return t('disabled');
    case 'paused':
      return t('updates paused');
    case 'updates':
      return updateCount(plugin.skills.filter((skill) => skill.pending_candidate_id !== null).length, t);
    case 'synced':
      return t('in sync');
  }
}

function pluginExplanation(node: PluginNode, state: PluginState, t: Translate): readonly string[] {
  const { plugin } = node;
  const failure =
    plugin.last_error === null
      ? []
      : [failureWords(node.failure ?? { code: null, message: plugin.last_error }, node.findings, t)];
  const skills = skillCount(plugin.skills.length, t);
  switch (state) {
    case 'error':
      return [t('The last sync of this plugin failed. Its published skills stay in use.'), ...failure];
    case 'missing':
      return [
        t('The package is not there any more. Its current skills stay active, but updates are suspended.'),
        t('Put the package back, adopt its skills to keep them for good, or disable the plugin.'),
      ];
    case 'conflict':
      return [
        t('A managed skill of the same name already belongs to someone else. It was left as it is.'),
        ...failure,
      ];
    case 'available':
      return [
        isCollection(plugin.manifest_path)
          ? t('A collection of {0} without a manifest. Enable it to mirror its skills.', skills)
          : t('Offers {0}. Enable it to mirror them as managed skills.', skills),
      ];
    case 'disabled':
      return [t('Its skills are kept but not active. Enable the plugin to bring them back.')];
    case 'paused':
      return [t('Its skills stay active. New releases are not looked at until you resume updates.')];
    case 'updates':
      return [t('The plugin released something new. Review the updates to take them in.')];
    case 'synced':
      return [t('Its skills are mirrored and up to date.')];
  }
}

function isCollection(manifestPath: string | null): boolean {
  return manifestPath?.endsWith('.json') !== true;
}

function pluginIcon(state: PluginState, hasFindings: boolean): ItemIcon {
  switch (state) {
    case 'error':
      return { id: 'error', color: FAILURE };
    case 'missing':
    case 'conflict':
      return { id: 'warning', color: ATTENTION };
    case 'available':
      return { id: 'circle-large-outline', color: MUTED };
    case 'disabled':
      return { id: 'circle-slash', color: MUTED };
    case 'paused':
      return { id: 'debug-pause', color: MUTED };
    case 'updates':
      return { id: 'arrow-circle-up', color: NEWS };
    case 'synced':
      return hasFindings ? { id: 'info', color: ATTENTION } : { id: 'pass', color: GOOD };
  }
}

function pluginContext({ plugin }: PluginNode, state: PluginState): string {
  const words = ['plugin', state];
  if (!plugin.enabled && state !== 'missing') words.push('enableable');
  if (plugin.enabled) words.push('disableable');
  if (plugin.enabled && state !== 'missing') words.push(plugin.updates_paused ? 'resumable' : 'pausable');
  if (plugin.manifest_path !== null && state !== 'missing') words.push('revealable');
  return words.join(' ');
}

function presentSkill(node: SkillNode, t: Translate): ItemView {
  const linked = node.skill.current_beaver_version !== null;
  const status = skillStatus(node, t);
  return {
    id: `skill:${node.folder}:${node.pluginId}:${node.skillName}`,
    label: node.skillName,
    description: joinParts(node.skill.current_beaver_version, status),
    tooltip: { heading: node.skillName, lines: skillExplanation(node, t) },
    icon: skillIcon(node),
    context: skillContext(node),
    expandable: 'none',
    spoken: [node.skillName, node.skill.current_beaver_version, status]
      .filter((part) => part !== null)
      .join(', '),
    ...(linked ? { command: { id: 'beaver.skills.openSkill', title: t('Open Skill') } } : {}),
  };
}

function hasLearned({ skill }: SkillNode): boolean {
  return (
    skill.accepted_beaver_version !== null && skill.current_beaver_version !== skill.accepted_beaver_version
  );
}

function skillStatus(node: SkillNode, t: Translate): string {
  const { skill, update, mark, state } = node;
  if (skill.status === 'conflict') return t('name taken');
  if (skill.status === 'error') return t('failed');
  if (skill.status === ADOPTED) return t('adopted');
  if (skill.current_beaver_version === null) return '';
  if (state === 'disabled' || skill.status === 'disabled') return t('disabled');
  const conflicts = update === undefined ? 0 : openConflicts(update);
  return joinParts(
    mark === 'edited' ? t('edited') : mark === 'occupied' ? t('target occupied') : '',
    update === undefined ? '' : conflicts > 0 ? conflictCount(conflicts, t) : t('update'),
    mark === undefined && update === undefined && hasLearned(node) ? t('learned') : '',
  );
}

function skillExplanation(node: SkillNode, t: Translate): readonly string[] {
  const { skill, update, mark, state } = node;
  const lines: string[] = [];
  if (skill.status === 'conflict') {
    lines.push(t('A managed skill of the same name already belongs to someone else. It was left as it is.'));
  }
  if (skill.status === 'error') {
    lines.push(t('The last sync of this skill failed. What is published stays in use.'));
    if (node.failure !== undefined) lines.push(failureWords(node.failure, [], t));
  }
  if (skill.current_beaver_version === null) {
    if (skill.status === ADOPTED) {
      lines.push(t('You adopted this skill: it is yours, and releases of the plugin no longer change it.'));
    } else if (lines.length === 0) lines.push(t('Offered by the plugin; not mirrored.'));
    return lines;
  }
  if (mark === 'edited') {
    lines.push(t('Edited where agents read it. Capture the edits to keep them as a new version.'));
  }
  if (mark === 'occupied') {
    lines.push(
      t('A folder that is not Beaver’s has this name where agents read skills. It was left as it is.'),
    );
  }
  if (update !== undefined) lines.push(t('An update of the plugin waits for your review.'));
  if (state === 'missing') {
    lines.push(t('The package is not there any more. This skill stays active, but updates are suspended.'));
  }
  lines.push(
    hasLearned(node)
      ? t(
          'Version {0}: has what you added since {1}.',
          skill.current_beaver_version,
          skill.accepted_beaver_version ?? '',
        )
      : t('Version {0}: as the plugin released it.', skill.current_beaver_version),
  );
  return lines;
}

function skillIcon({ skill, update, mark, state }: SkillNode): ItemIcon {
  if (skill.status === 'conflict' || mark === 'occupied') return { id: 'warning', color: ATTENTION };
  if (skill.status === 'error') return { id: 'error', color: FAILURE };
  if (skill.current_beaver_version === null) return { id: 'book', color: MUTED };
  if (state === 'disabled' || skill.status === 'disabled') return { id: 'circle-slash', color: MUTED };
  if (update !== undefined && openConflicts(update) > 0) return { id: 'git-merge', color: ATTENTION };
  if (mark === 'edited') return { id: 'edit', color: 'gitDecoration.modifiedResourceForeground' };
  if (update !== undefined) return { id: 'arrow-circle-up', color: NEWS };
  return { id: 'book' };
}

function skillContext({ skill, update, mark }: SkillNode): string {
  const words = ['skill'];
  if (skill.status === ADOPTED) return 'skill adopted';
  if (skill.current_beaver_version === null) return 'skill offered';
  words.push('linked');
  if (mark === 'edited') words.push('edited');
  if (update !== undefined) words.push('reviewable');
  return words.join(' ');
}

function presentBroken({ folder, finding }: BrokenNode, t: Translate): ItemView {
  const { message, nextStep } = findingText(finding, t);
  const failure = finding.severity === 'error';
  const name = finding.path === '.' ? (finding.field ?? t('This folder')) : packageName(finding.path);
  return {
    id: `broken:${folder}:${finding.code}:${finding.path}:${finding.field ?? ''}`,
    label: name,
    description: message,
    tooltip: { heading: finding.path, lines: [message, nextStep] },
    icon: failure ? { id: 'error', color: FAILURE } : { id: 'warning', color: ATTENTION },
    context: 'broken revealable',
    expandable: 'expanded',
    spoken: t('{0}: {1} Next step: {2}', finding.path, message, nextStep),
    command: { id: 'beaver.plugins.reveal', title: t('Open Manifest') },
  };
}

function presentNextStep({ folder, id, finding }: NextStepNode, t: Translate): ItemView {
  const text = findingText(finding, t).nextStep;
  return {
    id: `nextStep:${folder}:${id}`,
    label: text,
    description: '',
    tooltip: { heading: t('Next step'), lines: [text] },
    icon: { id: 'lightbulb' },
    context: 'nextStep',
    expandable: 'none',
    spoken: t('Next step: {0}', text),
  };
}
