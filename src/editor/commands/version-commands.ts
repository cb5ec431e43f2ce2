import * as path from 'node:path';
import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { localTime } from '../local-time.ts';
import { versionChoices } from '../model/choices.ts';
import type { CommandId } from '../model/command-ids.ts';
import { SELECTED_VERSION_KEY } from '../model/context-keys.ts';
import { readTarget, type CommandTarget } from '../model/command-target.ts';
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
        const other = host.folders.session(selected.folder);
        if (chosen === undefined || other === undefined) return;
        const left = other.workspace.skills.versionFolder(selected.skillName, selected.version);
        const right = chosen.session.workspace.skills.versionFolder(chosen.skillName, chosen.version);
        const title = `${selected.skillName}: ${selected.version} ↔ ${chosen.version}`;
        await compareFolders(host, vscode.Uri.file(left), vscode.Uri.file(right), title);
      }),
  };
}

/** Versions are immutable (invariant 2): it opens read only. */
async function openVersion(host: EditorHost, target: CommandTarget): Promise<void> {
  await reporting(host, 'beaver.skills.openVersion', async () => {
    const chosen = await chooseVersion(host, target, host.t('Open which version?'));
    if (chosen === undefined) return;
    const folder = chosen.session.workspace.skills.versionFolder(chosen.skillName, chosen.version);
    await vscode.window.showTextDocument(vscode.Uri.file(path.join(folder, 'SKILL.md')), { preview: true });
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
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
