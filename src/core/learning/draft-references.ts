import { type Candidate, PROPOSALS } from './candidates.ts';
import type { TreeRef } from './drafts.ts';

/** The trees that a candidate is merged from. */
export function references(candidate: Candidate): { readonly base: TreeRef; readonly upstream: TreeRef } {
  if (candidate.kind === 'skill_revision') {
    const { evidence } = candidate;
    const upstream: TreeRef =
      evidence.captured_version === null
        ? { kind: 'upstream', source_id: PROPOSALS, tree_hash: evidence.proposed_tree_hash }
        : { kind: 'version', version: evidence.captured_version };
    return { base: { kind: 'version', version: evidence.base_version }, upstream };
  }
  const { plugin_id, base_upstream_tree_hash, new_upstream_tree_hash } = candidate.evidence;
  return {
    base: { kind: 'upstream', source_id: plugin_id, tree_hash: base_upstream_tree_hash },
    upstream: { kind: 'upstream', source_id: plugin_id, tree_hash: new_upstream_tree_hash },
  };
}

/** Names a side in the id of a draft. */
export function refKey(ref: TreeRef): string {
  return ref.kind === 'upstream' ? `upstream:${ref.source_id}:${ref.tree_hash}` : `version:${ref.version}`;
}

/** The candidate with the local version that its draft was made on. */
export function withLocal(
  candidate: Candidate,
  localVersion: string,
  mode: Candidate['evidence']['merge_mode'],
): Candidate {
  return candidate.kind === 'plugin_skill_update'
    ? { ...candidate, evidence: { ...candidate.evidence, local_version: localVersion, merge_mode: mode } }
    : { ...candidate, evidence: { ...candidate.evidence, local_version: localVersion, merge_mode: mode } };
}
