import * as vscode from 'vscode';
import { activateEditor } from './editor/activate-editor.ts';
import type { BeaverApi } from './editor/api.ts';
import type { OpenWorkspace } from './editor/lazy-workspace.ts';
import { loadDomains } from './editor/load-domains.ts';
import { logFailure } from './editor/log.ts';

/**
 * Called by VS Code once, on the first activation event. Everything heavy happens after it has returned.
 * A failure is shown, because VS Code itself only logs it and the views would stay empty without a word.
 */
export function activate(context: vscode.ExtensionContext): BeaverApi {
  const log = vscode.window.createOutputChannel('Beaver', { log: true });
  context.subscriptions.push(log);
  try {
    let loading: Promise<OpenWorkspace> | undefined;
    return activateEditor(context, log, () => (loading ??= loadDomains(log, context.extension.packageJSON)));
  } catch (error) {
    logFailure(log, 'activate', error);
    void showFailedActivation(log);
    throw error;
  }
}

async function showFailedActivation(log: vscode.LogOutputChannel): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const message = vscode.l10n.t('Beaver could not start. The log has the reason.');
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) log.show();
}
