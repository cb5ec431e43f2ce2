import { filled, type PhraseParams } from '../../base/phrase.ts';
import type { Reasoned } from '../merge/reasons.ts';

/** Why a file of a draft is as it is, beyond what the merge itself says. */
export const DRAFT_REASONS = {
  chosen_in_review: 'Chosen in the review.',
  settled_in_review: 'Settled in the review.',
  taken_from_upstream: 'Taken from the new upstream.',
  same_lines_changed: 'Both sides changed the same lines.',
  merged_from_both: 'Changed by both and merged.',
  upstream_only: 'Changed by upstream only.',
  kept_local: 'Kept as it is locally.',
  unchanged: 'Unchanged.',
  divergent_edit: 'Both sides changed the file in different ways.',
  divergent_add: 'Both sides added a file of this name with different content.',
  delete_edit: 'One side removed the file, the other changed it.',
  removed_by_local: 'Removed by local.',
  removed_by_upstream: 'Removed by upstream.',
  removed_by_both: 'Removed by both.',
} as const;
export type DraftReasonCode = keyof typeof DRAFT_REASONS;

export function draftReason(code: DraftReasonCode, params: PhraseParams = {}): Reasoned {
  return { code, params, reason: filled(DRAFT_REASONS[code], params) };
}
