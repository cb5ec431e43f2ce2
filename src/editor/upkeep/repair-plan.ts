import type { ReconcilePayload } from '../../app/upkeep-payloads.ts';
import type { Translate } from '../model/translate.ts';

export type RepairItem = ReconcilePayload['reconcile']['items'][number];

/** What is off, in a sentence. What the doctor found is told in its own words. */
export function repairWords({ kind, message }: RepairItem, t: Translate): string {
  switch (kind) {
    case 'half_installed':
      return t('An installation was interrupted.');
    case 'package_missing':
      return t('Its package is gone or cannot be read.');
    case 'package_modified':
      return t('Files of its package were changed after it was installed.');
    case 'package_extra':
      return t('A folder of packages belongs to nothing that is installed.');
    case 'marketplace_gone':
      return t('Its marketplace is not known here; it stays in use and gets no updates.');
    case 'plugin_delisted':
      return t('Its marketplace does not list it any more; it stays in use and gets no updates.');
    case 'other':
      return message;
  }
}

/** What would be done about it. */
export function repairStep({ action, next_step: next }: RepairItem, t: Translate): string {
  switch (action) {
    case 'end_attempt':
      return t('It is rolled back to what was in use before.');
    case 'fetch':
      return t('The same content is fetched again.');
    case 'restore':
      return t('The folder is moved aside and the recorded content is fetched again.');
    case 'remove':
      return t('The folder is removed.');
    case 'none':
      return next;
  }
}

/** What waits for a person: it removes or overwrites something. */
export function toConfirm(items: readonly RepairItem[]): readonly RepairItem[] {
  return items.filter(({ confirm, action, outcome }) => confirm && action !== 'none' && outcome !== 'done');
}

/** What only adds or completes, and is done without asking. */
export function repairsItself(items: readonly RepairItem[]): boolean {
  return items.some(({ confirm, action }) => !confirm && action !== 'none');
}

export function repairKey(folder: string, { kind, subject }: RepairItem): string {
  return [folder, kind, subject].join('|');
}

/** The whole plan as a document. "Synced" is said when everything is as it should be, and else never. */
export function repairText({ reconcile }: ReconcilePayload, folder: string, t: Translate): string {
  const head = [t('Installed plugins of {0}', folder), ''];
  if (reconcile.status === 'synced')
    return [...head, t('Synced: everything is as it should be.'), ''].join('\n');
  const items = reconcile.items.flatMap((item) => [
    `${item.subject}: ${repairWords(item, t)}`,
    `    ${repairStep(item, t)}${item.confirm && item.outcome !== 'done' ? ` (${t('asks first')})` : ''}`,
    ...(item.outcome === 'done' ? [`    ${t('Done.')}`] : []),
    ...(item.error === null ? [] : [`    ${t('It failed: {0}', item.error)}`]),
    '',
  ]);
  const last = reconcile.status === 'repaired' ? [t('Everything that was off is repaired.'), ''] : [];
  return [...head, ...items, ...last].join('\n');
}
