import type { DraftPayload, MergeProposalPayload } from '../../app/payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { count } from './findings-text.ts';
import { quoted } from './update-text.ts';

/** What a model proposed, conflict by conflict with the sides it is for, and how it is taken. */
export function mergeProposalText(
  style: Style,
  draft: DraftPayload,
  proposal: MergeProposalPayload | null,
): string {
  const id = draft.draft_id;
  if (proposal === null) {
    return `No model was asked about this draft. Ask one: beaver updates propose ${id}\n`;
  }
  const offered = proposal.conflicts.filter(({ text }) => text !== null).length;
  const head =
    offered === 0
      ? `${style.bad('Nothing of the answer can be offered.')} The conflicts are yours to settle.\n`
      : `${oneLine(proposal.model)} proposes a text for ${offered} of ${count(proposal.conflicts.length, 'conflict')}. Nothing is taken yet.\n`;
  const reason = proposal.change_reason === '' ? '' : `It says: ${oneLine(proposal.change_reason)}\n`;
  const problems = proposal.problems.map(({ code, message }) => problemText(style, code, message)).join('');
  const conflicts = offered === 0 ? [] : proposal.conflicts.map((one) => conflictText(style, one));
  const next =
    offered === 0
      ? `Settle the conflicts: beaver updates show ${id}\n`
      : `Take them: beaver updates resolve ${id} --take proposal, or one: --conflict ID --take proposal\n`;
  return [`${head}${reason}${problems}`, ...conflicts, next].join('\n');
}

function conflictText(
  style: Style,
  { id, text, problem }: MergeProposalPayload['conflicts'][number],
): string {
  const title = style.strong(`Conflict ${oneLine(id)}`);
  if (text !== null) return `${title}\n${quoted(text)}`;
  return `${title}\n${problem === null ? '' : problemText(style, problem.code, problem.message)}`;
}

function problemText(style: Style, code: string, message: string): string {
  return `${style.warning('withheld')} ${oneLine(message)} ${style.faint(`[${code}]`)}\n`;
}
