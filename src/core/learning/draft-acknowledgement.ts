import { BeaverError } from '../../base/errors.ts';
import { type AcknowledgedRule, openRules } from './acknowledgements.ts';
import type { DraftView } from './draft-view.ts';

export interface AcknowledgeRequest {
  /** Rule ids, of which the findings are taken on; all that wait for it when left out. */
  readonly rules?: readonly string[];
  /** Tree hash of what the person was shown. */
  readonly contentHash?: string;
}

/** What a request takes on. @throws BeaverError `acknowledgement_unneeded`, `draft_changed`. */
export function rulesToAcknowledge(
  view: DraftView,
  request: AcknowledgeRequest,
): readonly AcknowledgedRule[] {
  if (request.contentHash !== undefined && request.contentHash !== view.assembled.digest.treeHash) {
    throw new BeaverError('draft_changed', 'The draft was changed elsewhere while you looked at it.', {
      nextStep: 'Look at it again, then acknowledge what it adds.',
      field: 'content_hash',
    });
  }
  const open = openRules(view.gates);
  if (request.rules === undefined) return open;
  const unknown = request.rules.find((rule) => !open.some((entry) => entry.rule === rule));
  if (unknown !== undefined) {
    throw new BeaverError(
      'acknowledgement_unneeded',
      `No finding of the rule ${JSON.stringify(unknown.slice(0, 40))} waits for an acknowledgement.`,
      { nextStep: 'Use "beaver updates show" to see what waits for one.', field: 'rules' },
    );
  }
  const wanted = new Set(request.rules);
  return open.filter(({ rule }) => wanted.has(rule));
}
