import * as vscode from 'vscode';
import { reporting, runWriting } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import { chooseMarketFolder } from '../marketplaces/market-choice.ts';
import { VIEWS } from '../model/command-ids.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { openUpkeep } from './document-acts.ts';
import { type RepairItem, repairStep, repairWords, toConfirm } from './repair-plan.ts';
import { roundConditions } from './round-conditions.ts';
import { upkeepUri } from './upkeep-uri.ts';

/** Shows what is off with installed plugins and what would be done; does what a person leaves chosen, and nothing that they have not seen. */
export async function repairPlugins(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await reporting(host, 'beaver.upkeep.repair', async () => {
    const market = await chooseMarketFolder(host, target, t('Repair the plugins of which folder?'));
    if (market === undefined) return;
    const { upkeep } = market.workspace;
    const { reconcile: plan } = await upkeep.reconcile();
    if (plan.status === 'synced') {
      host.activity.showOutcome(t('Synced: everything is as it should be.'));
      return;
    }
    const open = plan.items.filter(({ action }) => action !== 'none');
    const document = upkeepUri({ kind: 'repair', folder: market.folder, id: '' }, t);
    if (open.length === 0 || !vscode.workspace.isTrusted) {
      await openUpkeep(document);
      return;
    }
    const chosen = await vscode.window.showQuickPick(
      open.map((item) => ({
        label: item.subject,
        description: repairWords(item, t),
        detail: `$(${item.confirm ? 'warning' : 'tools'}) ${repairStep(item, t)}`,
        picked: !item.confirm,
        item,
      })),
      { title: t('Repair Installed Plugins'), canPickMany: true, ignoreFocusOut: true },
    );
    if (chosen === undefined) return;
    await runWriting(host, 'beaver.upkeep.repair', VIEWS.marketplaces, async (write) => {
      const only = chosen.map(({ item }) => itemKey(item));
      if (only.length === 0) return undefined;
      const { offline } = roundConditions(market.folder);
      const { reconcile: done } = await write((wait) =>
        upkeep.reconcile({ apply: true, confirmed: true, only }, { offline }, wait),
      );
      await Promise.all([market.refresh(), host.folders.refresh()]);
      if (done.status !== 'repaired') await openUpkeep(document);
      if (toConfirm(done.items).length > 0 || done.status === 'drift') return undefined;
      return done.status === 'synced'
        ? t('Synced: everything is as it should be.')
        : t('Everything that was off is repaired.');
    });
  });
}

function itemKey({ kind, subject }: RepairItem): string {
  return `${kind} ${subject}`;
}
