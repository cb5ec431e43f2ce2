import type { AuditPayload } from '../../app/payloads.ts';
import type { Translate } from './translate.ts';

/** One thing that was decided or done, in words. */
export interface AuditEntry {
  readonly at: string;
  /** "code-review: update published as v0003". */
  readonly what: string;
  readonly actor: string;
  /** As the reader writes times. */
  readonly when: string;
  /** The reason that a person gave; empty where there is none. */
  readonly why: string;
  /** Id of a product icon. */
  readonly icon: string;
}

/** Newest first. */
export function auditEntries(
  { events }: AuditPayload,
  formatTime: (iso: string) => string,
  t: Translate,
): readonly AuditEntry[] {
  return [...events].reverse().map((event) => {
    const subject = event.skill_name ?? event.plugin_id ?? '';
    const what = eventLabel(event, t);
    return {
      at: event.at,
      what: subject === '' ? what : `${subject}: ${what}`,
      actor: event.actor,
      when: formatTime(event.at),
      why: detail(event, 'reason'),
      icon: eventIcon(event.event),
    };
  });
}

/** The log as a document: a line for each entry, and below it why, where a reason was given. */
export function auditText(entries: readonly AuditEntry[], t: Translate): string {
  if (entries.length === 0) return `${t('Nothing is recorded.')}\n`;
  return entries
    .map(({ at, what, actor, why }) => {
      const by = actor === '' ? '' : `  (${actor})`;
      return `${at}  ${what}${by}\n${why === '' ? '' : `    ${why}\n`}`;
    })
    .join('');
}

type AuditEvent = AuditPayload['events'][number];

/** An event of a newer Beaver is shown as it is stored. */
function eventLabel(event: AuditEvent, t: Translate): string {
  switch (event.event) {
    case 'plugin_enabled':
      return t('plugin enabled');
    case 'plugin_paused':
      return t('updates paused');
    case 'plugin_resumed':
      return t('updates resumed');
    case 'plugin_disabled':
      return t('plugin disabled');
    case 'plugin_missing':
      return t('package went missing');
    case 'skill_mirrored':
      return t('skill mirrored');
    case 'skill_adopted':
      return t('skill adopted');
    case 'skill_captured':
      return t('local edits captured as {0}', detail(event, 'version'));
    case 'skill_rolled_back':
      return t('rolled back to {0}', detail(event, 'to') || detail(event, 'version'));
    case 'skill_revision_proposed':
      return t('revision proposed');
    case 'plugin_update_created':
      return t('update found');
    case 'plugin_update_superseded':
      return t('update superseded by a newer one');
    case 'plugin_update_already_applied':
      return t('update was applied already');
    case 'draft_created':
      return t('update drafted');
    case 'draft_acknowledged':
      return t('findings acknowledged');
    case 'draft_approved':
      return t('update approved');
    case 'draft_rejected':
      return t('update rejected');
    case 'draft_published':
      return t('update published as {0}', detail(event, 'version'));
    default:
      return event.event;
  }
}

function eventIcon(event: string): string {
  switch (event) {
    case 'draft_approved':
    case 'draft_acknowledged':
      return 'check';
    case 'draft_rejected':
      return 'close';
    case 'draft_published':
      return 'rocket';
    case 'skill_rolled_back':
      return 'discard';
    case 'skill_captured':
      return 'edit';
    default:
      return 'history';
  }
}

function detail(event: AuditEvent, key: string): string {
  const value = event.detail[key];
  return typeof value === 'string' ? value : '';
}
