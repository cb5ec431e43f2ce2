import { contentLabel } from '../model/market-labels.ts';
import type { Translate } from '../model/translate.ts';
import type { InstallEventPayload } from './timeline.ts';

/** In these phases something was in use that is not any more; what ended before them has changed nothing. */
const WAS_IN_USE: ReadonlySet<string | null> = new Set(['activate', 'health-check']);

/** What was rolled back by itself after `since` (an ISO time), oldest first. */
export function rolledBackSince(
  events: readonly InstallEventPayload[],
  since: string,
): readonly InstallEventPayload[] {
  return events.filter(
    ({ event, automatic, phase, at }) =>
      event === 'rolled_back' && automatic && WAS_IN_USE.has(phase) && at > since,
  );
}

/** "kit@team: rolled back to 1.2.3. …": the one message about all of them. */
export function rolledBackNotice(events: readonly InstallEventPayload[], t: Translate): string {
  const [first, second] = events;
  if (first === undefined) return '';
  if (second !== undefined)
    return t('{0} plugins were rolled back: {1}.', events.length, events.map(({ id }) => id).join(', '));
  const reason = first.reason?.message ?? '';
  return first.to === null
    ? t('{0} was taken out of use. {1}', first.id, reason)
    : t('{0} was rolled back to {1}. {2}', first.id, contentLabel(first.to), reason);
}
