import * as z from 'zod';
import { findSkills } from './declared-skills.ts';
import { managedName } from './identifiers.ts';
import { readManifestObject, unknownKeys, validateManifest } from './manifest-file.ts';
import type { PluginManifest } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';

export const CLAUDE_MANIFEST = '.claude-plugin/plugin.json';

const claudeManifestSchema = z.looseObject({
  name: z.string().trim().min(1),
  version: z.string().optional(),
  skills: z.union([z.string(), z.array(z.string())]).optional(),
});

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(claudeManifestSchema.shape),
  '$schema',
  'displayName',
  'description',
  'author',
  'homepage',
  'repository',
  'license',
  'keywords',
  'metadata',
  'defaultEnabled',
  'commands',
  'agents',
  'workflows',
  'hooks',
  'mcpServers',
  'outputStyles',
  'lspServers',
  'experimental',
  'userConfig',
  'channels',
  'dependencies',
]);

/** `.claude-plugin/plugin.json`: only the name is needed; `skills` adds paths to the scan of `skills/`. */
export async function loadClaudeManifest(folder: PluginFolder): Promise<PluginManifest> {
  const raw = await readManifestObject(folder, CLAUDE_MANIFEST);
  const manifest = validateManifest(claudeManifestSchema, raw);
  const id = managedName(manifest.name, 'plugin_id_normalised', raw.display, '/name');
  const found = await findSkills(folder, raw.display, manifest.skills, id.name);
  return {
    schemaVersion: 1,
    pluginId: id.name,
    name: manifest.name,
    version: manifest.version ?? null,
    dialect: 'claude',
    root: folder.root,
    manifestPath: folder.absolute(CLAUDE_MANIFEST),
    displayPath: raw.display,
    skills: found.skills,
    findings: [...unknownKeys(raw, KNOWN), ...id.findings, ...found.findings],
  };
}
