import * as z from 'zod';
import { managedName } from './identifiers.ts';
import {
  type ManifestObject,
  readManifestObject,
  rejected,
  unknownKeys,
  validateManifest,
} from './manifest-file.ts';
import type { PluginManifest } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { scanSkillFolders, withoutDuplicates } from './skill-folders.ts';

export const AGENT_PLUGINS_MANIFEST = 'plugin.json';
/** Compared as text; the schema is never fetched. */
export const AGENT_PLUGINS_SCHEMA = 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json';
const ANY_VERSION = /^https:\/\/agent-plugins\.org\/schemas\//;

const agentPluginSchema = z.object({
  $schema: z.literal(AGENT_PLUGINS_SCHEMA),
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must be lower-case letters, digits, dots and dashes')
    .refine((name) => !/--|\.\./.test(name), 'must not repeat dashes or dots'),
  version: z.string().optional(),
  description: z.string().optional(),
  author: z
    .looseObject({ name: z.string().optional(), email: z.string().optional(), url: z.string().optional() })
    .optional(),
  homepage: z.string().optional(),
  repository: z.string().optional(),
  license: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  extensions: z.record(z.string(), z.looseObject({})).optional(),
});

const KNOWN: ReadonlySet<string> = new Set(Object.keys(agentPluginSchema.shape));

/** True for a root `plugin.json` that says it follows a version of the standard; other tools use the same file name for other things. */
export function claimsAgentPlugins({ value }: ManifestObject): boolean {
  const schema = value['$schema'];
  return typeof schema === 'string' && ANY_VERSION.test(schema);
}

export function isSupportedAgentPlugin({ value }: ManifestObject): boolean {
  return value['$schema'] === AGENT_PLUGINS_SCHEMA;
}

/**
 * Agent Plugins 1.0.0: a closed schema, of which an unknown key is reported and ignored; skills are the immediate children of `skills/`.
 * @throws BeaverError `manifest_schema_unsupported`, `manifest_invalid`.
 */
export async function loadAgentPluginManifest(
  folder: PluginFolder,
  given?: ManifestObject,
): Promise<PluginManifest> {
  const raw = given ?? (await readManifestObject(folder, AGENT_PLUGINS_MANIFEST));
  const { display } = raw;
  if (!isSupportedAgentPlugin(raw)) {
    throw rejected(
      'manifest_schema_unsupported',
      'The manifest is not of Agent Plugins 1.0.0, the only version that is supported.',
      'Update Beaver, or use a release of the plugin that follows 1.0.0.',
      display,
      '/$schema',
    );
  }
  const manifest = validateManifest(agentPluginSchema, raw);
  const id = managedName(manifest.name, 'plugin_id_normalised', display, '/name');
  const found = withoutDuplicates(folder, await scanSkillFolders(folder, 'skills'));
  return {
    schemaVersion: 1,
    pluginId: id.name,
    name: manifest.name,
    version: manifest.version ?? null,
    dialect: 'agent-plugins',
    root: folder.root,
    manifestPath: folder.absolute(AGENT_PLUGINS_MANIFEST),
    displayPath: display,
    skills: found.skills,
    findings: [...unknownKeys(raw, KNOWN), ...id.findings, ...found.findings],
  };
}
