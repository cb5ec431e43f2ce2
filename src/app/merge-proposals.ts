import { BeaverError } from '../base/errors.ts';
import type { LockWait } from '../core/ports.ts';
import type { DraftView } from '../core/learning/draft-view.ts';
import type { LearningDeps } from '../core/learning/learning-deps.ts';
import {
  askForProposal,
  keepProposal,
  type ProposeOptions,
  recordFailedProposal,
} from '../core/learning/synthesis/synthesis.ts';
import { proposalPayload } from './kept-proposals.ts';
import type { MergeProposalPayload } from './payloads.ts';

type Write = <T>(purpose: string, wait: LockWait, body: () => Promise<T>) => Promise<T>;

/**
 * Asks a model about a draft, without a lock, and keeps what came of it beside the draft, under the lock. The draft stays as it is. That a
 * model could not be asked is recorded too, and thrown.
 */
export async function propose(
  deps: LearningDeps,
  view: DraftView,
  write: Write,
  options: ProposeOptions,
  wait: LockWait,
): Promise<MergeProposalPayload> {
  const proposal = await askForProposal(deps, view, options).catch(async (error: unknown) => {
    if (error instanceof BeaverError && RECORDED.has(error.code)) {
      await write('record a failed proposal', wait, () => recordFailedProposal(deps, view.draft, error.code));
    }
    throw error;
  });
  await write('keep a proposal', wait, () => keepProposal(deps, proposal));
  return proposalPayload(proposal, view.assembled.documents[0]);
}

/** What a model was asked and did not answer; that none is set up, or that a person stopped it, is no event. */
const RECORDED = new Set(['model_not_allowed', 'model_busy', 'model_timeout', 'model_failed']);
