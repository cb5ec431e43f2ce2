import * as vscode from 'vscode';
import type { EditorHost } from './contribution.ts';
import { logFailure } from './log.ts';
import { errorText } from './model/error-text.ts';

/** The one place where a failure becomes a message: what happened, what to do, an action where there is one, and "Show Log". */
export async function showFailure(host: EditorHost, what: string, error: unknown): Promise<void> {
  logFailure(host.log, what, error);
  const { message, nextStep, actions } = errorText(error, vscode.env.language.startsWith('en'), host.t);
  const showLog = host.t('Show Log');
  const labels = [...actions.map(({ label }) => label), showLog];
  const chosen = await vscode.window.showErrorMessage(`${message} ${nextStep}`, ...labels);
  if (chosen === showLog) host.log.show();
  const action = actions.find(({ label }) => label === chosen);
  if (action !== undefined) await vscode.commands.executeCommand(action.command, ...action.args);
}

/** Asks before something that a person may not expect. True when they said `action`. */
export async function confirm(question: string, detail: string, action: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
}
