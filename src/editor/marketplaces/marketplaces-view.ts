import * as vscode from 'vscode';
import type { Contribution, EditorHost } from '../contribution.ts';
import type { SurfacePayload } from '../../app/package-look-payloads.ts';
import { localTime } from '../local-time.ts';
import { logFailure } from '../log.ts';
import { VIEWS } from '../model/command-ids.ts';
import { updatesLabel } from '../model/market-labels.ts';
import { marketTooltip, presentMarketNode } from '../model/marketplace-items.ts';
import { marketChildren, marketRoots, type MarketTreeNode } from '../model/marketplace-nodes.ts';
import { tooltip, treeItem } from '../views/tree-item.ts';
import { viewMessage } from '../views/view-message.ts';

/** Marketplace → its plugins. Tooltips are made for the row that is hovered over: a marketplace of a thousand plugins opens at once. */
class MarketplaceTree implements vscode.TreeDataProvider<MarketTreeNode> {
  readonly #host: EditorHost;
  readonly onDidChangeTreeData: vscode.Event<undefined>;

  constructor(host: EditorHost, changed: vscode.Event<undefined>) {
    this.#host = host;
    this.onDidChangeTreeData = changed;
  }

  getTreeItem(node: MarketTreeNode): vscode.TreeItem {
    const item = treeItem(presentMarketNode(node, this.#host.t), node);
    item.tooltip = undefined;
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: MarketTreeNode): Promise<vscode.TreeItem> {
    item.tooltip = tooltip(marketTooltip(node, localTime, this.#host.t, await this.#surface(node)));
    return item;
  }

  /** What an installed plugin can run; undefined where there is none, or its package cannot be read. */
  async #surface(node: MarketTreeNode): Promise<readonly SurfacePayload[] | undefined> {
    if (node.kind !== 'listedPlugin' || node.plugin === undefined) return undefined;
    const market = this.#host.folders.markets.find(({ folder }) => folder === node.folder);
    try {
      return (await market?.workspace.looks.contents(node.installedId))?.contents.surface;
    } catch (error) {
      logFailure(this.#host.log, 'contents', error);
      return undefined;
    }
  }

  async getChildren(node?: MarketTreeNode): Promise<MarketTreeNode[]> {
    const { folders } = this.#host;
    await Promise.all(folders.markets.map((market) => market.firstRead()));
    const snapshots = folders.marketSnapshots;
    return [...(node === undefined ? marketRoots(snapshots) : marketChildren(node, snapshots))];
  }
}

/** The Marketplaces view, with the number of plugin updates as its badge. */
export const marketplacesView: Contribution = {
  register(host) {
    const { folders, t } = host;
    const changed = new vscode.EventEmitter<undefined>();
    const treeDataProvider = new MarketplaceTree(host, changed.event);
    const view = vscode.window.createTreeView(VIEWS.marketplaces, {
      treeDataProvider,
      showCollapseAll: true,
    });
    return vscode.Disposable.from(
      view,
      changed,
      viewMessage(view, host),
      folders.onDidChangeMarkets(() => {
        changed.fire(undefined);
        const updates = folders.marketSnapshots.reduce((sum, { available }) => sum + available.size, 0);
        view.badge = updates === 0 ? undefined : { value: updates, tooltip: updatesLabel(updates, t) };
      }),
    );
  },
};
