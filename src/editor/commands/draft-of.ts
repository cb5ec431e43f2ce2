import type { ReviewTarget } from '../review/review-panel.ts';
import type { ChosenUpdate } from './pick.ts';
import type { Write } from './run.ts';

/** Opens the review of a draft. */
export type OpenReview = (target: ReviewTarget) => Promise<void>;

/**
 * The draft of an update; it is made where there is none yet, since merging is quick and somebody has asked for it. A review runs the
 * gates `later`, when the draft is on show.
 */
export async function draftOf(
  { session, update }: ChosenUpdate,
  write: Write,
  gates: 'now' | 'later' = 'now',
): Promise<string> {
  if (update.draft_id !== null) return update.draft_id;
  const { draft: made } = await write((wait) =>
    session.workspace.updates.draft(update.candidate_id, wait, { gates }),
  );
  return made.draft_id;
}
