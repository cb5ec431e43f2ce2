import { applyResolutions } from '../core/merge/resolutions.ts';
import type { Resolutions } from '../core/merge/types.ts';
import type { AssembledDocument } from '../core/learning/assembly.ts';
import type { DraftView } from '../core/learning/draft-view.ts';
import type { LearningDeps } from '../core/learning/learning-deps.ts';
import { proposedText, type Proposal, readProposal } from '../core/learning/synthesis/proposal.ts';
import { type MergeProposalPayload, mergeProposalPayload } from './payloads.ts';

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

/** With the text that taking all of it gives, where it speaks of every conflict. */
export function proposalPayload(
  proposal: Proposal,
  document: AssembledDocument | undefined,
): MergeProposalPayload {
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
