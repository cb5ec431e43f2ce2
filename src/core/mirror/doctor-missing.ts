import type { TreeRef } from '../learning/drafts.ts';
import { type Diagnosis, diagnosis } from './doctor-finding.ts';
import { type SkillView, snapshotKey } from './doctor-store.ts';
import type { MirrorDeps } from './mirror-deps.ts';

/** Nothing when the tree is in the store. `why` as in {@link missingVersion}. */
export function missingTree(
  deps: MirrorDeps,
  skill: SkillView,
  ref: TreeRef,
  why: string,
): readonly Diagnosis[] {
  if (ref.kind === 'version') {
    return skill.versions.has(ref.version) ? [] : [missingVersion(deps, skill.name, ref.version, why)];
  }
  if (skill.snapshots.has(snapshotKey(ref.source_id, ref.tree_hash))) return [];
  return [missingSnapshot(deps, skill.name, ref.source_id, ref.tree_hash, why)];
}

/** `why` is the beginning of the sentence that names what is missing. */
export function missingVersion(deps: MirrorDeps, skillName: string, version: string, why: string): Diagnosis {
  return diagnosis({
    code: 'version_missing',
    message: `${why} ${version}, which is not in the store.`,
    nextStep: 'Restore the folder from version control or a backup.',
    path: deps.layout.display(deps.layout.version(skillName, version)),
  });
}

/** `why` is the beginning of the sentence that names what is missing. */
export function missingSnapshot(
  deps: MirrorDeps,
  skillName: string,
  sourceId: string,
  treeHash: string,
  why: string,
): Diagnosis {
  return diagnosis({
    code: 'upstream_missing',
    message: `${why} an upstream snapshot that is not in the store.`,
    nextStep: 'Restore the folder from version control or a backup; a merge without it would lose edits.',
    path: deps.layout.display(deps.layout.upstream(skillName, sourceId, treeHash)),
  });
}
