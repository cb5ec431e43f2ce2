import * as vscode from 'vscode';
import type { Contribution, EditorHost } from '../contribution.ts';
import type { ViewId } from '../model/command-ids.ts';
import { viewMessage } from './view-message.ts';

export interface FolderTree<Node> {
  readonly id: ViewId;
  readonly collapseAll: boolean;
  readonly provider: (host: EditorHost, changed: vscode.Event<undefined>) => vscode.TreeDataProvider<Node>;
  /** After each change of a folder, beside the tree's own reading. */
  readonly follow?: (view: vscode.TreeView<Node>, host: EditorHost) => void;
}

/** A tree view that is read again whenever a folder has changed, with the line above it that says why nothing can be done. */
export function folderTree<Node>({ id, collapseAll, provider, follow }: FolderTree<Node>): Contribution {
  return {
    register(host) {
      const changed = new vscode.EventEmitter<undefined>();
      const treeDataProvider = provider(host, changed.event);
      const view = vscode.window.createTreeView(id, { treeDataProvider, showCollapseAll: collapseAll });
      return vscode.Disposable.from(
        view,
        changed,
        viewMessage(view, host),
        host.folders.onDidChange(() => {
          changed.fire(undefined);
          follow?.(view, host);
        }),
      );
    },
  };
}
