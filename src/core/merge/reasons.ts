import { filled, type Phrase, type PhraseParams } from '../../base/phrase.ts';

/** Why a part of a merge is as it is, by code. `{side}` is `local` or `upstream`, `{key}` a key of the frontmatter, `{path}` a file. */
export const MERGE_REASONS = {
  additions_joined: "Both sides added here; local's addition comes first.",
  counts_raised: 'Both sides raised a version or a count; the larger one stands.',
  touching_lines_joined: 'Both sides edited lines that touch; both edits were taken.',
  release_joined: 'Both sides wrote an entry for one release; they are one entry, with the later date.',
  words_joined: 'Both sides edited different words; both edits were taken.',
  words_of_one_side: 'Only {side} changed the words; the other side wrapped the same words differently.',
  sections_in_order: 'Sections stand in the order that {side} gave them; each was merged on its own.',
  value_of_one_side:
    'Only {side} changed the value of {key}; the other side wrote the same value differently.',
  version_raised: 'Both sides raised {key}; the larger one stands.',
  list_joined: "Both sides changed the list {key}; what each added and removed was taken, in local's order.",
  value_words_joined: 'Both sides edited different words of {key}; both edits were taken.',
  value_lines_joined: 'Both sides edited different lines of {key}; both edits were taken.',
  added_twice: 'Both sides added the same text at different places; with both it would stand twice.',
  file_added: 'Added by {side}.',
  file_added_same: 'Added by both, with the same content.',
  file_unchanged: 'Unchanged.',
  file_executable: 'Executable bit changed by {side}.',
  file_changed: 'Changed by {side} only.',
  file_changed_same: 'Changed the same way by both.',
  file_merged: 'Changed by both and merged.',
  file_renamed: 'Renamed from {path} by {side}.',
} as const;
export type MergeReasonCode = keyof typeof MERGE_REASONS;

/** A reason as it is recorded: its code, what fills it, and the English sentence. */
export interface Reasoned extends Phrase {
  readonly reason: string;
}

export function because(code: MergeReasonCode, params: PhraseParams = {}): Reasoned {
  return { code, params, reason: filled(MERGE_REASONS[code], params) };
}
