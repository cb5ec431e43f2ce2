import type { Finding } from '../../base/errors.ts';
import { SKILL_DOCUMENT } from '../skill-tree.ts';
import type { PluginSkillDeclaration } from './models.ts';
import type { PluginFolder } from './plugin-folder.ts';
import {
  containedPath,
  type FoundSkills,
  namedSkill,
  type PathSource,
  scanSkillFolders,
  withoutDuplicates,
} from './skill-folders.ts';

/**
 * The skills of a plugin whose manifest may add paths to the scan of `skills/`. A path that leaves the plugin rejects it as a whole;
 * anything else that is off with one skill costs that skill alone. A root SKILL.md without a `skills/` makes a single-skill plugin.
 * @throws BeaverError `path_not_contained`, `name_not_portable`.
 */
export async function findSkills(
  folder: PluginFolder,
  display: string,
  declared: string | readonly string[] | undefined,
  pluginId: string,
): Promise<FoundSkills> {
  const skills: PluginSkillDeclaration[] = [];
  const findings: Finding[] = [];
  const take = (found: FoundSkills): void => {
    skills.push(...found.skills);
    findings.push(...found.findings);
  };
  const sources =
    typeof declared === 'string'
      ? [[declared, '/skills'] as const]
      : (declared ?? []).map((value, index) => [value, `/skills/${index}`] as const);
  const paths = sources.map(([value, field]) => ({
    relative: containedPath(value, { display, field }),
    source: { display, field },
  }));

  take(await scanSkillFolders(folder, 'skills'));
  for (const { relative, source } of paths) {
    // Many manifests repeat the default; it has been scanned.
    if (relative !== 'skills') take(await declaredSkills(folder, relative, source, pluginId));
  }
  const root = await folder.entries('.');
  if (!root.has('skills') && root.get(SKILL_DOCUMENT) === 'file') {
    take(await namedSkill(folder, '.', pluginId, { display }));
  }
  return withoutDuplicates(folder, { skills, findings });
}

/** A declared path is a skill folder itself, or a folder of skill folders. */
async function declaredSkills(
  folder: PluginFolder,
  relative: string,
  source: PathSource,
  pluginId: string,
): Promise<FoundSkills> {
  const { kind } = await folder.locate(relative);
  if (kind === 'directory' && !(await folder.entries(relative)).has(SKILL_DOCUMENT)) {
    const scanned = await scanSkillFolders(folder, relative);
    if (scanned.skills.length > 0 || scanned.findings.length > 0) return scanned;
  }
  // The folder of a single-skill plugin may have any name, that of a release say.
  return namedSkill(
    folder,
    relative,
    relative === '.' ? pluginId : relative.slice(relative.lastIndexOf('/') + 1),
    source,
  );
}
