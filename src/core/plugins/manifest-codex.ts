import * as z from 'zod';
import { findSkills } from './declared-skills.ts';
import { managedName } from './identifiers.ts';
import { readManifestObject, unknownKeys, validateManifest } from './manifest-file.ts';
import type { PluginManifest } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';

export const CODEX_MANIFEST = '.codex-plugin/plugin.json';

const codexManifestSchema = z.looseObject({
  name: z.string().trim().min(1),
  version: z.string().optional(),
  skills: z.union([z.string(), z.array(z.string())]).optional(),
  interface: z.looseObject({ displayName: z.string().trim().min(1).optional() }).optional(),
});

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(codexManifestSchema.shape),
  '$schema',
  'description',
  'author',
  'homepage',
  'repository',
  'license',
  'keywords',
  'hooks',
  'mcpServers',
  'apps',
]);

/** `.codex-plugin/plugin.json`: as Claude's, with the name for people below `interface`. */
export async function loadCodexManifest(folder: PluginFolder): Promise<PluginManifest> {
  const raw = await readManifestObject(folder, CODEX_MANIFEST);
  const manifest = validateManifest(codexManifestSchema, raw);
  const id = managedName(manifest.name, 'plugin_id_normalised', raw.display, '/name');
  const found = await findSkills(folder, raw.display, manifest.skills, id.name);
  return {
    schemaVersion: 1,
    pluginId: id.name,
    name: manifest.interface?.displayName ?? manifest.name,
    version: manifest.version ?? null,
    dialect: 'codex',
    root: folder.root,
    manifestPath: folder.absolute(CODEX_MANIFEST),
    displayPath: raw.display,
    skills: found.skills,
    findings: [...unknownKeys(raw, KNOWN), ...id.findings, ...found.findings],
  };
}
