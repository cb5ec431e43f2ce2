import { BeaverError } from '../../base/errors.ts';
import { conflictBlock } from '../merge/style.ts';
import type { Resolutions } from '../merge/types.ts';
import type { AssembledDocument } from './assembly.ts';
import type { DraftView } from './draft-view.ts';
import { type Draft, type DraftTexts, textDigest } from './drafts.ts';
import { type Proposal, proposedText } from './synthesis/proposal.ts';

/** What a reviewer settles. */
export type DraftChange =
  | { readonly kind: 'chunks'; readonly path: string; readonly resolutions: Resolutions }
  | { readonly kind: 'text'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly choice: 'base' | 'local' | 'upstream' | 'removed';
    };

/**
 * The draft after a reviewer's change. `proposal` is what a model proposed for the draft: only its texts, or those taken before, are taken
 * as a proposal.
 * @throws BeaverError `resolution_invalid`.
 */
export function changedDraft(view: DraftView, change: DraftChange, proposal?: Proposal): Draft {
  const { draft, assembled } = view;
  if (change.kind === 'file') {
    const known =
      assembled.decisions.some((decision) => decision.path === change.path) && change.path !== 'SKILL.md';
    if (!known) throw invalid('The draft has no supporting file of that path.', 'path');
    return { ...draft, file_choices: { ...draft.file_choices, [change.path]: change.choice } };
  }
  const document = assembled.documents.find((entry) => entry.path === change.path);
  if (document === undefined) throw invalid('The draft has no text of that path to settle.', 'path');
  const fileChoices = Object.fromEntries(
    Object.entries(draft.file_choices).filter(([path]) => path !== change.path),
  );
  if (change.kind === 'text') {
    if (hasOpenMarkers(document, change.text)) throw invalid('The text still has conflict markers.', 'text');
    const override = textDigest(change.text);
    const state = { fingerprint: document.fingerprint, resolutions: document.resolutions, override };
    return { ...draft, file_choices: fileChoices, documents: { ...draft.documents, [change.path]: state } };
  }
  const ids = new Set(document.merge.chunks.map((chunk) => chunk.id));
  const unknown = Object.keys(change.resolutions).find((chunk) => !ids.has(chunk));
  if (unknown !== undefined) throw invalid(`There is no chunk "${unknown.slice(0, 40)}".`, 'resolutions');
  for (const resolution of Object.values(change.resolutions)) {
    if (resolution.take === 'text' && hasOpenMarkers(document, resolution.text))
      throw invalid('The text of a chunk still has conflict markers.', 'resolutions');
  }
  for (const [id, resolution] of Object.entries(change.resolutions)) {
    if (resolution.take === 'proposal' && !isProposed(document, id, resolution.text, proposal))
      throw invalid('The text is not what the model proposed for the conflict.', 'resolutions');
  }
  const state = { fingerprint: document.fingerprint, resolutions: change.resolutions, override: null };
  return { ...draft, file_choices: fileChoices, documents: { ...draft.documents, [change.path]: state } };
}

function isProposed(
  { fingerprint, resolutions }: AssembledDocument,
  id: string,
  text: string,
  proposal: Proposal | undefined,
): boolean {
  const taken = Object.hasOwn(resolutions, id) ? resolutions[id] : undefined;
  const known = [proposedText(proposal, fingerprint, id), taken?.take === 'proposal' ? taken.text : null];
  const plain = (one: string): string => unixLines(one).replace(/\n$/u, '');
  return known.some((one) => one !== null && plain(one) === plain(text));
}

/** The kept texts, and one that is not on disk yet. */
export function withText(texts: DraftTexts, text: string): DraftTexts {
  const digest = textDigest(text);
  return {
    text: (id, wanted) => (wanted === digest ? Promise.resolve(text) : texts.text(id, wanted)),
  };
}

function invalid(message: string, field: string): BeaverError {
  return new BeaverError('resolution_invalid', message, {
    nextStep: 'Use "beaver updates show" to see what can be settled.',
    field,
  });
}

/** The lines that only an open conflict of ours begins, parts and ends with; `=======` is a heading's underline too. */
const MARKER_LINES = ['<<<<<<< local', '||||||| base', '>>>>>>> upstream'] as const;

/**
 * Whether a text still holds a block that Beaver wrote for an open conflict. A skill about git may show markers of its own: a block counts
 * when it is exactly one of this merge, a marker line when no side has that line.
 */
export function hasOpenMarkers(
  document: Pick<AssembledDocument, 'base' | 'local' | 'upstream' | 'merge'>,
  text: string,
): boolean {
  const { conflicts } = document.merge;
  if (conflicts.length === 0) return false;
  const plain = unixLines(text);
  const blockOf = (conflict: (typeof conflicts)[number]): string =>
    conflictBlock(unixLines(conflict.base), unixLines(conflict.local), unixLines(conflict.upstream), '\n');
  if (conflicts.some((conflict) => plain.includes(blockOf(conflict).trimEnd()))) return true;
  const lines = new Set(plain.split('\n'));
  const theirs = new Set(
    [document.base, document.local, document.upstream].flatMap((side) => unixLines(side).split('\n')),
  );
  return MARKER_LINES.some((line) => lines.has(line) && !theirs.has(line));
}

function unixLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
