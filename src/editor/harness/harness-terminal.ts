import process from 'node:process';
import * as vscode from 'vscode';
import { BeaverError } from '../../base/errors.ts';
import { requireTrust } from '../commands/run.ts';
import { harnessLaunch } from '../model/harness-launch.ts';
import type { HarnessPart } from './harness-part.ts';

/**
 * The terminal of a harness: the launcher's front, so that what starts there is what starts in any shell.
 * @throws BeaverError `workspace_untrusted`, `launcher_not_here`.
 */
export function harnessTerminal({ host, opened }: HarnessPart, harness: string): vscode.TerminalOptions {
  requireTrust();
  if (process.platform === 'win32') {
    throw new BeaverError(
      'launcher_not_here',
      'The launcher cannot be started in a terminal of Windows yet.',
      {
        nextStep: 'Start the harness as you did before; Beaver keeps its versions all the same.',
      },
    );
  }
  const launch = harnessLaunch(harness, {
    extension: host.context.extensionPath,
    beaverHome: opened.deps.beaverHome,
    node: process.versions['electron'] === undefined ? process.execPath : undefined,
  });
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  return {
    ...launch,
    shellArgs: [...launch.shellArgs],
    iconPath: new vscode.ThemeIcon('hubot'),
    ...(folder === undefined ? {} : { cwd: folder.uri }),
  };
}
