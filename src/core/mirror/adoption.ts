import type { PluginManifest, PluginState } from '../plugins/models.ts';
import type { SkillSpec } from '../skills/models.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { ifReadable } from './sync-reader.ts';

/** What the lineage of a skill says from its adoption on: the workspace has taken it over from this plugin. */
export function adoptionMark(pluginId: string): string {
  return `adopted_from_plugin:${pluginId}`;
}

export function isAdoptedFrom(spec: SkillSpec | undefined, pluginId: string): boolean {
  return spec?.lineage.includes(adoptionMark(pluginId)) === true;
}

/**
 * The skills that a plugin still brings and that the workspace has adopted from it, by name. Reads the store for those only that the
 * plugin was bound to once and is not now; a skill that cannot be read counts as not adopted.
 */
export async function adoptedSkills(
  { store }: Pick<MirrorDeps, 'store'>,
  manifest: PluginManifest | undefined,
  state: PluginState | undefined,
): Promise<ReadonlySet<string>> {
  const adopted = new Set<string>();
  if (manifest === undefined || state === undefined) return adopted;
  for (const { name } of manifest.skills) {
    if (Object.hasOwn(state.skills, name)) continue;
    if (isAdoptedFrom(await ifReadable(store.spec(name)), manifest.pluginId)) adopted.add(name);
  }
  return adopted;
}
