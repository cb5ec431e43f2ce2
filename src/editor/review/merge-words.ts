import { side, value, type Words } from './words.ts';

/** Why a part of a merge or a file of a draft is as it is, by code. */
export const MERGE_WORDS: Readonly<Record<string, Words>> = {
  additions_joined: (t) => t("Both sides added here; local's addition comes first."),
  counts_raised: (t) => t('Both sides raised a version or a count; the larger one stands.'),
  touching_lines_joined: (t) => t('Both sides edited lines that touch; both edits were taken.'),
  release_joined: (t) =>
    t('Both sides wrote an entry for one release; they are one entry, with the later date.'),
  words_joined: (t) => t('Both sides edited different words; both edits were taken.'),
  words_of_one_side: (t, p) =>
    t('Only {0} changed the words; the other side wrapped the same words differently.', side(t, p)),
  sections_in_order: (t, p) =>
    t('Sections stand in the order that {0} gave them; each was merged on its own.', side(t, p)),
  value_of_one_side: (t, p) =>
    t(
      'Only {0} changed the value of {1}; the other side wrote the same value differently.',
      side(t, p),
      value(p, 'key'),
    ),
  version_raised: (t, p) => t('Both sides raised {0}; the larger one stands.', value(p, 'key')),
  list_joined: (t, p) =>
    t(
      "Both sides changed the list {0}; what each added and removed was taken, in local's order.",
      value(p, 'key'),
    ),
  value_words_joined: (t, p) =>
    t('Both sides edited different words of {0}; both edits were taken.', value(p, 'key')),
  value_lines_joined: (t, p) =>
    t('Both sides edited different lines of {0}; both edits were taken.', value(p, 'key')),
  added_twice: (t) =>
    t('Both sides added the same text at different places; with both it would stand twice.'),
  file_added: (t, p) => t('Added by {0}.', side(t, p)),
  file_added_same: (t) => t('Added by both, with the same content.'),
  file_unchanged: (t) => t('Unchanged.'),
  file_executable: (t, p) => t('Executable bit changed by {0}.', side(t, p)),
  file_changed: (t, p) => t('Changed by {0} only.', side(t, p)),
  file_changed_same: (t) => t('Changed the same way by both.'),
  file_merged: (t) => t('Changed by both and merged.'),
  file_renamed: (t, p) => t('Renamed from {0} by {1}.', value(p, 'path'), side(t, p)),
  chosen_in_review: (t) => t('Chosen in the review.'),
  settled_in_review: (t) => t('Settled in the review.'),
  taken_from_upstream: (t) => t('Taken from the new upstream.'),
  same_lines_changed: (t) => t('Both sides changed the same lines.'),
  merged_from_both: (t) => t('Changed by both and merged.'),
  upstream_only: (t) => t('Changed by upstream only.'),
  kept_local: (t) => t('Kept as it is locally.'),
  unchanged: (t) => t('Unchanged.'),
  divergent_edit: (t) => t('Both sides changed the file in different ways.'),
  divergent_add: (t) => t('Both sides added a file of this name with different content.'),
  delete_edit: (t) => t('One side removed the file, the other changed it.'),
  removed_by_local: (t) => t('Removed by local.'),
  removed_by_upstream: (t) => t('Removed by upstream.'),
  removed_by_both: (t) => t('Removed by both.'),
};
