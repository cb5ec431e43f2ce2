import type * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { VIEWS } from '../model/command-ids.ts';
import { reviewCounts, toReviewText } from '../model/status-text.ts';
import { presentGroup, presentUpdate, updateGroups, type UpdateTreeNode } from '../model/update-nodes.ts';
import { treeItem } from './tree-item.ts';
import { folderTree } from './tree-view.ts';

class UpdateTree implements vscode.TreeDataProvider<UpdateTreeNode> {
  readonly #host: EditorHost;
  readonly onDidChangeTreeData: vscode.Event<undefined>;

  constructor(host: EditorHost, changed: vscode.Event<undefined>) {
    this.#host = host;
    this.onDidChangeTreeData = changed;
  }

  getTreeItem(node: UpdateTreeNode): vscode.TreeItem {
    const { t } = this.#host;
    return treeItem(node.kind === 'group' ? presentGroup(node, t) : presentUpdate(node, t), node);
  }

  async getChildren(node?: UpdateTreeNode): Promise<UpdateTreeNode[]> {
    if (node !== undefined) return node.kind === 'group' ? [...node.updates] : [];
    const { folders } = this.#host;
    // The first folder that is read is shown; the others follow as they come.
    if (folders.sessions.length > 0) await Promise.race(folders.sessions.map(({ firstRead }) => firstRead));
    return [...updateGroups(folders.snapshots)];
  }
}

export const updatesView = folderTree({
  id: VIEWS.updates,
  collapseAll: false,
  provider: (host, changed) => new UpdateTree(host, changed),
  follow: (view, { folders, t }) => {
    const { toReview } = reviewCounts(folders.snapshots);
    view.badge = toReview === 0 ? undefined : { value: toReview, tooltip: toReviewText(toReview, t) };
  },
});
