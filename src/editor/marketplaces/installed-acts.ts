import * as vscode from 'vscode';
import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import { parsePin, pinText } from '../../core/package-pin.ts';
import { runWriting, type Write } from '../commands/run.ts';
import { pickOne } from '../commands/pick.ts';
import type { EditorHost } from '../contribution.ts';
import { confirm } from '../messages.ts';
import { VIEWS } from '../model/command-ids.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { contentLabel } from '../model/market-labels.ts';
import { outdatedChoices } from '../model/market-choices.ts';
import { pluginLabel } from '../model/marketplace-items.ts';
import { consentLines } from '../model/package-words.ts';
import { carryOut } from './carry-out.ts';
import { toldOutcome } from './install-acts.ts';
import { chooseListed, type ChosenListed } from './listed-choice.ts';
import { chooseMarketFolder } from './market-choice.ts';
import { unlessCancelled, withTransfer } from './transfer.ts';
import { askVersion } from './version-question.ts';

type Consent = NonNullable<InstallOutcomePayload['consent']>;

/** Updates one plugin to what its pin stands for; what is new in what it can run asks first. */
export async function updatePackage(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.update', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseInstalled(host, target, t('Update which plugin?'));
    return chosen === undefined ? undefined : update(host, chosen, write, undefined);
  });
}

async function update(
  host: EditorHost,
  chosen: ChosenListed,
  write: Write,
  accept: string | undefined,
): Promise<string | undefined> {
  const { market, node } = chosen;
  const { installedId: id } = node;
  const name = pluginLabel(node);
  const outcome = await carryOut(host, { market, id, name }, write, async (progress, wait) => {
    const request = accept === undefined ? progress : { ...progress, accept };
    const [only] = (await market.workspace.installs.update([id], request, wait)).updates;
    if (only === undefined) throw new TypeError('one plugin, one outcome');
    return only;
  });
  if (outcome === undefined) return undefined;
  if (outcome.status !== 'consent_required' || outcome.consent === null)
    return toldOutcome(host, outcome, name);
  const agreed = await agreesToUpdate(host, chosen, outcome.consent, outcome);
  return agreed ? update(host, chosen, write, outcome.consent.digest) : undefined;
}

/** A list of what is new, and the changes themselves for whoever wants to read them first. */
async function agreesToUpdate(
  host: EditorHost,
  { market, node }: ChosenListed,
  { changes }: Consent,
  { to }: InstallOutcomePayload,
): Promise<boolean> {
  const { t } = host;
  const question = t('Update {0} to {1}?', pluginLabel(node), to === null ? '' : contentLabel(to));
  const lines = consentLines(changes, node.installedId, t).map((line) => `• ${line}`);
  const detail = [t('It brings something that was not there before:'), '', ...lines].join('\n');
  const [accept, show] = [t('Update'), t('Show Changes')];
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, accept, show);
  if (chosen !== show) return chosen === accept;
  const looked = await unlessCancelled(host, () =>
    withTransfer(t('Looking at {0}', pluginLabel(node)), (signal) =>
      market.workspace.looks.look({ kind: 'installed', id: node.installedId }, {}, { signal }),
    ),
  );
  if (looked === undefined) return false;
  await host.documents.showChanges(looked.look, t);
  // Not modal: the changes can be read first.
  return (await vscode.window.showInformationMessage(question, accept)) === accept;
}

/** Holds a plugin to what is in use, or to a version that is chosen; it counts from the next update on. */
export async function pinPackage(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.pin', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseInstalled(host, target, t('Pin which plugin?'));
    if (chosen?.node.plugin === undefined) return undefined;
    const { market, node } = chosen;
    const { installedId: id, plugin } = node;
    const name = pluginLabel(node);
    const title = t('Pin {0}', name);
    const how = await pickOne(
      [
        {
          label: t('To what is in use'),
          description: contentLabel(plugin?.active ?? { version: null, identity: '' }),
          value: 'here' as const,
        },
        { label: t('To a version, a range or a channel…'), description: '', value: 'other' as const },
      ],
      title,
      '',
    );
    if (how === undefined) return undefined;
    if (how === 'here') {
      await write((wait) => market.workspace.upkeep.pinHere(id, wait));
    } else {
      const found = await unlessCancelled(host, () =>
        withTransfer(t('Looking for versions of {0}', name), (signal) =>
          market.workspace.looks.versions({ kind: 'installed', id }, { signal }),
        ),
      );
      if (found === undefined) return undefined;
      const pin = await askVersion(host, found.versions, plugin, title);
      if (pin === undefined) return undefined;
      await write((wait) => market.workspace.upkeep.pin(id, pin, wait));
    }
    await market.refresh();
    const now = market.snapshot.installed.find((one) => one.id === id)?.pin ?? null;
    return now === null ? t('{0} follows every release', name) : t('{0} is pinned to {1}', name, short(now));
  });
}

export async function unpinPackage(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.unpin', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseListed(
      host,
      target,
      t('Unpin which plugin?'),
      ({ plugin }) => plugin !== undefined && plugin.pin !== null,
      t('No plugin is pinned.'),
    );
    if (chosen === undefined) return undefined;
    const { market, node } = chosen;
    await write((wait) => market.workspace.upkeep.pin(node.installedId, null, wait));
    await market.refresh();
    return t('{0} follows every release', pluginLabel(node));
  });
}

/** Back to a package that is kept: at once, without a network. */
export async function rollBackPackage(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.rollback', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseListed(
      host,
      target,
      t('Roll back which plugin?'),
      ({ plugin }) => plugin !== undefined && plugin.previous.length > 0,
      t('No plugin has an earlier package to go back to.'),
    );
    if (chosen?.node.plugin === undefined) return undefined;
    const { market, node } = chosen;
    const { installedId: id, plugin } = node;
    const name = pluginLabel(node);
    const previous = plugin?.previous ?? [];
    const [only, second] = previous;
    const to =
      second === undefined
        ? only
        : await pickOne(
            previous.map((content) => ({ label: contentLabel(content), description: '', value: content })),
            t('Roll {0} back to', name),
            '',
          );
    if (to === undefined) return undefined;
    const agreed = await confirm(
      t('Roll {0} back to {1}?', name, contentLabel(to)),
      t(
        'Its package is put in use at once, without a network. Your skills change only by what you review. What you go back from is not installed again by an update.',
      ),
      t('Roll Back'),
    );
    if (!agreed) return undefined;
    const outcome = await carryOut(host, { market, id, name }, write, async (progress, wait) => {
      const { install } = await market.workspace.installs.rollback(id, to.identity, progress, wait);
      return install;
    });
    return outcome === undefined ? undefined : toldOutcome(host, outcome, name);
  });
}

export async function uninstallPackage(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.uninstall', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseInstalled(host, target, t('Uninstall which plugin?'));
    if (chosen === undefined) return undefined;
    const { market, node } = chosen;
    const name = pluginLabel(node);
    const session = host.folders.session(market.folder);
    const linked = session?.snapshot.plugins.find(({ id }) => id === node.plugin?.plugin_id)?.skills ?? [];
    const agreed = await confirm(
      t('Uninstall {0}?', name),
      [
        ...(linked.length === 0
          ? []
          : [t('Agents no longer find: {0}.', linked.map((skill) => skill.name).join(', '))]),
        t(
          'Edits are captured first, and every version of its skills is kept: installing it again brings them back.',
        ),
      ].join('\n'),
      t('Uninstall'),
    );
    if (!agreed) return undefined;
    try {
      await write((wait) => market.workspace.installs.uninstall(node.installedId, {}, wait));
    } finally {
      await market.refresh();
      await session?.refresh();
    }
    return t('{0} is uninstalled; its skills are kept', name);
  });
}

/** Asks the sources of everything that is installed, and updates what a person chooses of it. */
export async function showOutdated(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t, folders } = host;
  await runWriting(host, 'beaver.packages.outdated', VIEWS.marketplaces, async (write) => {
    const markets = folders.markets.filter(({ folder }) => (target.folder ?? folder) === folder);
    if (markets.length === 0) await chooseMarketFolder(host, target, '');
    const found = await unlessCancelled(host, () =>
      withTransfer(t('Looking for updates of plugins'), (signal, tell) =>
        Promise.all(
          markets.map(async (market) => {
            await market.firstRead();
            tell(market.name);
            return { market, outdated: (await market.look([], { signal })).outdated };
          }),
        ),
      ),
    );
    if (found === undefined) return undefined;
    const choices = found.flatMap(({ market, outdated }) =>
      outdatedChoices(outdated, market.snapshot, markets.length > 1 ? market.name : '', t),
    );
    if (choices.length === 0) return t('All plugins are up to date');
    const chosen = await vscode.window.showQuickPick(choices, {
      title: t('Outdated Plugins'),
      placeHolder: t('Choose what to update'),
      canPickMany: true,
      matchOnDescription: true,
    });
    let last: string | undefined;
    for (const { value } of chosen ?? []) {
      const installed = await chooseInstalled(host, value, '');
      if (installed !== undefined) last = await update(host, installed, write, undefined);
    }
    return last;
  });
}

async function chooseInstalled(
  host: EditorHost,
  target: CommandTarget,
  title: string,
): Promise<ChosenListed | undefined> {
  const nothing = host.t('Nothing is installed from a marketplace yet.');
  return chooseListed(host, target, title, ({ plugin }) => plugin !== undefined, nothing);
}

/** A commit is long, and its beginning says enough. */
function short(pin: string): string {
  const parsed = parsePin(pin);
  return parsed.kind === 'exact' ? pinText(parsed).slice(0, 12) : pin;
}
