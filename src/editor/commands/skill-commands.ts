import * as path from 'node:path';
import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { localTime } from '../local-time.ts';
import { confirm } from '../messages.ts';
import { versionChoices } from '../model/choices.ts';
import { VIEWS, type CommandId } from '../model/command-ids.ts';
import { readTarget, type CommandTarget } from '../model/command-target.ts';
import { findingText } from '../model/finding-text.ts';
import { captureOutcome } from '../model/outcome-text.ts';
import { showVersion, versionUri } from '../versions/version-files.ts';
import { chooseSkill, pickOne, sessionFor, sessionsFor, type ChosenSkill } from './pick.ts';
import { reporting, runWriting } from './run.ts';
import { compareFolders } from './compare-folders.ts';

type SkillCommandId = Exclude<
  Extract<CommandId, `beaver.skills.${string}`>,
  'beaver.skills.openVersion' | 'beaver.skills.selectForCompare' | 'beaver.skills.compareWithSelected'
>;

/** Managed skills: capture, roll back, and looking at them. */
export function skillCommands(
  host: EditorHost,
): Readonly<Record<SkillCommandId, (argument: unknown) => Promise<void>>> {
  return {
    'beaver.skills.capture': (argument) => capture(host, readTarget(argument)),
    'beaver.skills.rollback': (argument) => rollback(host, readTarget(argument)),
    'beaver.skills.reveal': (argument) => reveal(host, readTarget(argument)),
    'beaver.skills.openSkill': (argument) => openSkill(host, readTarget(argument)),
    'beaver.skills.compareVersions': (argument) => compareVersions(host, readTarget(argument)),
  };
}

/** One skill where one was given, else every edited one. */
async function capture(host: EditorHost, target: CommandTarget): Promise<void> {
  await runWriting(host, 'beaver.skills.capture', VIEWS.plugins, async (write) => {
    const sessions = sessionsFor(host, target.folder);
    if (sessions.length === 0) sessionFor(host, target.folder);
    const captures = [];
    for (const session of sessions) {
      try {
        captures.push(await write((wait) => session.workspace.skills.capture(target.skillName, wait)));
      } finally {
        await session.refresh();
        await session.lookAtTargets([...session.snapshot.marks.keys()]);
      }
    }
    const [problem] = captures.flatMap(({ findings }) =>
      findings.filter(({ severity }) => severity === 'error'),
    );
    if (problem !== undefined) {
      const { message, nextStep } = findingText(problem, host.t);
      void vscode.window.showWarningMessage(`${message} ${nextStep}`);
    }
    return captureOutcome(captures, host.t);
  });
}

async function rollback(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.skills.rollback', VIEWS.plugins, async (write) => {
    const chosen = await chooseSkill(host, target, t('Roll back which skill?'));
    if (chosen === undefined) return undefined;
    const { skillName, session } = chosen;
    const { skill } = await session.workspace.skills.show(skillName);
    const version =
      target.version ??
      (await pickOne(
        versionChoices(skill.versions, skill.current_version, localTime, t),
        t('Roll {0} back from {1} to…', skillName, skill.current_version),
        t('{0} has no other version.', skillName),
      ));
    if (version === undefined) return undefined;
    const agreed = await confirm(
      t('Roll {0} back to {1}?', skillName, version),
      t(
        'Agents read {0} from now on. {1} is kept: you can bring it back the same way.',
        version,
        skill.current_version,
      ),
      t('Roll Back'),
    );
    if (!agreed) return undefined;
    try {
      await write((wait) => session.workspace.skills.rollback(skillName, version, wait));
    } finally {
      await session.refresh();
      await session.lookAtTargets([skillName]);
    }
    return t('{0} is back at {1}', skillName, version);
  });
}

async function reveal(host: EditorHost, target: CommandTarget): Promise<void> {
  await reporting(host, 'beaver.skills.reveal', async () => {
    const chosen = await chooseSkill(host, target, host.t('Reveal which skill?'));
    if (chosen === undefined) return;
    const placed = await placedDocument(chosen);
    if (placed === undefined) await showUnplaced(host, chosen);
    else await vscode.commands.executeCommand('revealInExplorer', placed);
  });
}

/**
 * Opens SKILL.md where agents read it, so that an edit is a local edit that can be captured. Where it is not placed, the current version
 * is shown read only: versions are immutable (invariant 2).
 */
async function openSkill(host: EditorHost, target: CommandTarget): Promise<void> {
  await reporting(host, 'beaver.skills.openSkill', async () => {
    const chosen = await chooseSkill(host, target, host.t('Open which skill?'));
    if (chosen === undefined) return;
    const placed = await placedDocument(chosen);
    if (placed === undefined) await showUnplaced(host, chosen);
    else await vscode.window.showTextDocument(placed, { preview: true });
  });
}

/** The first SKILL.md of a skill that agents read; undefined where it is placed in no runtime target. */
async function placedDocument({ session, skillName }: ChosenSkill): Promise<vscode.Uri | undefined> {
  for (const folder of await session.workspace.skills.targetFolders(skillName)) {
    const uri = vscode.Uri.file(path.join(folder, 'SKILL.md'));
    if (await exists(uri)) return uri;
  }
  return undefined;
}

/** Shows the current version, to read only, and says how agents get to see it. */
async function showUnplaced(host: EditorHost, { session, skillName }: ChosenSkill): Promise<void> {
  const { t } = host;
  const { skill } = await session.workspace.skills.show(skillName);
  await showVersion({ folder: session.folder, skillName, version: skill.current_version });
  const sync = t('Sync Plugins');
  const settings = t('Open Settings');
  const offers = skill.status === 'active' ? [sync, settings] : [];
  const text =
    skill.status === 'active'
      ? t(
          '{0} is in no folder that agents read. A sync places it in the folders of beaver.runtimeTargets.',
          skillName,
        )
      : t('{0} is disabled, so agents do not see it. Enable its plugin to place it again.', skillName);
  // Not awaited: the message stays until a person answers it, and the document is open already.
  void vscode.window.showInformationMessage(text, ...offers).then((chosen) => {
    if (chosen === sync) void vscode.commands.executeCommand('beaver.plugins.sync');
    if (chosen === settings)
      void vscode.commands.executeCommand('workbench.action.openSettings', 'beaver.runtimeTargets');
  });
}

async function compareVersions(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await reporting(host, 'beaver.skills.compareVersions', async () => {
    const chosen = await chooseSkill(host, target, t('Compare the versions of which skill?'));
    if (chosen === undefined) return;
    const { skillName, session } = chosen;
    const { skill } = await session.workspace.skills.show(skillName);
    const current = skill.current_version;
    const other =
      target.version ??
      (await pickOne(
        versionChoices(skill.versions, current, localTime, t),
        t('Compare {0} of {1} with…', current, skillName),
        t('{0} has no other version.', skillName),
      ));
    if (other === undefined) return;
    await compareFolders(
      host,
      versionUri({ folder: session.folder, skillName, version: other }),
      versionUri({ folder: session.folder, skillName, version: current }),
      `${skillName}: ${other} ↔ ${current}`,
    );
  });
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
