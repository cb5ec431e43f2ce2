import type { MarketplacePayload, OfferedPluginPayload } from '../../app/marketplace-payloads.ts';
import { findingFromError, isBeaverError, type Finding } from '../../base/errors.ts';
import type { PhaseProgress } from '../../core/install/phases.ts';
import type { AvailableUpdate, InstalledPayload, MarketSnapshot } from './market-snapshot.ts';

export interface MarketFolderNode {
  readonly kind: 'marketFolder';
  readonly folder: string;
  readonly name: string;
  readonly updates: number;
}

export interface MarketplaceNode {
  readonly kind: 'marketplace';
  readonly folder: string;
  readonly marketplace: string;
  readonly payload: MarketplacePayload;
  /** Plugins that it offers; undefined where its catalog cannot be read. */
  readonly offered: number | undefined;
  readonly installed: number;
  readonly updates: number;
  /** Why its catalog cannot be read. */
  readonly finding: Finding | undefined;
}

/** What is installed and comes from no marketplace that is known here. */
export interface ElsewhereNode {
  readonly kind: 'elsewhere';
  readonly folder: string;
  readonly installed: number;
  readonly updates: number;
}

/** A plugin that a marketplace offers, that is installed, or both. */
export interface ListedPluginNode {
  readonly kind: 'listedPlugin';
  readonly folder: string;
  /** `name@marketplace`. */
  readonly installedId: string;
  /** Not in it: one that is installed from elsewhere. */
  readonly marketplace?: string;
  readonly offer: OfferedPluginPayload | undefined;
  readonly plugin: InstalledPayload | undefined;
  readonly update: AvailableUpdate | undefined;
  readonly progress: PhaseProgress | undefined;
}

/** The folder's marketplaces could not be read. */
export interface MarketFailureNode {
  readonly kind: 'marketFailure';
  readonly folder: string;
  readonly finding: Finding;
}

export type MarketTreeNode =
  MarketFolderNode | MarketplaceNode | ElsewhereNode | ListedPluginNode | MarketFailureNode;

/** The first level: the folders where there are several, else what the only one has. */
export function marketRoots(snapshots: readonly MarketSnapshot[]): readonly MarketTreeNode[] {
  const [first, second] = snapshots;
  if (first === undefined) return [];
  if (second === undefined) return marketsOf(first);
  return snapshots.map((snapshot) => ({
    kind: 'marketFolder',
    folder: snapshot.folder,
    name: snapshot.name,
    updates: snapshot.available.size,
  }));
}

/** Children are made when their parent is opened: a marketplace of a thousand plugins that stays closed costs one row. */
export function marketChildren(
  node: MarketTreeNode,
  snapshots: readonly MarketSnapshot[],
): readonly MarketTreeNode[] {
  const snapshot = snapshots.find(({ folder }) => folder === node.folder);
  if (snapshot === undefined) return [];
  switch (node.kind) {
    case 'marketFolder':
      return marketsOf(snapshot);
    case 'marketplace':
      return pluginsOfMarketplace(snapshot, node.marketplace);
    case 'elsewhere':
      return fromElsewhere(snapshot).map((plugin) =>
        listed(snapshot, plugin.id, undefined, undefined, plugin),
      );
    case 'listedPlugin':
    case 'marketFailure':
      return [];
  }
}

/** Every plugin that is offered or installed, each once. */
export function listedPlugins(snapshot: MarketSnapshot): readonly ListedPluginNode[] {
  return [
    ...snapshot.marketplaces.flatMap(({ name }) => pluginsOfMarketplace(snapshot, name)),
    ...fromElsewhere(snapshot).map((plugin) => listed(snapshot, plugin.id, undefined, undefined, plugin)),
  ];
}

/** What a command is about: the row of a plugin, wherever it stands. */
export function findListed(snapshot: MarketSnapshot, installedId: string): ListedPluginNode | undefined {
  const plugin = snapshot.installed.find(({ id }) => id === installedId);
  for (const [marketplace, offers] of snapshot.offered) {
    const offer = offers.find(({ id }) => id === installedId);
    if (offer !== undefined) return listed(snapshot, installedId, marketplace, offer, plugin);
  }
  if (plugin === undefined) return undefined;
  const known = snapshot.marketplaces.some(({ name }) => name === plugin.marketplace);
  const marketplace = known ? (plugin.marketplace ?? undefined) : undefined;
  return listed(snapshot, installedId, marketplace, undefined, plugin);
}

function marketsOf(snapshot: MarketSnapshot): readonly MarketTreeNode[] {
  const { folder } = snapshot;
  const failure: readonly MarketTreeNode[] = isBeaverError(snapshot.failure)
    ? [{ kind: 'marketFailure', folder, finding: findingFromError(snapshot.failure, '.') }]
    : [];
  const markets = snapshot.marketplaces.map((payload): MarketplaceNode => {
    const own = snapshot.installed.filter(({ marketplace }) => marketplace === payload.name);
    return {
      kind: 'marketplace',
      folder,
      marketplace: payload.name,
      payload,
      offered: snapshot.offered.get(payload.name)?.length,
      installed: own.length,
      updates: own.filter(({ id }) => snapshot.available.has(id)).length,
      finding: snapshot.unreadable.get(payload.name),
    };
  });
  const others = fromElsewhere(snapshot);
  const elsewhere: readonly MarketTreeNode[] =
    others.length === 0
      ? []
      : [
          {
            kind: 'elsewhere',
            folder,
            installed: others.length,
            updates: others.filter(({ id }) => snapshot.available.has(id)).length,
          },
        ];
  return [...failure, ...markets, ...elsewhere];
}

function fromElsewhere({ installed, marketplaces }: MarketSnapshot): readonly InstalledPayload[] {
  const known = new Set(marketplaces.map(({ name }) => name));
  return installed.filter(({ marketplace }) => marketplace === null || !known.has(marketplace));
}

/** What has an update first, then what is installed, then the rest as the catalog has it. */
function pluginsOfMarketplace(snapshot: MarketSnapshot, name: string): readonly ListedPluginNode[] {
  const installed = new Map(
    snapshot.installed.filter(({ marketplace }) => marketplace === name).map((plugin) => [plugin.id, plugin]),
  );
  const offers = snapshot.offered.get(name) ?? [];
  const nodes = offers.map((offer) => listed(snapshot, offer.id, name, offer, installed.get(offer.id)));
  for (const { id } of offers) installed.delete(id);
  const gone = [...installed.values()].map((plugin) => listed(snapshot, plugin.id, name, undefined, plugin));
  const all = [...gone, ...nodes];
  const rank = (node: ListedPluginNode): number =>
    node.update !== undefined ? 0 : node.plugin !== undefined || node.progress !== undefined ? 1 : 2;
  return [0, 1, 2].flatMap((wanted) => all.filter((node) => rank(node) === wanted));
}

function listed(
  { folder, available, running }: MarketSnapshot,
  installedId: string,
  marketplace: string | undefined,
  offer: OfferedPluginPayload | undefined,
  plugin: InstalledPayload | undefined,
): ListedPluginNode {
  return {
    kind: 'listedPlugin',
    folder,
    installedId,
    ...(marketplace === undefined ? {} : { marketplace }),
    offer,
    plugin,
    update: plugin === undefined ? undefined : labelled(available.get(installedId), offer),
    progress: running.get(installedId),
  };
}

/** A content that no tag names has the version that its marketplace says of exactly it. */
function labelled(
  update: AvailableUpdate | undefined,
  offer: OfferedPluginPayload | undefined,
): AvailableUpdate | undefined {
  if (update?.version !== null || offer?.version == null) return update;
  const commit = update.identity.replace(/^commit:/, '#');
  return offer.source.endsWith(commit) ? { ...update, version: offer.version } : update;
}
