import { managedName } from './identifiers.ts';
import type { PluginManifest } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { scanSkillFolders, withoutDuplicates } from './skill-folders.ts';

/**
 * A folder without a manifest that has `skills/<name>/SKILL.md`: offered, never enabled by itself. Its name is the folder's.
 * @returns undefined when there is nothing in it that could be a skill.
 */
export async function loadCollection(folder: PluginFolder): Promise<PluginManifest | undefined> {
  const found = withoutDuplicates(folder, await scanSkillFolders(folder, 'skills'));
  if (found.skills.length === 0) return undefined;
  const { name } = folder;
  const id = managedName(name, 'plugin_id_normalised', folder.display);
  return {
    schemaVersion: 1,
    pluginId: id.name,
    name,
    version: null,
    dialect: 'collection',
    root: folder.root,
    manifestPath: folder.root,
    displayPath: folder.display,
    skills: found.skills,
    findings: [...id.findings, ...found.findings],
  };
}
