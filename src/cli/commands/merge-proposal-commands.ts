import type { Action } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { mergeProposalText } from '../text/merge-proposal-text.ts';

/** `updates propose DRAFT`: 1 when nothing of the answer can be offered. */
export function proposeMerge(draftId: string): Action {
  return async (context) => {
    const workspace = await context.workspace();
    const payload = await workspace.updates.propose(
      draftId,
      {
        onProgress: (progress) => {
          if (progress.kind === 'asking') context.tell(`Asking ${progress.model} ...`);
        },
      },
      context.wait,
    );
    return {
      payload,
      text: (style) => mergeProposalText(style, payload.draft, payload.proposal),
      exit: payload.proposal.status === 'usable' ? EXIT.done : EXIT.found,
    };
  };
}

/** `updates show DRAFT --proposal`: only looks. */
export function showMergeProposal(draftId: string): Action {
  return async (context) => {
    const { draft, proposal } = await (await context.workspace()).updates.detail(draftId);
    return {
      payload: { draft, proposal },
      text: (style) => mergeProposalText(style, draft, proposal),
      exit: EXIT.done,
    };
  };
}
