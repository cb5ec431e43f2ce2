import * as z from 'zod';
import { findSkills } from './declared-skills.ts';
import { managedName } from './identifiers.ts';
import { type ManifestObject, readManifestObject, unknownKeys, validateManifest } from './manifest-file.ts';
import type { ManifestDialect, PluginManifest } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';

/** What the manifests of agent tools have in common: only the name is needed; `skills` adds paths to the scan of `skills/`. */
export const toolManifestSchema = z.looseObject({
  name: z.string().trim().min(1),
  version: z.string().optional(),
  skills: z.union([z.string(), z.array(z.string())]).optional(),
});
type ToolManifest = z.infer<typeof toolManifestSchema>;

/** Keys that every such tool knows besides its own. */
export const TOOL_KEYS: readonly string[] = [
  ...Object.keys(toolManifestSchema.shape),
  '$schema',
  'description',
  'author',
  'homepage',
  'repository',
  'license',
  'keywords',
  'hooks',
  'mcpServers',
];

/** One tool's way of writing it. */
export interface ToolDialect<T extends ToolManifest> {
  readonly dialect: ManifestDialect;
  /** Of the manifest, relative to the plugin's folder. */
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly known: ReadonlySet<string>;
  /** The name for people. */
  readonly shownName: (manifest: T) => string;
}

/** @throws BeaverError of {@link readManifestObject}, `manifest_invalid`, and of the declared skills. */
export async function loadToolManifest<T extends ToolManifest>(
  folder: PluginFolder,
  tool: ToolDialect<T>,
): Promise<PluginManifest> {
  const raw: ManifestObject = await readManifestObject(folder, tool.path);
  const manifest = validateManifest(tool.schema, raw);
  const id = managedName(manifest.name, 'plugin_id_normalised', raw.display, '/name');
  const found = await findSkills(folder, raw.display, manifest.skills, id.name);
  return {
    schemaVersion: 1,
    pluginId: id.name,
    name: tool.shownName(manifest),
    version: manifest.version ?? null,
    dialect: tool.dialect,
    root: folder.root,
    manifestPath: folder.absolute(tool.path),
    displayPath: raw.display,
    skills: found.skills,
    findings: [...unknownKeys(raw, tool.known), ...id.findings, ...found.findings],
  };
}
