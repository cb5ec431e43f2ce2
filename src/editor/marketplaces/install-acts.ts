import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import type { LookTarget } from '../../app/package-looks.ts';
import { BeaverError } from '../../base/errors.ts';
import type { InstallTarget } from '../../core/install/wanted-plugin.ts';
import {
  parseMarketplaceSource,
  parsePackageSource,
  writtenSource,
} from '../../core/marketplaces/written-source.ts';
import type { PackagePin } from '../../core/package-pin.ts';
import { requireTrust, reporting, runWriting, type Write } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import { confirm } from '../messages.ts';
import { VIEWS } from '../model/command-ids.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { type InstallLink, readInstallLink } from '../model/install-link.ts';
import { installOutcome } from '../model/install-text.ts';
import { contentLabel } from '../model/market-labels.ts';
import type { MarketSession } from '../model/market-session.ts';
import { pluginLabel } from '../model/marketplace-items.ts';
import { installDetail } from '../model/package-words.ts';
import { carryOut } from './carry-out.ts';
import { chooseListed, type ChosenListed } from './listed-choice.ts';
import { chooseMarketFolder } from './market-choice.ts';
import { addedMarketplace, askTrust } from './marketplace-acts.ts';
import { problemOf } from './source-question.ts';
import { unlessCancelled, withTransfer } from './transfer.ts';
import { askVersion } from './version-question.ts';

/** Installs a plugin that a marketplace offers: which one, which version, what it can run, and only then anything at all. */
export async function installPackage(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.install', VIEWS.marketplaces, async (write) => {
    const chosen = await chooseListed(
      host,
      target,
      t('Install Plugin'),
      ({ plugin, marketplace }) => plugin === undefined && marketplace !== undefined,
      t('No marketplace offers a plugin that is not installed. Add or refresh one first.'),
    );
    return chosen === undefined ? undefined : installListed(host, chosen, write);
  });
}

/** Looks through all catalogs at once; what is found is installed, or updated where there is something newer. */
export async function searchPackages(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await reporting(host, 'beaver.packages.search', async () => {
    const chosen = await chooseListed(
      host,
      target,
      t('Search Plugins'),
      () => true,
      t('No marketplace is known here. Add one first.'),
    );
    if (chosen === undefined) return;
    const { plugin, update, folder, installedId } = chosen.node;
    if (plugin === undefined) {
      await vscode.commands.executeCommand('beaver.packages.install', { folder, installedId });
    } else if (update !== undefined) {
      await vscode.commands.executeCommand('beaver.packages.update', { folder, installedId });
    } else {
      const text = t('{0} {1} is installed.', pluginLabel(chosen.node), contentLabel(plugin.active));
      void vscode.window.showInformationMessage(text);
    }
  });
}

/** A repository, an archive, an npm package, a folder or a link, as a person pastes it. */
export async function installFromUrl(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.installFromUrl', VIEWS.marketplaces, async (write) => {
    const market = await chooseMarketFolder(host, target, t('Install into which folder?'));
    if (market === undefined) return undefined;
    const place = { directory: market.workspace.root, home: homedir() };
    const written =
      target.source ??
      (await vscode.window.showInputBox({
        title: t('Install Plugin from URL'),
        prompt: t(
          'owner/repo/folder, the address of a repository or an archive, npm:NAME, or a link to install',
        ),
        ignoreFocusOut: true,
        validateInput: (text) =>
          text.trim() === ''
            ? undefined
            : problemOf(() => linkOf(text) ?? parsePackageSource(text, place), t),
      }));
    if (written === undefined || written.trim() === '') return undefined;
    const link = linkOf(written);
    if (link !== undefined) return installLinked(host, market, link, write);
    const source = parsePackageSource(written, place);
    return installLooked(host, market, { kind: 'source', source }, undefined, writtenSource(source), write);
  });
}

/** What a link asks for, once a person has agreed to look at it. */
export async function installFromLink(host: EditorHost, path: string, query: string): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.packages.installFromUrl', VIEWS.marketplaces, async (write) => {
    const link = readInstallLink(path, query);
    const market = await chooseMarketFolder(host, {}, t('Install into which folder?'));
    return market === undefined ? undefined : installLinked(host, market, link, write);
  });
}

async function installLinked(
  host: EditorHost,
  market: MarketSession,
  { source, plugin }: InstallLink,
  write: Write,
): Promise<string | undefined> {
  const { t } = host;
  requireTrust();
  const agreed = await confirm(
    plugin === undefined ? t('Install a plugin from a link?') : t('Install {0} from a link?', plugin),
    [
      t('Source: {0}', source),
      '',
      plugin === undefined
        ? t('Nothing was fetched yet. You see what the plugin can run before it is installed.')
        : t(
            'Nothing was fetched yet. The marketplace is added first; you see what the plugin can run before it is installed.',
          ),
    ].join('\n'),
    t('Continue'),
  );
  if (!agreed) return undefined;
  const place = { directory: market.workspace.root, home: homedir() };
  if (plugin === undefined) {
    const target: InstallTarget = { kind: 'source', source: parsePackageSource(source, place) };
    return installLooked(host, market, target, undefined, source, write);
  }
  const name = await marketplaceAt(
    host,
    market,
    writtenSource(parseMarketplaceSource(source, place)),
    source,
    write,
  );
  if (name === undefined) return undefined;
  const offer = market.snapshot.offered
    .get(name)
    ?.find((one) => one.name === plugin || one.id === `${plugin}@${name}`);
  if (offer === undefined) {
    throw new BeaverError('plugin_not_listed', `The marketplace "${name}" has no plugin "${plugin}".`, {
      nextStep: 'Browse the marketplace for what it has, or refresh it.',
    });
  }
  const chosen = await chooseListed(
    host,
    { folder: market.folder, installedId: offer.id },
    '',
    () => true,
    '',
  );
  return chosen === undefined ? undefined : installListed(host, chosen, write);
}

/** The name of the marketplace at a source, which is added where it is not known yet. */
async function marketplaceAt(
  host: EditorHost,
  market: MarketSession,
  label: string,
  source: string,
  write: Write,
): Promise<string | undefined> {
  await market.firstRead();
  const known = market.snapshot.marketplaces.find((one) => one.source === label);
  return known?.name ?? (await addedMarketplace(host, market, source, write))?.marketplace.name;
}

async function installListed(
  host: EditorHost,
  { market, node }: ChosenListed,
  write: Write,
): Promise<string | undefined> {
  const { t } = host;
  const { marketplace, offer } = node;
  if (marketplace === undefined || offer === undefined) return undefined;
  if (!(await askTrust(host, market, marketplace, write))) return undefined;
  const label = pluginLabel(node);
  const target: InstallTarget = { kind: 'listed', name: offer.name, marketplace };
  const found = await unlessCancelled(host, () =>
    withTransfer(t('Looking for versions of {0}', label), (signal) =>
      market.workspace.looks.versions(target, { signal }),
    ),
  );
  if (found === undefined) return undefined;
  const pin = await askVersion(host, found.versions, node.plugin, t('Install {0}', label), offer.version);
  return pin === undefined ? undefined : installLooked(host, market, target, pin ?? undefined, label, write);
}

/** Fetches it to be looked at, shows what it can run and what the preflight says, and installs exactly that when a person agrees. */
async function installLooked(
  host: EditorHost,
  market: MarketSession,
  target: InstallTarget,
  pin: PackagePin | undefined,
  label: string,
  write: Write,
): Promise<string | undefined> {
  const { t } = host;
  const pinned = pin === undefined ? {} : { pin };
  const looked = await unlessCancelled(host, () =>
    withTransfer(t('Looking at {0}', label), (signal) =>
      market.workspace.looks.look(target satisfies LookTarget, pinned, { signal }),
    ),
  );
  if (looked === undefined) return undefined;
  const { look, resolution } = looked;
  if (!(await agreesToInstall(host, look))) return undefined;
  const outcome = await carryOut(
    host,
    { market, id: look.id, name: look.name },
    write,
    async (progress, wait) => {
      const { install } = await market.workspace.installs.install(
        target,
        { ...pinned, resolution, ...progress },
        wait,
      );
      return install;
    },
  );
  return outcome === undefined ? undefined : toldOutcome(host, outcome, look.name);
}

type Look = Awaited<ReturnType<MarketSession['workspace']['looks']['look']>>['look'];

/** A package that the preflight refuses can be looked at and not installed. */
async function agreesToInstall(host: EditorHost, look: Look): Promise<boolean> {
  const { t } = host;
  const [install, details] = [t('Install'), t('Show Details')];
  const version = `${look.name} ${contentLabel(look)}`;
  if (!look.preflight.passed) {
    const options = { modal: true, detail: installDetail(look, t) };
    const chosen = await vscode.window.showErrorMessage(
      t('{0} cannot be installed', version),
      options,
      details,
    );
    if (chosen === details) await host.documents.showLook(look, t);
    return false;
  }
  const options = { modal: true, detail: installDetail(look, t) };
  const question = t('Install {0}?', version);
  const chosen = await vscode.window.showWarningMessage(question, options, install, details);
  if (chosen !== details) return chosen === install;
  await host.documents.showLook(look, t);
  // Not modal: the document can be read first.
  return (await vscode.window.showInformationMessage(question, install)) === install;
}

/** In the status bar; what was left out has a reason that a person should see. */
export function toldOutcome({ t }: EditorHost, outcome: InstallOutcomePayload, name: string): string {
  const { reason } = outcome;
  if (reason !== null) {
    const text = `${installOutcome(outcome, name, t)}: ${reason.message} ${reason.next_step}`;
    void vscode.window.showInformationMessage(text);
  }
  return installOutcome(outcome, name, t);
}

/** A link that was pasted instead of followed. */
function linkOf(written: string): InstallLink | undefined {
  const url = URL.parse(written.trim());
  if (url === null || !/^(?:vscode|vscode-insiders|vscodium|code-oss|cursor|windsurf):$/.test(url.protocol))
    return undefined;
  return readInstallLink(url.pathname, url.search.slice(1));
}
