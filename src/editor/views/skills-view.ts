import type * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { localTime } from '../local-time.ts';
import { logFailure } from '../log.ts';
import { VIEWS } from '../model/command-ids.ts';
import {
  presentManagedSkill,
  presentVersion,
  versionNodes,
  type ManagedSkillNode,
  type SkillTreeNode,
} from '../model/skill-nodes.ts';
import { treeItem } from './tree-item.ts';
import { folderTree } from './tree-view.ts';

/** Managed skill → its versions, newest first. Read when the view is opened, so that a collapsed view costs nothing. */
class SkillTree implements vscode.TreeDataProvider<SkillTreeNode> {
  readonly #host: EditorHost;
  readonly onDidChangeTreeData: vscode.Event<undefined>;

  constructor(host: EditorHost, changed: vscode.Event<undefined>) {
    this.#host = host;
    this.onDidChangeTreeData = changed;
  }

  getTreeItem(node: SkillTreeNode): vscode.TreeItem {
    const { t } = this.#host;
    const view = node.kind === 'version' ? presentVersion(node, localTime, t) : presentManagedSkill(node, t);
    return treeItem(view, node);
  }

  async getChildren(node?: SkillTreeNode): Promise<SkillTreeNode[]> {
    if (node === undefined) return this.#skills();
    if (node.kind === 'version') return [];
    const session = this.#host.folders.session(node.folder);
    if (session === undefined) return [];
    const { skill } = await session.workspace.skills.show(node.skillName);
    return [...versionNodes(node.folder, skill)];
  }

  /** A folder that cannot be read hides no other. */
  async #skills(): Promise<ManagedSkillNode[]> {
    const { folders, log } = this.#host;
    const several = folders.sessions.length > 1;
    const nodes: ManagedSkillNode[] = [];
    for (const session of folders.sessions) {
      await session.firstRead;
      try {
        const { skills } = await session.workspace.skills.list();
        for (const skill of skills) {
          const folderName = several ? session.name : undefined;
          const { folder } = session;
          nodes.push({ kind: 'managedSkill', folder, skillName: skill.name, skill, folderName });
        }
      } catch (error) {
        logFailure(log, 'skills', error);
      }
    }
    return nodes;
  }
}

export const skillsView = folderTree({
  id: VIEWS.skills,
  collapseAll: true,
  provider: (host, changed) => new SkillTree(host, changed),
});
