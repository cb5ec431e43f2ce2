import * as vscode from 'vscode';
import { BeaverError } from '../../base/errors.ts';
import type { EditorHost } from '../contribution.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { listedChoices } from '../model/market-choices.ts';
import type { MarketSession } from '../model/market-session.ts';
import { findListed, type ListedPluginNode } from '../model/marketplace-nodes.ts';

export interface ChosenListed {
  readonly market: MarketSession;
  readonly node: ListedPluginNode;
}

/** The plugin that a command is about: the one it was given, else the one a person finds among all that `suits`. */
export async function chooseListed(
  host: EditorHost,
  target: CommandTarget,
  title: string,
  suits: (node: ListedPluginNode) => boolean,
  nothing: string,
): Promise<ChosenListed | undefined> {
  const { folders, t } = host;
  if (folders.markets.length === 0) {
    throw new BeaverError('no_workspace_folder', 'No folder is open.', {
      nextStep: 'Open the folder that has your plugins.',
    });
  }
  await Promise.all(folders.markets.map((market) => market.firstRead()));
  if (target.installedId !== undefined) return given(host, target.folder, target.installedId);
  const choices = listedChoices(folders.marketSnapshots, suits, t);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(nothing);
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(choices, {
    title,
    placeHolder: t('Type to search by name, description or category'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen === undefined ? undefined : given(host, chosen.value.folder, chosen.value.installedId);
}

/** @throws BeaverError `plugin_not_installed` when it went in the meantime. */
function given({ folders }: EditorHost, folder: string | undefined, installedId: string): ChosenListed {
  for (const market of folders.markets) {
    if (folder !== undefined && market.folder !== folder) continue;
    const node = findListed(market.snapshot, installedId);
    if (node !== undefined) return { market, node };
  }
  throw new BeaverError('plugin_not_installed', 'There is no such plugin here any more.', {
    nextStep: 'Refresh and choose again.',
  });
}
