import { sameJson, type JsonValue } from '../../base/json.ts';
import * as z from 'zod';
import type { CatalogPlugin, MarketplaceCatalog } from './catalog.ts';

/** What a new look at a marketplace brought: names of plugins, sorted. */
export interface CatalogChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/**
 * The new catalog with what each folder holds. A plugin that lies in the marketplace itself keeps the commit at which its folder last
 * changed: a marketplace that moves on for other reasons is no update of it.
 * @param ids By folder, as the source tells them apart.
 */
export function withFolderIds(
  catalog: MarketplaceCatalog,
  ids: ReadonlyMap<string, string>,
  before: MarketplaceCatalog | undefined,
): MarketplaceCatalog {
  const earlier = new Map(before?.plugins.map((plugin) => [plugin.name, plugin]));
  return {
    ...catalog,
    plugins: catalog.plugins.map((plugin) => {
      const folder = folderIn(catalog, plugin);
      const id = folder === undefined ? undefined : ids.get(folder);
      if (id === undefined) return plugin;
      const known = earlier.get(plugin.name);
      const unmoved = known?.content_id === id && samePlace(known, plugin);
      return { ...plugin, content_id: id, source: unmoved ? known.source : plugin.source };
    }),
  };
}

/** Folders of the repository that plugins of the marketplace lie in. */
export function foldersIn(catalog: MarketplaceCatalog): readonly string[] {
  return [...new Set(catalog.plugins.flatMap((plugin) => folderIn(catalog, plugin) ?? []))].sort();
}

export function catalogChange(
  before: MarketplaceCatalog | undefined,
  after: MarketplaceCatalog,
): CatalogChange {
  const earlier = new Map(before?.plugins.map((plugin) => [plugin.name, plugin]));
  const later = new Set(after.plugins.map(({ name }) => name));
  const changed = after.plugins.filter((plugin) => {
    const known = earlier.get(plugin.name);
    return known !== undefined && !sameJson(jsonOf(known), jsonOf(plugin));
  });
  return {
    added: after.plugins.filter(({ name }) => !earlier.has(name)).map(({ name }) => name),
    removed: [...earlier.keys()].filter((name) => !later.has(name)),
    changed: changed.map(({ name }) => name),
  };
}

/** Only what is pinned to this very revision lies in the marketplace: an entry may name the same repository at another commit. */
function folderIn(catalog: MarketplaceCatalog, { source }: CatalogPlugin): string | undefined {
  return source.kind === 'git' && source.commit === catalog.revision ? source.subpath : undefined;
}

function samePlace(a: CatalogPlugin, b: CatalogPlugin): boolean {
  if (a.source.kind !== 'git' || b.source.kind !== 'git') return false;
  return (
    a.source.url === b.source.url && a.source.subpath === b.source.subpath && a.source.ref === b.source.ref
  );
}

function jsonOf(plugin: CatalogPlugin): JsonValue {
  return z.json().parse(plugin);
}
