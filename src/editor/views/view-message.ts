import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';

/** Keeps the line above a tree right: why nothing can be changed here, or what a command waits for. */
export function viewMessage(view: vscode.TreeView<unknown>, host: EditorHost): vscode.Disposable {
  const { t, activity } = host;
  const follow = (): void => {
    view.message = activity.waiting
      ? t('Waiting for another window…')
      : vscode.workspace.isTrusted
        ? ''
        : t(
            'This workspace is not trusted. Plugins and skills can be read; trust the workspace to change them.',
          );
  };
  follow();
  return vscode.Disposable.from(
    activity.onDidChange(follow),
    vscode.workspace.onDidGrantWorkspaceTrust(follow),
  );
}
