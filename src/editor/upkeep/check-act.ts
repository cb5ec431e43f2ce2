import * as vscode from 'vscode';
import { reporting, requireTrust } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import { unlessCancelled, withTransfer } from '../marketplaces/transfer.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { roundConditions } from './round-conditions.ts';
import type { Upkeep } from './upkeep.ts';
import { waitingUpdates } from './waiting-updates.ts';

/** How long it waits for another window's round. Milliseconds. */
const PATIENCE = 60_000;

/** Looks at the marketplaces now, whatever is due, does what their modes say, and shows what waits for a person. */
export async function checkForUpdates(
  host: EditorHost,
  target: CommandTarget,
  upkeep: Upkeep,
): Promise<void> {
  const { t } = host;
  await reporting(host, 'beaver.upkeep.check', async () => {
    requireTrust();
    const markets = host.folders.markets.filter(
      ({ folder }) => target.folder === undefined || folder === target.folder,
    );
    const rounds = await upkeep.whileLooking(() =>
      unlessCancelled(host, () =>
        withTransfer(t('Looking for plugin updates'), async (signal) => {
          const ended = [];
          for (const market of markets) {
            const wait = { kind: 'bounded', timeout: PATIENCE } as const;
            const request = { ...roundConditions(market.folder), now: true, signal };
            const { auto_update: done } = await market.workspace.upkeep.autoUpdate(request, wait);
            await market.refresh();
            const nextAt = done.next_at === null ? null : Date.parse(done.next_at);
            const status = done.limit === 'off' ? 'off' : done.status;
            await upkeep.followRound(market, { status, nextAt });
            ended.push(done);
          }
          return ended;
        }),
      ),
    );
    if (rounds === undefined) return;
    await host.folders.refresh();
    const waiting = markets.flatMap(({ snapshot }) => waitingUpdates(snapshot));
    const applied = rounds.flatMap(({ plugins }) => plugins.filter(({ action }) => action === 'apply'));
    const held = rounds.find(({ limit }) => limit === 'off');
    if (waiting.length > 0) {
      await vscode.commands.executeCommand('beaver.upkeep.review');
    } else if (applied.length > 0) host.activity.showOutcome(appliedText(applied.length, host));
    else if (held !== undefined)
      void vscode.window.showInformationMessage(t('Auto-update is off ({0}).', held.limit_by ?? 'setting'));
    else if (rounds.some(({ status }) => status === 'busy'))
      host.activity.showOutcome(t('Another window is looking for updates'));
    else host.activity.showOutcome(t('No plugin update waits'));
  });
}

function appliedText(count: number, { t }: EditorHost): string {
  return count === 1 ? t('1 plugin updated') : t('{0} plugins updated', count);
}
