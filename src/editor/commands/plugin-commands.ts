import * as path from 'node:path';
import * as vscode from 'vscode';
import { BeaverError } from '../../base/errors.ts';
import type { EditorHost } from '../contribution.ts';
import { confirm } from '../messages.ts';
import { pluginChoices, type PluginChoice } from '../model/choices.ts';
import { VIEWS, type CommandId } from '../model/command-ids.ts';
import { readTarget, type CommandTarget } from '../model/command-target.ts';
import { skillCount } from '../model/labels.ts';
import { syncOutcome } from '../model/outcome-text.ts';
import { choosePlugin, chooseSkill, findPlugin, pickMany, sessionFor, sessionsFor } from './pick.ts';
import { reporting, runWriting } from './run.ts';

type PluginCommandId = Extract<CommandId, `beaver.plugins.${string}`>;

/** The life cycle of plugins, from the tree and from the palette. */
export function pluginCommands(
  host: EditorHost,
): Readonly<Record<PluginCommandId, (argument: unknown) => Promise<void>>> {
  return {
    'beaver.plugins.sync': (argument) => sync(host, readTarget(argument)),
    'beaver.plugins.enable': (argument) => enable(host, readTarget(argument)),
    'beaver.plugins.pause': (argument) => pause(host, readTarget(argument)),
    'beaver.plugins.resume': (argument) => resume(host, readTarget(argument)),
    'beaver.plugins.disable': (argument) => disable(host, readTarget(argument)),
    'beaver.plugins.adopt': (argument) => adopt(host, readTarget(argument)),
    'beaver.plugins.reveal': (argument) => reveal(host, readTarget(argument)),
  };
}

async function sync(host: EditorHost, target: CommandTarget): Promise<void> {
  await runWriting(host, 'beaver.plugins.sync', VIEWS.plugins, async (write) => {
    const sessions = sessionsFor(host, target.folder);
    if (sessions.length === 0) sessionFor(host, target.folder);
    // One folder's failure must not keep the others from syncing; it is reported when all are done.
    const results = await write((wait) => Promise.allSettled(sessions.map((session) => session.sync(wait))));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return syncOutcome(
      results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
      host.t,
    );
  });
}

async function enable(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.plugins.enable', VIEWS.plugins, async (write) => {
    const chosen: readonly PluginChoice[] =
      target.pluginId === undefined
        ? await pickMany(
            pluginChoices(host.folders.snapshots, 'enable', t),
            t('Enable Plugins'),
            t('There is no plugin to enable.'),
          )
        : [asChoice(host, target.folder, target.pluginId)];
    if (chosen.length === 0) return undefined;
    for (const session of host.folders.sessions) {
      const ids = chosen.filter(({ folder }) => folder === session.folder).map(({ pluginId }) => pluginId);
      if (ids.length === 0) continue;
      try {
        await write((wait) => session.workspace.plugins.enable(ids, wait));
      } finally {
        await session.refresh();
      }
    }
    const [first, second] = chosen;
    return first !== undefined && second === undefined
      ? t('{0} is enabled', findPlugin(host, first.folder, first.pluginId).plugin.name)
      : t('{0} plugins enabled', chosen.length);
  });
}

function asChoice(host: EditorHost, folder: string | undefined, pluginId: string): PluginChoice {
  return { folder: findPlugin(host, folder, pluginId).session.folder, pluginId };
}

async function pause(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.plugins.pause', VIEWS.plugins, async (write) => {
    const chosen = await choosePlugin(
      host,
      target,
      'pause',
      t('Pause updates of which plugin?'),
      t('There is no plugin whose updates can be paused.'),
    );
    if (chosen === undefined) return undefined;
    await write((wait) => chosen.session.workspace.plugins.pause(chosen.plugin.id, wait));
    await chosen.session.refresh();
    return t('Updates of {0} are paused', chosen.plugin.name);
  });
}

async function resume(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.plugins.resume', VIEWS.plugins, async (write) => {
    const chosen = await choosePlugin(
      host,
      target,
      'resume',
      t('Resume updates of which plugin?'),
      t('There is no plugin whose updates are paused.'),
    );
    if (chosen === undefined) return undefined;
    await write((wait) => chosen.session.workspace.plugins.resume(chosen.plugin.id, wait));
    await chosen.session.refresh();
    return t('Updates of {0} are resumed', chosen.plugin.name);
  });
}

async function disable(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.plugins.disable', VIEWS.plugins, async (write) => {
    const chosen = await choosePlugin(
      host,
      target,
      'disable',
      t('Disable which plugin?'),
      t('There is no plugin to disable.'),
    );
    if (chosen === undefined) return undefined;
    const { session, plugin } = chosen;
    const linked = plugin.skills.filter((skill) => skill.current_beaver_version !== null);
    const agreed = await confirm(
      t('Disable {0}?', plugin.name),
      t(
        'Agents no longer find {0}: {1}. All versions and what was learned are kept, and enabling the plugin again brings them back.',
        skillCount(linked.length, t),
        linked.map(({ name }) => name).join(', '),
      ),
      t('Disable'),
    );
    if (!agreed) return undefined;
    await write((wait) => session.workspace.plugins.disable(plugin.id, { disableLinkedSkills: true }, wait));
    await session.refresh();
    return t('{0} is disabled', plugin.name);
  });
}

async function adopt(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.plugins.adopt', VIEWS.plugins, async (write) => {
    const chosen = await chooseSkill(host, target, t('Adopt which skill?'));
    if (chosen?.pluginId === undefined) return undefined;
    const { session, plugin } = findPlugin(host, chosen.folder, chosen.pluginId);
    const agreed = await confirm(
      t('Adopt {0}?', chosen.skillName),
      t(
        'The skill stays active and becomes your own. It no longer follows {0}, so it gets no more updates from it.',
        plugin.name,
      ),
      t('Adopt'),
    );
    if (!agreed) return undefined;
    await write((wait) => session.workspace.plugins.adopt(plugin.id, chosen.skillName, wait));
    await session.refresh();
    return t('{0} is now your own', chosen.skillName);
  });
}

/** Opens the manifest, or shows the folder of a package that has none. */
async function reveal(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await reporting(host, 'beaver.plugins.reveal', async () => {
    if (target.path !== undefined) {
      await openDisplayPath(sessionFor(host, target.folder).workspace.root, target.path);
      return;
    }
    const chosen = await choosePlugin(
      host,
      target,
      'reveal',
      t('Open the manifest of which plugin?'),
      t('There is no plugin to open.'),
    );
    const manifest = chosen?.plugin.manifest_path ?? undefined;
    if (chosen !== undefined && manifest !== undefined) {
      await openDisplayPath(chosen.session.workspace.root, manifest);
    }
  });
}

/** Display paths outside of the workspace are redacted on purpose: there is nothing to open then. */
async function openDisplayPath(root: string, displayPath: string): Promise<void> {
  if (displayPath.startsWith('<external>')) {
    throw new BeaverError('outside_workspace', `${displayPath} is outside of the workspace.`, {
      nextStep: 'Open it from the folder that beaver.pluginSearchPaths names.',
      field: 'beaver.pluginSearchPaths',
    });
  }
  const uri = vscode.Uri.file(path.join(root, displayPath));
  const stat = await vscode.workspace.fs.stat(uri);
  if ((stat.type & vscode.FileType.Directory) !== 0) {
    await vscode.commands.executeCommand('revealInExplorer', uri);
  } else {
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}
