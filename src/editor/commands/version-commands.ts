import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { localTime } from '../local-time.ts';
import { versionChoices } from '../model/choices.ts';
import type { CommandId } from '../model/command-ids.ts';
import { SELECTED_VERSION_KEY } from '../model/context-keys.ts';
import { readTarget, type CommandTarget } from '../model/command-target.ts';
import { showVersion, versionUri } from '../versions/version-files.ts';
import { compareFolders } from './compare-folders.ts';
import { chooseSkill, pickOne, type ChosenSkill } from './pick.ts';
import { reporting } from './run.ts';

type VersionCommandId = Extract<
  CommandId,
  'beaver.skills.openVersion' | 'beaver.skills.selectForCompare' | 'beaver.skills.compareWithSelected'
>;

/** Looking at the versions of a skill, any of them, as VS Code does with files. */
export function versionCommands(
  host: EditorHost,
): Readonly<Record<VersionCommandId, (argument: unknown) => Promise<void>>> {
  let selected: { readonly folder: string; readonly skillName: string; readonly version: string } | undefined;
  return {
    'beaver.skills.openVersion': (argument) => openVersion(host, readTarget(argument)),
    'beaver.skills.selectForCompare': (argument) =>
      reporting(host, 'beaver.skills.selectForCompare', async () => {
        const chosen = await chooseVersion(host, readTarget(argument), host.t('Compare which version?'));
        if (chosen === undefined) return;
        selected = {
          folder: chosen.session.folder,
          skillName: chosen.skillName,
          version: chosen.version,
        };
        await vscode.commands.executeCommand('setContext', SELECTED_VERSION_KEY, true);
      }),
    'beaver.skills.compareWithSelected': (argument) =>
      reporting(host, 'beaver.skills.compareWithSelected', async () => {
        if (selected === undefined) return;
        const target = { folder: selected.folder, skillName: selected.skillName, ...readTarget(argument) };
        const question = host.t('Compare {0} with which version?', selected.version);
        const chosen = await chooseVersion(host, target, question);
        if (chosen === undefined) return;
        const { skillName, version } = chosen;
        const title = `${selected.skillName}: ${selected.version} ↔ ${chosen.version}`;
        const right = versionUri({ folder: chosen.session.folder, skillName, version });
        await compareFolders(host, versionUri(selected), right, title);
      }),
  };
}

async function openVersion(host: EditorHost, target: CommandTarget): Promise<void> {
  await reporting(host, 'beaver.skills.openVersion', async () => {
    const chosen = await chooseVersion(host, target, host.t('Open which version?'));
    if (chosen === undefined) return;
    const { skillName, version, session } = chosen;
    await showVersion({ folder: session.folder, skillName, version });
  });
}

async function chooseVersion(
  host: EditorHost,
  target: CommandTarget,
  question: string,
): Promise<(ChosenSkill & { readonly version: string }) | undefined> {
  const { t } = host;
  const chosen = await chooseSkill(host, target, question);
  if (chosen === undefined) return undefined;
  if (target.version !== undefined) return { ...chosen, version: target.version };
  const { skill } = await chosen.session.workspace.skills.show(chosen.skillName);
  const version = await pickOne(
    versionChoices(skill.versions, undefined, localTime, t),
    question,
    t('{0} has no other version.', chosen.skillName),
  );
  return version === undefined ? undefined : { ...chosen, version };
}
