import type * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { VIEWS } from '../model/command-ids.ts';
import { presentPluginNode } from '../model/plugin-items.ts';
import { childrenOf, pluginRoots, type PluginTreeNode } from '../model/plugin-nodes.ts';
import { skillUri } from './skill-decorations.ts';
import { treeItem } from './tree-item.ts';
import { folderTree } from './tree-view.ts';

/** Plugin → its skills. Children are made when a person opens their parent, so a thousand plugins cost a thousand rows and no more. */
class PluginTree implements vscode.TreeDataProvider<PluginTreeNode> {
  readonly #host: EditorHost;
  readonly onDidChangeTreeData: vscode.Event<undefined>;

  constructor(host: EditorHost, changed: vscode.Event<undefined>) {
    this.#host = host;
    this.onDidChangeTreeData = changed;
  }

  getTreeItem(node: PluginTreeNode): vscode.TreeItem {
    const item = treeItem(presentPluginNode(node, this.#host.t), node);
    if (node.kind === 'skill') item.resourceUri = skillUri(node);
    return item;
  }

  async getChildren(node?: PluginTreeNode): Promise<PluginTreeNode[]> {
    const { folders } = this.#host;
    if (node === undefined) {
      const [only, ...others] = folders.sessions;
      if (only !== undefined && others.length === 0) await only.firstRead;
      return [...pluginRoots(folders.snapshots)];
    }
    if (node.kind === 'folder') await folders.session(node.folder)?.firstRead;
    if (node.kind === 'plugin') {
      const shown = node.skills.filter(({ skill }) => skill.current_beaver_version !== null);
      void folders.session(node.folder)?.lookAtNew(shown.map(({ skillName }) => skillName));
    }
    return [...childrenOf(node, folders.snapshots)];
  }
}

export const pluginsView = folderTree({
  id: VIEWS.plugins,
  collapseAll: true,
  provider: (host, changed) => new PluginTree(host, changed),
});
