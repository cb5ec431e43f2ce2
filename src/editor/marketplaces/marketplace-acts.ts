import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { MarketplaceAnswer } from '../../app/marketplace-payloads.ts';
import { BeaverError, isBeaverError } from '../../base/errors.ts';
import type { LockWait } from '../../core/ports.ts';
import { runWriting, type Write } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import { confirm } from '../messages.ts';
import { VIEWS } from '../model/command-ids.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { autoUpdateChoices } from '../model/market-choices.ts';
import { autoUpdateLabel, pluginCount, updatesLabel } from '../model/market-labels.ts';
import type { MarketSession } from '../model/market-session.ts';
import { refreshOutcome, trustDetail } from '../model/market-text.ts';
import { chooseMarketFolder, chooseMarketplace } from './market-choice.ts';
import { askSource } from './source-question.ts';
import { unlessCancelled, withTransfer } from './transfer.ts';

/** Asks for a source, fetches the marketplace, and asks whether it is trusted. */
export async function addMarketplace(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.marketplaces.add', VIEWS.marketplaces, async (write) => {
    const market = await chooseMarketFolder(host, target, t('Add a marketplace to which folder?'));
    if (market === undefined) return undefined;
    const source = target.source ?? (await askSource(host, market.workspace.root));
    if (source === undefined) return undefined;
    const added = await addedMarketplace(host, market, source, write);
    if (added === undefined) return undefined;
    const { marketplace, plugin_count: count } = added;
    if (!marketplace.trusted) await askTrust(host, market, marketplace.name, write);
    return t('{0} was added: {1}', marketplace.name, pluginCount(count, t));
  });
}

/** Fetches a marketplace and shows it. Undefined when the person left it. */
export async function addedMarketplace(
  host: EditorHost,
  market: MarketSession,
  source: string,
  write: Write,
): Promise<MarketplaceAnswer | undefined> {
  const added = await unlessCancelled(host, () => fetchAdded(host, market, source, write));
  if (added === undefined) return undefined;
  await market.refresh();
  for (const { code, message, next_step: nextStep } of added.findings)
    host.log.warn(`${added.marketplace.name}: ${code}: ${message} ${nextStep}`);
  return added;
}

/** A name that cannot be had is asked for again. */
async function fetchAdded(
  host: EditorHost,
  market: MarketSession,
  source: string,
  write: Write,
): Promise<MarketplaceAnswer | undefined> {
  const { t } = host;
  const place = { directory: market.workspace.root, home: homedir() };
  let name: string | undefined;
  for (;;) {
    const request = name === undefined ? place : { ...place, name };
    try {
      return await write((wait) =>
        withTransfer(t('Fetching the marketplace {0}', source), (signal) =>
          market.workspace.marketplaces.add(source, request, { signal }, wait),
        ),
      );
    } catch (error) {
      const taken = ['marketplace_name_taken', 'marketplace_name_reserved'].find((code) =>
        isBeaverError(error, code),
      );
      if (taken === undefined) throw error;
      name = await vscode.window.showInputBox({
        title: t('Add Marketplace'),
        prompt:
          taken === 'marketplace_name_taken'
            ? t('There is another marketplace of that name. Give this one a name of its own.')
            : t(
                'It calls itself like a well-known marketplace and comes from elsewhere. Give it a name of its own.',
              ),
        ignoreFocusOut: true,
      });
      if (name === undefined) return undefined;
    }
  }
}

/** Looks again at one marketplace or at all of them, and asks for updates of what is installed from them. */
export async function refreshMarketplaces(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t, folders } = host;
  await runWriting(host, 'beaver.marketplaces.refresh', VIEWS.marketplaces, async (write) => {
    const markets = folders.markets.filter(({ folder }) => (target.folder ?? folder) === folder);
    if (markets.length === 0) await chooseMarketFolder(host, target, '');
    const names = target.marketplace === undefined ? [] : [target.marketplace];
    const outcomes = await unlessCancelled(host, () =>
      write((wait) =>
        withTransfer(t('Refreshing marketplaces'), (signal, tell) =>
          Promise.all(markets.map((market) => refreshOne(market, names, wait, signal, tell))),
        ),
      ),
    );
    const refreshed = outcomes?.flat();
    const failed = refreshed?.find(({ error }) => error !== null);
    if (failed?.error != null) {
      const { code, message, next_step: nextStep } = failed.error;
      throw new BeaverError(code, `${failed.name}: ${message}`, { nextStep });
    }
    if (refreshed === undefined) return undefined;
    const updates = folders.marketSnapshots.reduce((sum, { available }) => sum + available.size, 0);
    return refreshOutcome(refreshed, updatesLabel(updates, t), t);
  });
}

async function refreshOne(
  market: MarketSession,
  names: readonly string[],
  wait: LockWait,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<Awaited<ReturnType<MarketSession['workspace']['marketplaces']['refresh']>>['refreshed']> {
  await market.firstRead();
  tell(names[0] ?? market.name);
  const { refreshed } = await market.workspace.marketplaces.refresh(names, { signal }, wait);
  await market.refresh();
  const installed = market.snapshot.installed.filter(
    ({ marketplace }) => names.length === 0 || (marketplace !== null && names.includes(marketplace)),
  );
  if (installed.length > 0) {
    await market.look(
      installed.map(({ id }) => id),
      { signal },
    );
  }
  return refreshed;
}

export async function removeMarketplace(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.marketplaces.remove', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseMarketplace(host, target, t('Remove which marketplace?'));
    if (chosen === undefined) return undefined;
    const { market, name } = chosen;
    await market.firstRead();
    const installed = market.snapshot.installed.filter(({ marketplace }) => marketplace === name).length;
    const agreed = await confirm(
      t('Remove the marketplace {0}?', name),
      installed === 0
        ? t('Its plugins are not offered any more. Nothing that is installed changes.')
        : t('{0} installed from it stay as they are and get no more updates.', pluginCount(installed, t)),
      t('Remove'),
    );
    if (!agreed) return undefined;
    await write((wait) => market.workspace.marketplaces.remove(name, wait));
    await market.refresh();
    return t('{0} was removed', name);
  });
}

export async function setAutoUpdate(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.marketplaces.setAutoUpdate', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseMarketplace(host, target, t('Set auto-update of which marketplace?'));
    if (chosen === undefined) return undefined;
    const { market, name } = chosen;
    await market.firstRead();
    const current = market.snapshot.marketplaces.find((one) => one.name === name)?.auto_update ?? 'off';
    const mode = await vscode.window.showQuickPick(autoUpdateChoices(current, t), {
      title: t('Auto-update of {0}', name),
      placeHolder: t('What Beaver does by itself about new releases'),
    });
    if (mode === undefined) return undefined;
    await write((wait) => market.workspace.marketplaces.configure(name, { mode: mode.value }, wait));
    await market.refresh();
    return t('Auto-update of {0}: {1}', name, autoUpdateLabel(mode.value, t));
  });
}

export async function trustMarketplace(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.marketplaces.trust', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseMarketplace(
      host,
      target,
      t('Trust which marketplace?'),
      (trusted) => !trusted,
    );
    if (chosen === undefined) return undefined;
    await chosen.market.firstRead();
    const trusted = await askTrust(host, chosen.market, chosen.name, write);
    return trusted ? t('{0} is trusted', chosen.name) : undefined;
  });
}

export async function untrustMarketplace(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.marketplaces.untrust', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseMarketplace(
      host,
      target,
      t('Stop trusting which marketplace?'),
      (trusted) => trusted,
    );
    if (chosen === undefined) return undefined;
    const { market, name } = chosen;
    await write((wait) => market.workspace.marketplaces.trust(name, false, wait));
    await market.refresh();
    return t('{0} is not trusted any more; what is installed stays', name);
  });
}

/** Shows where a marketplace comes from before anything of it may be installed. True when it is trusted. */
export async function askTrust(
  host: EditorHost,
  market: MarketSession,
  name: string,
  write: Write,
): Promise<boolean> {
  const { t } = host;
  const { snapshot } = market;
  const known = snapshot.marketplaces.find((one) => one.name === name);
  if (known?.trusted === true) return true;
  const detail = known === undefined ? '' : trustDetail(known, snapshot.offered.get(name)?.length ?? 0, t);
  if (!(await confirm(t('Trust the marketplace {0}?', name), detail, t('Trust')))) return false;
  await write((wait) => market.workspace.marketplaces.trust(name, true, wait));
  await market.refresh();
  return true;
}
