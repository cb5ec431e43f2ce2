import type { DraftPayload } from '../../app/payloads.ts';
import { BeaverError } from '../../base/errors.ts';
import type { Action, Answer, CommandContext } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { draftText, publishedText, updateListText } from '../text/update-text.ts';

export const listUpdates: Action = async (context) => {
  const payload = await (await context.workspace()).updates.list();
  return { payload, text: (style) => updateListText(style, payload), exit: EXIT.done };
};

export function draftUpdate(candidateId: string): Action {
  return async (context) =>
    checked(await (await context.workspace()).updates.draft(candidateId, context.wait));
}

/** `updates show DRAFT`: only looks, so it exits with 0 whatever it finds. */
export function showDraft(draftId: string): Action {
  return async (context) => ({
    ...checked(await (await context.workspace()).updates.show(draftId)),
    exit: EXIT.done,
  });
}

/** `updates show DRAFT --text [PATH]`: the result of one file as it stands, conflicts between markers. */
export function showDraftText(draftId: string, path: string): Action {
  return async (context) => {
    const { draft, documents } = await (await context.workspace()).updates.detail(draftId);
    const document = documents.find((candidate) => candidate.path === path);
    if (document === undefined) {
      throw new BeaverError('document_unknown', `The draft has no text file "${path}" to show.`, {
        nextStep: `Text files of this draft: ${documents.map((candidate) => candidate.path).join(', ')}.`,
        field: 'text',
      });
    }
    const { result, unresolved } = document;
    return {
      payload: { draft, document: { path, text: result, unresolved } },
      text: () => result,
      exit: EXIT.done,
    };
  };
}

/** `updates check DRAFT`: runs the gates again. */
export function checkDraft(draftId: string): Action {
  return async (context) => checked(await (await context.workspace()).updates.check(draftId, context.wait));
}

/** `updates acknowledge DRAFT [--rule ID]…`. */
export function acknowledgeDraft(draftId: string, rules: readonly string[] | undefined): Action {
  return async (context) => {
    const request = rules === undefined ? {} : { rules };
    return checked(await (await context.workspace()).updates.acknowledge(draftId, request, context.wait));
  };
}

export function approveDraft(draftId: string): Action {
  return async (context) => checked(await (await context.workspace()).updates.approve(draftId, context.wait));
}

export function rejectDraft(draftId: string, reason: string): Action {
  return async (context) =>
    checked(await (await context.workspace()).updates.reject(draftId, reason, context.wait));
}

export function publishDraft(draftId: string): Action {
  return async (context: CommandContext) => {
    const payload = await (await context.workspace()).updates.publish(draftId, context.wait);
    return { payload, text: (style) => publishedText(style, payload), exit: EXIT.done };
  };
}

/** The answer about a draft: 1 while it has conflicts or a gate blocks it. */
export function checked(payload: { readonly draft: DraftPayload }): Answer {
  const { status } = payload.draft;
  return {
    payload,
    text: (style) => draftText(style, payload.draft),
    exit: status === 'conflicts' || status === 'blocked' ? EXIT.found : EXIT.done,
  };
}
