import * as z from 'zod';
import { canonicalJson } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import { packageSourceSchema } from '../package-identity.ts';
import type { FileSystem } from '../ports.ts';
import { readStoredJson } from '../stored-json.ts';

const catalogFindingSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  next_step: z.string(),
  /** The catalog file, POSIX, in the marketplace. */
  path: z.string(),
  /** JSON pointer. */
  field: z.string(),
});
export type CatalogFinding = z.infer<typeof catalogFindingSchema>;

/** A plugin as its marketplace describes it. What the description says is text of somebody else: shown, never followed. */
export const catalogPluginSchema = z.object({
  /** As the marketplace spells it. */
  name: z.string(),
  display_name: z.string().nullable(),
  description: z.string().nullable(),
  /** A label. */
  version: z.string().nullable(),
  category: z.string().nullable(),
  tags: z.array(z.string()),
  author: z.string().nullable(),
  homepage: z.string().nullable(),
  license: z.string().nullable(),
  source: packageSourceSchema,
  /** What the folder holds, where the marketplace has it itself: equal ids are equal content. Null where nobody can say. */
  content_id: z.string().nullable(),
  /** False where the entry is the whole definition and the folder needs no manifest. */
  strict: z.boolean(),
  /** Skill folders that the entry names, POSIX, in the plugin. */
  skills: z.array(z.string()),
  dependencies: z.array(
    z.object({ name: z.string(), range: z.string().nullable(), marketplace: z.string().nullable() }),
  ),
});
export type CatalogPlugin = z.infer<typeof catalogPluginSchema>;

/** `.beaver/marketplaces/catalogs/<name>.json`: a marketplace.json in one form, whatever its dialect. */
export const catalogSchema = z.object({
  schema_version: z.literal(1),
  name: z.string(),
  display_name: z.string().nullable(),
  description: z.string().nullable(),
  owner: z.string().nullable(),
  revision: z.string(),
  /** POSIX, in the marketplace. */
  file: z.string(),
  /** Other marketplaces that plugins of this one may depend on. */
  allows: z.array(z.string()),
  /** Plugins that were renamed; null for those that are gone for good. */
  renames: z.record(z.string(), z.string().nullable()),
  /** By name. */
  plugins: z.array(catalogPluginSchema),
  findings: z.array(catalogFindingSchema),
});
export type MarketplaceCatalog = z.infer<typeof catalogSchema>;

const KIND = { name: 'catalog of a marketplace', schemaVersion: 1 } as const;

/** @returns undefined when it was never fetched. @throws BeaverError `schema_newer`, `stored_file_unreadable`. */
export async function readCatalog(
  files: FileSystem,
  layout: WorkspaceLayout,
  name: string,
): Promise<MarketplaceCatalog | undefined> {
  const file = layout.marketplaceCatalog(name);
  return readStoredJson(files, file, layout.display(file), KIND, catalogSchema);
}

/** The exact text of the file. */
export function serialiseCatalog(catalog: MarketplaceCatalog): string {
  return canonicalJson(z.json().parse(catalog));
}

/** Follows renames from an old name to today's; null when the plugin is gone for good, the name itself when it was never renamed. */
export function renamedTo(catalog: Pick<MarketplaceCatalog, 'renames'>, name: string): string | null {
  let current = name;
  for (const seen = new Set<string>(); !seen.has(current);) {
    seen.add(current);
    const next = Object.hasOwn(catalog.renames, current) ? catalog.renames[current] : undefined;
    if (next === undefined) return current;
    if (next === null) return null;
    current = next;
  }
  return current;
}

/** Plugins whose name, description, category or tags hold every word of `search`; all of them without one. Names that begin with it first. */
export function searchCatalog(
  plugins: readonly CatalogPlugin[],
  search: string | undefined,
): readonly CatalogPlugin[] {
  const words = (search ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return plugins;
  const ranked = plugins.flatMap((plugin) => {
    const name = plugin.name.toLowerCase();
    const text = [name, plugin.display_name, plugin.description, plugin.category, ...plugin.tags]
      .join('\n')
      .toLowerCase();
    if (!words.every((word) => text.includes(word))) return [];
    const [first = ''] = words;
    return [{ plugin, rank: name.startsWith(first) ? 0 : name.includes(first) ? 1 : 2 }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ plugin }) => plugin);
}
