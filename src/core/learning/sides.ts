import { decodeText } from './decoded-text.ts';
import { mergeSkill } from '../merge/merge-skill.ts';
import type { MergeResult, SkillSide, SupportingFile } from '../merge/types.ts';
import type { LoadedTree, SkillStore } from '../skills/skill-store.ts';
import type { Draft, TreeRef } from './drafts.ts';

/** The three trees of a draft, complete: a missing one is an error, never a two-way merge. */
export interface DraftSides {
  readonly base: LoadedTree;
  readonly local: LoadedTree;
  readonly upstream: LoadedTree;
}

export type SideName = keyof DraftSides;

/** @throws BeaverError `upstream_missing`, `upstream_damaged`, `version_unknown`, `version_damaged`. */
export async function loadSides(
  store: SkillStore,
  draft: Pick<Draft, 'skill_name' | 'base' | 'base_version' | 'upstream'>,
): Promise<DraftSides> {
  const load = (ref: TreeRef): Promise<LoadedTree> =>
    ref.kind === 'upstream'
      ? store.upstreamTree(draft.skill_name, ref.source_id, ref.tree_hash)
      : store.versionTree(draft.skill_name, ref.version);
  return {
    base: await load(draft.base),
    local: await load({ kind: 'version', version: draft.base_version }),
    upstream: await load(draft.upstream),
  };
}

/**
 * That the three trees of a draft are still in the store, by their descriptions: what was put together of them earlier holds only as long.
 * @throws BeaverError `upstream_missing`, `version_unknown`.
 */
export async function assertSides(
  store: SkillStore,
  draft: Pick<Draft, 'skill_name' | 'base' | 'base_version' | 'upstream'>,
): Promise<void> {
  const refs: readonly TreeRef[] = [
    draft.base,
    { kind: 'version', version: draft.base_version },
    draft.upstream,
  ];
  for (const ref of refs) {
    if (ref.kind === 'version') await store.version(draft.skill_name, ref.version);
    else await store.upstream(draft.skill_name, ref.source_id, ref.tree_hash);
  }
}

export const SKILL_DOCUMENT = 'SKILL.md';

export function mergeSides(sides: DraftSides): MergeResult {
  const divergent = (file: string): boolean => {
    const digests = [sides.base, sides.local, sides.upstream].map(
      (tree) => tree.digest.files.find((entry) => entry.path === file)?.digest,
    );
    return new Set(digests).size === 3;
  };
  const side = (tree: LoadedTree): SkillSide => {
    const files = new Map<string, SupportingFile>();
    for (const entry of tree.digest.files) {
      if (entry.path === SKILL_DOCUMENT) continue;
      const text = divergent(entry.path) ? decodeText(tree.bytes.get(entry.path)) : undefined;
      files.set(entry.path, {
        digest: entry.digest,
        executable: entry.executable,
        size: entry.size,
        ...(text === undefined ? {} : { text }),
      });
    }
    return { content: textOf(tree, SKILL_DOCUMENT), files };
  };
  return mergeSkill(side(sides.base), side(sides.local), side(sides.upstream));
}

/** The text of a file that the merge treated as text; the empty text where the side does not have it. */
export function textOf(tree: LoadedTree, file: string): string {
  return Buffer.from(tree.bytes.get(file) ?? new Uint8Array()).toString('utf8');
}
