import type { UpdatePayload } from '../../app/payloads.ts';
import type { Translate } from './translate.ts';

/** The kind of an update as people see it (spec/3 Task 12 Step 6). */
export function updateKindLabel(kind: UpdatePayload['kind'], t: Translate): string {
  switch (kind) {
    case 'plugin_skill_update':
      return t('Plugin update merge');
    case 'skill_revision':
      return t('Skill revision');
  }
}

export function mergeModeLabel(mode: UpdatePayload['merge_mode'], t: Translate): string {
  switch (mode) {
    case 'unchanged':
      return t('unchanged');
    case 'already_applied':
      return t('already applied');
    case 'fast_forward':
      return t('fast-forward');
    case 'three_way':
      return t('three-way');
  }
}

/** What the mode means for the person who reviews it. */
export function mergeModeExplanation(mode: UpdatePayload['merge_mode'], t: Translate): string {
  switch (mode) {
    case 'unchanged':
      return t('Nothing changed upstream.');
    case 'already_applied':
      return t('The skill already has what upstream released.');
    case 'fast_forward':
      return t('You have no changes of your own here: the update can be taken as it is.');
    case 'three_way':
      return t('Both you and the plugin changed this skill: the update is merged with what you have.');
  }
}

/** As {@link mergeModeExplanation}, for the kind of the update. */
export function updateExplanation(
  { kind, merge_mode }: Pick<UpdatePayload, 'kind' | 'merge_mode'>,
  t: Translate,
): string {
  if (kind === 'skill_revision' && merge_mode === 'fast_forward')
    return t('Nothing has changed here since it was proposed: it can be taken as it is.');
  if (kind === 'skill_revision' && merge_mode === 'three_way')
    return t('The skill has changed since this was proposed: the proposal is merged with what it is now.');
  return mergeModeExplanation(merge_mode, t);
}

/** "1 conflict", "3 conflicts". */
export function conflictCount(count: number, t: Translate): string {
  return count === 1 ? t('1 conflict') : t('{0} conflicts', count);
}

/** "1 update", "3 updates". */
export function updateCount(count: number, t: Translate): string {
  return count === 1 ? t('1 update') : t('{0} updates', count);
}

/** "1 skill", "3 skills". */
export function skillCount(count: number, t: Translate): string {
  return count === 1 ? t('1 skill') : t('{0} skills', count);
}

/** Why a version was made; a reason of a newer Beaver as it is stored. */
export function versionReasonLabel(reason: string, t: Translate): string {
  switch (reason) {
    case 'plugin_initial_mirror':
      return t('as the plugin released it');
    case 'captured_local_edit':
      return t('edited locally');
    case 'captured_edit_of_older_version':
      return t('edit of an older version');
    case 'proposed_revision':
      return t('proposed and reviewed');
    case 'plugin_update':
      return t('update taken in');
    default:
      return reason;
  }
}
