import * as vscode from 'vscode';
import { BeaverError } from '../../base/errors.ts';
import type { PluginPayload, UpdatePayload } from '../../app/payloads.ts';
import type { EditorHost } from '../contribution.ts';
import {
  pluginChoices,
  skillChoices,
  updateChoices,
  type Choice,
  type PluginAction,
  type SkillChoice,
  type UpdateChoice,
} from '../model/choices.ts';
import type { CommandTarget } from '../model/command-target.ts';
import type { FolderSession } from '../model/folder-session.ts';
import { isToReview } from '../model/update-nodes.ts';

/** Lets a person choose one. Undefined when they left it; says so when there is nothing to choose from. */
export async function pickOne<T>(
  choices: readonly Choice<T>[],
  title: string,
  nothing: string,
): Promise<T | undefined> {
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(nothing);
    return undefined;
  }
  return (await vscode.window.showQuickPick(choices, { title, matchOnDescription: true }))?.value;
}

/** As {@link pickOne} for any number. */
export async function pickMany<T>(
  choices: readonly Choice<T>[],
  title: string,
  nothing: string,
): Promise<readonly T[]> {
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(nothing);
    return [];
  }
  const chosen = await vscode.window.showQuickPick(choices, {
    title,
    matchOnDescription: true,
    canPickMany: true,
  });
  return (chosen ?? []).map(({ value }) => value);
}

export interface ChosenPlugin {
  readonly session: FolderSession;
  readonly plugin: PluginPayload;
}

/** The plugin that a command is about: the one it was given, else the one a person chooses among those it makes sense for. */
export async function choosePlugin(
  host: EditorHost,
  target: CommandTarget,
  action: PluginAction,
  title: string,
  nothing: string,
): Promise<ChosenPlugin | undefined> {
  const chosen =
    target.pluginId === undefined
      ? await pickOne(pluginChoices(host.folders.snapshots, action, host.t), title, nothing)
      : { folder: target.folder, pluginId: target.pluginId };
  return chosen === undefined ? undefined : findPlugin(host, chosen.folder, chosen.pluginId);
}

/** @throws BeaverError `plugin_unknown` when it went in the meantime. */
export function findPlugin(host: EditorHost, folder: string | undefined, pluginId: string): ChosenPlugin {
  for (const session of sessionsFor(host, folder)) {
    const plugin = session.snapshot.plugins.find(({ id }) => id === pluginId);
    if (plugin !== undefined) return { session, plugin };
  }
  throw new BeaverError('plugin_unknown', 'There is no such plugin any more.', {
    nextStep: 'Refresh and choose again.',
  });
}

export interface ChosenSkill extends SkillChoice {
  readonly session: FolderSession;
}

export async function chooseSkill(
  host: EditorHost,
  target: CommandTarget,
  title: string,
): Promise<ChosenSkill | undefined> {
  const choices = skillChoices(host.folders.snapshots, { pluginId: target.pluginId });
  if (target.skillName === undefined) {
    const value = await pickOne(
      choices,
      title,
      host.t('There are no linked skills yet. Enable a plugin first.'),
    );
    return value === undefined ? undefined : { ...value, session: sessionFor(host, value.folder) };
  }
  const { skillName, pluginId } = target;
  const known = choices.find(
    ({ value }) =>
      value.skillName === skillName && (target.folder === undefined || value.folder === target.folder),
  )?.value;
  // A published update may be of a skill that no plugin owns any more: the store still has it.
  const folder = known?.folder ?? target.folder ?? host.folders.sessions[0]?.folder;
  return {
    folder: folder ?? '',
    pluginId: known?.pluginId ?? pluginId,
    skillName,
    session: sessionFor(host, folder),
  };
}

export interface ChosenUpdate {
  readonly session: FolderSession;
  readonly update: UpdatePayload;
}

/** A skill's row stands for the update that waits for it. */
export async function chooseUpdate(
  host: EditorHost,
  target: CommandTarget,
  options: { readonly undraftedOnly?: boolean },
  title: string,
): Promise<ChosenUpdate | undefined> {
  const given =
    target.candidateId ??
    (target.skillName === undefined ? undefined : pendingOf(host, target, target.skillName));
  const chosen: UpdateChoice | { folder: string | undefined; candidateId: string } | undefined =
    given === undefined
      ? await pickOne(
          updateChoices(host.folders.snapshots, options, host.t),
          title,
          host.t('There is nothing to review.'),
        )
      : { folder: target.folder, candidateId: given };
  if (chosen === undefined) return undefined;
  for (const session of sessionsFor(host, chosen.folder)) {
    const update = session.snapshot.updates.find(({ candidate_id: id }) => id === chosen.candidateId);
    if (update !== undefined) return { session, update };
  }
  throw new BeaverError('candidate_unknown', 'There is no such update any more.', {
    nextStep: 'Refresh and choose again.',
  });
}

/** What its plugin holds for it, else what waits for it: updates are known before the packages have been looked through. */
function pendingOf(host: EditorHost, target: CommandTarget, skillName: string): string | undefined {
  const sessions = sessionsFor(host, target.folder);
  for (const { snapshot } of sessions) {
    for (const plugin of snapshot.plugins) {
      if (target.pluginId !== undefined && target.pluginId !== plugin.id) continue;
      const pending = plugin.skills.find(({ name }) => name === skillName)?.pending_candidate_id;
      if (pending !== undefined && pending !== null) return pending;
    }
  }
  return sessions
    .flatMap(({ snapshot }) => snapshot.updates)
    .filter(isToReview)
    .find(
      ({ skill_name: name, plugin_id: pluginId }) =>
        name === skillName && (target.pluginId === undefined || target.pluginId === pluginId),
    )?.candidate_id;
}

/** The folder that was named, or all of them. */
export function sessionsFor(host: EditorHost, folder: string | undefined): readonly FolderSession[] {
  return host.folders.sessions.filter((session) => folder === undefined || session.folder === folder);
}

/** @throws BeaverError `no_workspace_folder` when it was closed. */
export function sessionFor(host: EditorHost, folder: string | undefined): FolderSession {
  const [session] = sessionsFor(host, folder);
  if (session === undefined) {
    throw new BeaverError('no_workspace_folder', 'No folder is open.', {
      nextStep: 'Open the folder that has your plugins.',
    });
  }
  return session;
}
