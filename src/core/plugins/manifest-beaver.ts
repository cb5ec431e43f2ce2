import * as z from 'zod';
import { identifierProblem } from './identifiers.ts';
import { readManifestObject, rejected, unknownKeys, validateManifest } from './manifest-file.ts';
import type { PluginManifest, PluginSkillDeclaration } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { checkSkillFolder, containedPath, declare } from './skill-folders.ts';

export const BEAVER_MANIFEST = 'beaver.plugin.json';
const SCHEMA_VERSION = 1;

const beaverManifestSchema = z.looseObject({
  schema_version: z.literal(SCHEMA_VERSION),
  id: z.string(),
  name: z.string().trim().min(1),
  version: z.string().min(1),
  skills: z.array(z.looseObject({ name: z.string(), path: z.string() })),
});

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(beaverManifestSchema.shape),
  '$schema',
  'description',
  'author',
  'homepage',
  'repository',
  'license',
  'keywords',
  // Checked by the preflight: versions of hosts, capabilities, permissions, dependencies.
  'engines',
  'api_version',
  'capabilities',
  'permissions',
  'dependencies',
]);

/** `beaver.plugin.json`: everything is declared, nothing is scanned for. Any fault rejects the plugin as a whole. */
export async function loadBeaverManifest(folder: PluginFolder): Promise<PluginManifest> {
  const raw = await readManifestObject(folder, BEAVER_MANIFEST);
  const { display } = raw;
  const version = raw.value['schema_version'];
  if (version !== SCHEMA_VERSION) {
    const newer = typeof version === 'number' && version > SCHEMA_VERSION;
    throw rejected(
      'manifest_schema_unsupported',
      `The manifest is not of schema version ${SCHEMA_VERSION}, the only one that is supported.`,
      newer
        ? 'Update Beaver, or use an older release of the plugin.'
        : `Set "schema_version" to ${SCHEMA_VERSION}.`,
      display,
      '/schema_version',
    );
  }
  const manifest = validateManifest(beaverManifestSchema, raw);
  const idProblem = identifierProblem(manifest.id);
  if (idProblem !== undefined) {
    throw rejected(
      'invalid_plugin_id',
      `The id of the plugin ${idProblem}.`,
      'Correct the id.',
      display,
      '/id',
    );
  }
  const skills = new Map<string, PluginSkillDeclaration>();
  for (const [index, skill] of manifest.skills.entries()) {
    const field = `/skills/${index}`;
    const nameProblem = identifierProblem(skill.name);
    if (nameProblem !== undefined) {
      throw rejected(
        'invalid_skill_name',
        `The name of a skill ${nameProblem}.`,
        'Correct the name.',
        display,
        `${field}/name`,
      );
    }
    if (skills.has(skill.name)) {
      throw rejected(
        'duplicate_skill_name',
        `Two skills of the plugin are named "${skill.name}".`,
        'Give each skill a name of its own.',
        display,
        `${field}/name`,
      );
    }
    const source = { display, field: `${field}/path` };
    const relative = containedPath(skill.path, source);
    await checkSkillFolder(folder, relative, source);
    skills.set(skill.name, declare(folder, skill.name, relative));
  }
  return {
    schemaVersion: SCHEMA_VERSION,
    pluginId: manifest.id,
    name: manifest.name,
    version: manifest.version,
    dialect: 'beaver',
    root: folder.root,
    manifestPath: folder.absolute(BEAVER_MANIFEST),
    displayPath: display,
    skills: [...skills.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    findings: unknownKeys(raw, KNOWN),
  };
}
