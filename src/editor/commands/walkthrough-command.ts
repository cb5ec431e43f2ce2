import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { walkthroughSteps } from '../model/context-keys.ts';

/** Step of package.json that the command opens. */
const WALKTHROUGH = 'beaver-skills.beaver-skills#keepLearning';

/**
 * Opens the walkthrough. VS Code ticks a step when its key changes while the walkthrough is known, not when it was true before: the steps
 * that are done already are therefore told again.
 */
export async function openWalkthrough({ folders }: EditorHost): Promise<void> {
  const done = Object.entries(walkthroughSteps(folders.snapshots)).flatMap(([key, value]) =>
    value ? [key] : [],
  );
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
  for (const value of [false, true]) {
    await Promise.all(done.map((key) => vscode.commands.executeCommand('setContext', key, value)));
  }
}
