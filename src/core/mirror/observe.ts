import { BeaverError, type Finding, findingFromError } from '../../base/errors.ts';
import { type Candidate, type CandidateBook, isPending } from '../learning/candidates.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { PluginManifest, PluginSkillDeclaration, PluginState } from '../plugins/models.ts';
import { type CurrentPointer, type VersionMetadata, versionNumber } from '../skills/models.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import type { AncestorVersion, SkillObservation } from './sync-plan.ts';
import { ifReadable, type SyncReader } from './sync-reader.ts';

/** Reads what a plan for one plugin needs. A skill that cannot be read is an observation of its own. */
export async function observePlugin(
  deps: MirrorDeps,
  reader: SyncReader,
  manifest: PluginManifest,
  state: PluginState,
  book: CandidateBook,
): Promise<readonly SkillObservation[]> {
  const observations: SkillObservation[] = [];
  const declared = new Map(manifest.skills.map((skill) => [skill.name, skill]));
  const names = new Set([...declared.keys(), ...Object.keys(state.skills)]);
  const pending = pendingBySkill(book.all(), manifest.pluginId);
  for (const skillName of [...names].sort()) {
    const binding = state.skills[skillName];
    const current = binding === undefined ? undefined : await ifReadable(reader.current(skillName));
    observations.push({
      pluginId: manifest.pluginId,
      skillName,
      binding,
      current,
      ancestry:
        binding === undefined || current === undefined
          ? []
          : await ancestry(deps, manifest.pluginId, skillName, current, binding.accepted_beaver_version),
      upstream: await observeUpstream(
        reader,
        manifest,
        declared.get(skillName),
        binding?.accepted_upstream_tree_hash ?? null,
      ),
      pending: pending.get(skillName) ?? [],
    });
  }
  return observations;
}

/**
 * Why the package of a known plugin cannot be read, where discovery saw it; undefined when it is gone. It is known by its folder: the
 * manifest at fault may be of another dialect than the one that was read last.
 */
export function discoveryError(discovery: PluginDiscovery, state: PluginState): Finding | undefined {
  if (state.manifest_path === null) return undefined;
  const folder = pluginFolder(state.manifest_path);
  return discovery.errors.find((error) => error.severity === 'error' && pluginFolder(error.path) === folder);
}

/** What is wrong with a package that could not be read, by the name of its folder: its id is not known then. */
export function brokenPackage(discovery: PluginDiscovery, folder: string): Finding | undefined {
  return discovery.errors.find(
    (error) => error.severity === 'error' && pluginFolder(error.path).split('/').at(-1) === folder,
  );
}

/** Of the display path of a manifest or of the folder itself, which a plugin without a manifest is named by. */
function pluginFolder(display: string): string {
  return display.replace(/(?:\/\.[a-z]+-plugin)?\/(?:beaver\.)?plugin\.json$|\/\.[a-z]+-plugin$/, '');
}

async function observeUpstream(
  reader: SyncReader,
  manifest: PluginManifest,
  declaration: PluginSkillDeclaration | undefined,
  accepted: string | null,
): Promise<SkillObservation['upstream']> {
  if (declaration === undefined) return { kind: 'removed' };
  try {
    return { kind: 'tree', hash: await reader.treeHash(manifest, declaration, accepted) };
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    return { kind: 'failed', finding: findingFromError(error, manifest.displayPath) };
  }
}

/** From the current version down to the accepted one. Only versions newer than the accepted one can carry an unacknowledged publication. */
async function ancestry(
  deps: MirrorDeps,
  pluginId: string,
  skillName: string,
  current: CurrentPointer,
  accepted: string | null,
): Promise<readonly AncestorVersion[]> {
  const floor = accepted === null ? 0 : versionNumber(accepted);
  const versions: AncestorVersion[] = [];
  let name: string | null = current.version;
  while (name !== null && versionNumber(name) > floor) {
    const version: VersionMetadata | undefined = await ifReadable(deps.store.version(skillName, name));
    if (version === undefined) break;
    const upstream = version.provenance['new_upstream_tree_hash'];
    const snapshotExists =
      typeof upstream === 'string' &&
      version.provenance['plugin_id'] === pluginId &&
      (await deps.store.upstreamMetadata(skillName, pluginId, upstream)) !== undefined;
    versions.push({ version: name, provenance: version.provenance, snapshotExists });
    // A base that is not older would be a cycle in a damaged store.
    const base: string | null = version.base_version;
    name = base !== null && versionNumber(base) < versionNumber(name) ? base : null;
  }
  return versions;
}

function pendingBySkill(
  candidates: readonly Candidate[],
  pluginId: string,
): ReadonlyMap<string, readonly string[]> {
  const pending = new Map<string, string[]>();
  for (const candidate of candidates) {
    if (
      candidate.kind !== 'plugin_skill_update' ||
      candidate.evidence.plugin_id !== pluginId ||
      !isPending(candidate)
    )
      continue;
    pending.set(candidate.skill_name, [...(pending.get(candidate.skill_name) ?? []), candidate.candidate_id]);
  }
  return pending;
}
