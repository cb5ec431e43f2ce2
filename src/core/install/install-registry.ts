import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { PackageRoot } from '../plugins/discovery.ts';
import type { FileSystem } from '../ports.ts';
import { readStoredJson, storable } from '../stored-json.ts';
import { installedId, type InstalledPlugin, installedPluginSchema } from './installed-plugin.ts';

/** `.beaver/installs/registry.json`: which package of each plugin is the active one. Replaced last, in one step. */
export const installRegistrySchema = z.object({
  schema_version: z.literal(1),
  plugins: z.record(installedId, installedPluginSchema),
});
const KIND = { name: 'install registry', schemaVersion: 1 } as const;

/** By `name@marketplace`. */
export type InstalledPlugins = ReadonlyMap<string, InstalledPlugin>;

/**
 * What is installed. Reading takes no lock.
 * @throws BeaverError `schema_newer`, `stored_file_unreadable`; the file is left as it is.
 */
export async function readInstalled(files: FileSystem, layout: WorkspaceLayout): Promise<InstalledPlugins> {
  const file = layout.installRegistry;
  const stored = await readStoredJson(files, file, layout.display(file), KIND, installRegistrySchema);
  return new Map(Object.entries(stored?.plugins ?? {}));
}

/** The exact text of `registry.json`. @throws BeaverError `record_refused` for what could not be read again. */
export function serialiseInstalled(plugins: InstalledPlugins): string {
  const registry = { schema_version: 1, plugins: Object.fromEntries(plugins) };
  return canonicalJson(storable(registry, KIND, installRegistrySchema));
}

/** Where discovery finds the active packages. */
export function activePackages(layout: WorkspaceLayout, plugins: InstalledPlugins): readonly PackageRoot[] {
  return [...plugins]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { active, name }]) => {
      const root = layout.installPackage(id, active.directory);
      return { root, display: layout.display(root), name };
    });
}

/** @throws BeaverError `plugin_not_installed`. */
export function installedPlugin(plugins: InstalledPlugins, id: string): InstalledPlugin {
  const found = plugins.get(id);
  if (found !== undefined) return found;
  throw new BeaverError('plugin_not_installed', `The plugin "${id.slice(0, 120)}" is not installed.`, {
    nextStep: 'Use "beaver plugins installed" to see what is; the id is NAME@MARKETPLACE.',
    field: 'id',
  });
}
