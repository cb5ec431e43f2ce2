import type { Translate } from '../model/translate.ts';
import { decisionWords } from './decision-catalogue.ts';
import type { WaitingUpdate } from './waiting-updates.ts';

/** Why it waits, in a sentence; with what was replaced under a fixed name, where that is something else. */
export function waitingReason({ record, to }: WaitingUpdate, t: Translate): string {
  // When it was decided, nobody knew the version that only its manifest says.
  const params = to === '' ? record.reason.params : { ...record.reason.params, to };
  const reason = decisionWords({ ...record.reason, params }, t);
  if (record.alert === null || record.alert.code === record.reason.code) return reason;
  return `${reason} ${decisionWords(record.alert, t)}`;
}

/** The one notification of a round. */
export function updatesNotice(updates: readonly WaitingUpdate[], t: Translate): string {
  const names = updates.slice(0, 3).map(({ id, to }) => (to === '' ? id : `${id} ${to}`));
  const list = updates.length > 3 ? `${names.join(', ')}, …` : names.join(', ');
  const ready = updates.every(({ staged }) => staged !== undefined);
  if (ready)
    return updates.length === 1
      ? t('1 plugin update is downloaded and ready: {0}.', list)
      : t('{0} plugin updates are downloaded and ready: {1}.', updates.length, list);
  return updates.length === 1
    ? t('1 plugin update waits for you: {0}.', list)
    : t('{0} plugin updates wait for you: {1}.', updates.length, list);
}
