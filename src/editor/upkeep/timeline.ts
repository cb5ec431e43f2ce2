import type { InstallHistoryPayload } from '../../app/install-payloads.ts';
import type { WhyPayload } from '../../app/upkeep-payloads.ts';
import { contentLabel } from '../model/market-labels.ts';
import { phaseLabel } from '../model/phase-text.ts';
import type { Translate } from '../model/translate.ts';
import { decisionWords } from './decision-catalogue.ts';

export type InstallEventPayload = InstallHistoryPayload['history'][number];
type Decision = WhyPayload['why']['decisions'][number];

/** What happened, in a few words: "rolled back to 1.2.3". */
export function eventWords({ event, from, to }: InstallEventPayload, t: Translate): string {
  const before = from === null ? '' : contentLabel(from);
  const after = to === null ? '' : contentLabel(to);
  switch (event) {
    case 'installed':
      return t('installed {0}', after);
    case 'updated':
      return t('updated from {0} to {1}', before, after);
    case 'rolled_back':
      return to === null ? t('taken back') : t('rolled back to {0}', after);
    case 'blocked':
      return t('update to {0} waits', after);
    case 'uninstalled':
      return t('uninstalled {0}', before);
    case 'drift_repaired':
      return t('repaired {0}', after);
  }
}

/**
 * The timeline of a plugin as a document, newest first: what became of it, and what auto-update decided in between. Events of one attempt
 * have the same correlation id.
 */
export function timelineText(
  id: string,
  events: readonly InstallEventPayload[],
  decisions: readonly Decision[],
  formatTime: (iso: string) => string,
  t: Translate,
): string {
  const entries = [
    ...events.map((event) => ({ at: event.at, lines: eventLines(event, formatTime, t) })),
    ...decisions.map((one) => ({ at: one.at, lines: decisionLines(one, formatTime, t) })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  const head = [t('Timeline of {0}', id), ''];
  if (entries.length === 0) return [...head, t('Nothing is recorded.'), ''].join('\n');
  return [...head, ...entries.flatMap(({ lines }) => [...lines, ''])].join('\n');
}

function eventLines(
  event: InstallEventPayload,
  formatTime: (iso: string) => string,
  t: Translate,
): readonly string[] {
  const { reason, phase, actor, automatic } = event;
  const by = automatic ? t('by itself') : actor;
  return [
    `${formatTime(event.at)}  ${eventWords(event, t)}${by === '' ? '' : `  (${by})`}`,
    ...(reason === null ? [] : [`    ${reason.message} [${reason.code}]`]),
    ...(phase === null ? [] : [`    ${t('in the phase {0}', phaseLabel(phase, t))}`]),
    `    ${t('correlation id {0}', event.correlation_id)}`,
  ];
}

function decisionLines(
  { at, reason, alert }: Decision,
  formatTime: (iso: string) => string,
  t: Translate,
): readonly string[] {
  return [
    `${formatTime(at)}  ${t('Auto-update: {0}', decisionWords(reason, t))}`,
    ...(alert === null || alert.code === reason.code ? [] : [`    ${decisionWords(alert, t)}`]),
  ];
}
