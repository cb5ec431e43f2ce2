import { BeaverError } from '../base/errors.ts';
import { applyResolutions } from '../core/merge/resolutions.ts';
import type { Resolutions } from '../core/merge/types.ts';
import type { LockWait } from '../core/ports.ts';
import type { AssembledDocument } from '../core/learning/assembly.ts';
import type { DraftView } from '../core/learning/draft-view.ts';
import type { LearningDeps } from '../core/learning/learning-deps.ts';
import { proposedText, type Proposal, readProposal } from '../core/learning/synthesis/proposal.ts';
import {
  askForProposal,
  keepProposal,
  type ProposeOptions,
  recordFailedProposal,
} from '../core/learning/synthesis/synthesis.ts';
import { type MergeProposalPayload, mergeProposalPayload } from './payloads.ts';

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

/** The last proposal for a draft, if it still speaks of its conflicts. */
export async function keptProposal(
  deps: LearningDeps,
  view: DraftView,
): Promise<MergeProposalPayload | null> {
  const [document] = view.assembled.documents;
  const proposal = await readProposal(deps.ports.files, deps.layout, view.draft.draft_id);
  if (proposal === undefined || proposal.fingerprint !== document?.fingerprint) return null;
  return proposalPayload(proposal, document);
}

function proposalPayload(proposal: Proposal, document: AssembledDocument | undefined): MergeProposalPayload {
  const text = document === undefined ? null : wholeText(proposal, document);
  return mergeProposalPayload.parse({ ...proposal, text });
}

/** SKILL.md with every proposal in place; null where there is none for a conflict. */
function wholeText(proposal: Proposal, document: AssembledDocument): string | null {
  const resolutions: Record<string, Resolutions[string]> = {};
  for (const { id } of document.merge.conflicts) {
    const text = proposedText(proposal, document.fingerprint, id);
    if (text === null) return null;
    resolutions[id] = { take: 'proposal', text };
  }
  return applyResolutions(document.merge, document, resolutions).text;
}
