import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { liveSource, storedSource } from '../install/stored-source.ts';
import type { WorkspaceLayout } from '../layout.ts';
import { packageSourceSchema } from '../package-identity.ts';
import { packagePinSchema } from '../package-pin.ts';
import type { MarketplaceSource } from '../package-ports.ts';
import { managedName } from '../plugins/identifiers.ts';
import type { FileSystem } from '../ports.ts';
import { readStoredJson } from '../stored-json.ts';
import { shown } from '../tree-names.ts';
import { AUTO_UPDATE_MODES } from './auto-update-mode.ts';

/** As it is stored; whether it may be used is judged where it is used. A folder is relative to the workspace. */
const marketplaceSourceSchema: z.ZodType<MarketplaceSource> = z.union([
  z.object({ kind: z.literal('url'), url: z.string().min(1) }),
  packageSourceSchema.transform((source, context): MarketplaceSource => {
    if (source.kind !== 'archive') return source;
    context.addIssue({ code: 'custom', message: 'an archive is no marketplace' });
    return z.NEVER;
  }),
]);

/** What is remembered of one marketplace, by the name that it goes by in this workspace. */
export const knownMarketplaceSchema = z.object({
  source: marketplaceSourceSchema,
  /** What is done by itself about new releases of its plugins. */
  mode: z.enum(AUTO_UPDATE_MODES),
  /** What all its plugins are held to unless they have a pin of their own. */
  pin: packagePinSchema.nullable().default(null),
  /** When a person said that plugins may be installed from it; null before. */
  trusted_at: z.string().nullable(),
  added_at: z.string(),
  /** The last look that got an answer. */
  last_check: z.string().nullable(),
  /** What it was then. */
  revision: z.string().nullable(),
  /** Why the last look failed; null when it did not. */
  last_error: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
});
export type KnownMarketplace = z.infer<typeof knownMarketplaceSchema>;

/** `.beaver/marketplaces/registry.json`. */
export const marketplaceRegistrySchema = z.object({
  schema_version: z.literal(1),
  marketplaces: z.record(z.string(), knownMarketplaceSchema),
});
const KIND = { name: 'list of marketplaces', schemaVersion: 1 } as const;

/** By name; sources are ready for use. */
export type KnownMarketplaces = ReadonlyMap<string, KnownMarketplace>;

/** @throws BeaverError `schema_newer`, `stored_file_unreadable`; the file is left as it is. */
export async function readMarketplaces(
  files: FileSystem,
  layout: WorkspaceLayout,
): Promise<KnownMarketplaces> {
  const file = layout.marketplaceRegistry;
  const stored = await readStoredJson(files, file, layout.display(file), KIND, marketplaceRegistrySchema);
  return new Map(
    Object.entries(stored?.marketplaces ?? {})
      .map(([name, known]) => [name, { ...known, source: liveSource(layout, known.source) }] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The exact text of `registry.json`. */
export function serialiseMarketplaces(layout: WorkspaceLayout, marketplaces: KnownMarketplaces): string {
  const stored = [...marketplaces].map(
    ([name, known]) => [name, { ...known, source: storedSource(layout, known.source) }] as const,
  );
  return canonicalJson({ schema_version: 1, marketplaces: z.json().parse(Object.fromEntries(stored)) });
}

/** The name that a marketplace goes by: what it calls itself, as ids are written. */
export function marketplaceId(name: string): string {
  return managedName(name, 'plugin_id_normalised', '').name;
}

/** `name@marketplace`: what a plugin of a marketplace is installed as. */
export function offeredId(name: string, marketplace: string): string {
  return `${marketplaceId(name)}@${marketplaceId(marketplace)}`;
}

/** @throws BeaverError `marketplace_unknown`. */
export function knownMarketplace(
  marketplaces: KnownMarketplaces,
  name: string,
): readonly [string, KnownMarketplace] {
  const id = marketplaceId(name);
  const known = marketplaces.get(id);
  if (known !== undefined) return [id, known];
  throw new BeaverError('marketplace_unknown', `There is no marketplace ${shown(name)}.`, {
    nextStep: 'Use "beaver marketplaces list" to see those that were added, or add it.',
    field: 'marketplace',
  });
}
