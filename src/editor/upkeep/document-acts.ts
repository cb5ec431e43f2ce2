import * as vscode from 'vscode';
import { pickOne } from '../commands/pick.ts';
import { reporting } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import type { CommandId } from '../model/command-ids.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { contentLabel } from '../model/market-labels.ts';
import { type UpkeepKind, upkeepUri } from './upkeep-uri.ts';

/** Why a plugin was or was not updated, in a document. */
export async function showWhy(host: EditorHost, target: CommandTarget): Promise<void> {
  await showAbout(host, 'beaver.upkeep.why', 'why', target, host.t('Why was which plugin (not) updated?'));
}

/** What became of a plugin, in a document. */
export async function showTimeline(host: EditorHost, target: CommandTarget): Promise<void> {
  await showAbout(
    host,
    'beaver.upkeep.timeline',
    'timeline',
    target,
    host.t('Show the timeline of which plugin?'),
  );
}

async function showAbout(
  host: EditorHost,
  command: CommandId,
  kind: UpkeepKind,
  target: CommandTarget,
  title: string,
): Promise<void> {
  await reporting(host, command, async () => {
    const about = await chooseInstalled(host, target, title);
    if (about !== undefined) await openUpkeep(upkeepUri({ kind, ...about }, host.t));
  });
}

/** A document that stays while others are looked at. */
export async function openUpkeep(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(uri, { preview: false });
}

/** The installed plugin that a command is about: the one it was given, the only one, or the one that a person chooses. */
async function chooseInstalled(
  { folders, t }: EditorHost,
  target: CommandTarget,
  title: string,
): Promise<{ readonly folder: string; readonly id: string } | undefined> {
  await Promise.all(folders.markets.map((market) => market.firstRead()));
  const choices = folders.marketSnapshots
    .filter(({ folder }) => target.folder === undefined || folder === target.folder)
    .flatMap(({ folder, name, installed }) =>
      installed
        .filter(({ id }) => target.installedId === undefined || id === target.installedId)
        .map(({ id, active }) => ({
          label: id,
          description:
            folders.markets.length > 1 ? `${contentLabel(active)} · ${name}` : contentLabel(active),
          value: { folder, id },
        })),
    );
  const [only, second] = choices;
  if (only !== undefined && second === undefined) return only.value;
  return pickOne(choices, title, t('No plugin is installed.'));
}
