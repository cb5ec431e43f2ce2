import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import type { Notices } from './notices.ts';
import { type RepairItem, repairKey } from './repair-plan.ts';
import { rolledBackNotice } from './rolled-back.ts';
import type { InstallEventPayload } from './timeline.ts';
import { updatesNotice } from './update-words.ts';
import { updateKey, type WaitingUpdate } from './waiting-updates.ts';

/** At most one notification for a round: nothing when all of it was told before. */
export function tellUpdates({ t }: EditorHost, notices: Notices, updates: readonly WaitingUpdate[]): void {
  const news = new Set(notices.untold(updates.map(updateKey)));
  const told = updates.filter((update) => news.has(updateKey(update)));
  const [first] = told;
  if (first === undefined) return;
  const { folder, id } = first;
  notices.show(
    'information',
    updatesNotice(told, t),
    [...news],
    [
      { label: t('Review…'), run: () => vscode.commands.executeCommand('beaver.upkeep.review', { folder }) },
      {
        label: t('Show Why'),
        run: () =>
          vscode.commands.executeCommand(
            'beaver.upkeep.why',
            told.length === 1 ? { folder, installedId: id } : { folder },
          ),
      },
    ],
  );
}

export function tellRolledBack(
  { t }: EditorHost,
  notices: Notices,
  folder: string,
  events: readonly InstallEventPayload[],
): void {
  const keys = notices.untold(events.map(({ correlation_id: id }) => `${folder}|${id}`));
  const news = events.filter(({ correlation_id: id }) => keys.includes(`${folder}|${id}`));
  const [first, second] = news;
  if (first === undefined) return;
  const target = second === undefined ? { folder, installedId: first.id } : { folder };
  notices.show('warning', rolledBackNotice(news, t), keys, [
    {
      label: t('Show Timeline'),
      run: () => vscode.commands.executeCommand('beaver.upkeep.timeline', target),
    },
  ]);
}

export function tellRepairs(
  { t }: EditorHost,
  notices: Notices,
  folder: string,
  items: readonly RepairItem[],
): void {
  const keys = notices.untold(items.map((item) => repairKey(folder, item)));
  if (keys.length === 0) return;
  const message =
    items.length === 1
      ? t('Something about an installed plugin is off. Repairing it would remove or overwrite files.')
      : t(
          '{0} things about installed plugins are off. Repairing them would remove or overwrite files.',
          items.length,
        );
  notices.show('information', message, keys, [
    { label: t('Show Plan…'), run: () => vscode.commands.executeCommand('beaver.upkeep.repair', { folder }) },
  ]);
}
