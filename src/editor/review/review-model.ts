import type { DraftDetail, DraftDocument } from '../../app/api.ts';
import { applyResolutions } from '../../core/merge/resolutions.ts';
import { mergedStyle } from '../../core/merge/style.ts';
import type { LineRange, MergeChunk, Resolution } from '../../core/merge/types.ts';
import { cut, lineStarts } from '../../protocol/packed-document.ts';
import { displayText, resultDigest } from '../../protocol/text-digest.ts';
import type {
  ViewChunk,
  ViewDocument,
  ViewDocumentState,
  ViewDraft,
  ViewFile,
  ViewFileChoice,
  ViewProposal,
  ViewRange,
} from '../../protocol/review-view.ts';
import { proposalProblemText } from '../model/proposal-problem-text.ts';
import type { Translate } from '../model/translate.ts';
import { reasonWords, regionWords } from './core-words.ts';
import { frontmatterTable } from './frontmatter-table.ts';
import { viewGates } from './gate-view.ts';
import { viewReplay } from './replay-model.ts';

const MAIN_DOCUMENT = 'SKILL.md';

type ReviewedDraft = Pick<DraftDetail, 'draft' | 'documents'>;

/** What the webview shows of a draft, texts apart. `writable` is false where this window may only look. */
export function viewDraft(
  { draft, documents }: ReviewedDraft,
  writable: boolean,
  t: Translate,
  checking = false,
): ViewDraft {
  return {
    draftId: draft.draft_id,
    skillName: draft.skill_name,
    kind: draft.proposal_kind,
    pluginId: draft.plugin_id,
    baseVersion: draft.base_version,
    upstreamVersion: textOrNull(draft.provenance['plugin_version']),
    mergeMode: draft.merge_mode,
    status: draft.status,
    contentHash: draft.content_hash,
    files: viewFiles({ draft, documents }, t),
    gates: viewGates(draft.gates, t),
    checking,
    replay: draft.replay === null ? null : viewReplay(draft.replay),
    review:
      draft.review === null
        ? null
        : {
            decision: draft.review.decision,
            by: draft.review.policy === null ? draft.review.by : t('the setting beaver.gates.review'),
            at: draft.review.at,
            reason: draft.review.reason,
          },
    provenance: flatten('', draft.provenance),
    writable,
  };
}

function viewFiles({ draft, documents }: ReviewedDraft, t: Translate): readonly ViewFile[] {
  const byPath = new Map(draft.files.map((file) => [file.path, file]));
  const reviewed = new Set(documents.map(({ path }) => path));
  const paths = new Set([...reviewed, ...byPath.keys(), ...draft.conflicts.map(({ file }) => file)]);
  const order = (path: string) => (path === MAIN_DOCUMENT ? '' : path);
  return [...paths]
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map((path) => {
      const open = draft.conflicts.filter(({ file }) => file === path);
      const decided = byPath.get(path);
      const kind = reviewed.has(path) ? 'document' : 'file';
      return {
        path,
        kind,
        source: open.length > 0 ? 'conflict' : (decided?.source ?? 'merged'),
        reason: decided === undefined ? '' : reasonWords(decided, t),
        unresolved: open.length,
        choices: kind === 'file' ? fileChoices(open.find(({ id }) => id === path)) : [],
      };
    });
}

const ALL_CHOICES: readonly ViewFileChoice[] = ['base', 'local', 'upstream', 'removed'];

/**
 * What a file can be settled to: the sides that have it, and to leave it out. A conflict shows the texts of the sides, and none at all
 * for a binary file: then, and where there is no conflict, every side is offered, and one without the file leaves it out.
 */
function fileChoices(
  conflict:
    | { readonly base: string | null; readonly local: string | null; readonly upstream: string | null }
    | undefined,
): readonly ViewFileChoice[] {
  if (conflict === undefined) return ALL_CHOICES;
  const sides = ALL_CHOICES.filter((choice) => choice !== 'removed' && conflict[choice] !== null);
  return sides.length === 0 ? ALL_CHOICES : [...sides, 'removed'];
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Nested provenance as dotted keys; what is not set is left out. */
function flatten(prefix: string, value: unknown): (readonly [string, string])[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    if (value.every((member) => typeof member !== 'object')) return [[prefix, value.map(String).join(', ')]];
    return value.flatMap((member, at) => flatten(`${prefix}.${at}`, member));
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([key, member]) =>
      flatten(prefix === '' ? key : `${prefix}.${key}`, member),
    );
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [[prefix, String(value)]]
    : [];
}

/** One document with each text once: chunks carry their text only where it is not a side's lines. */
export function viewDocument(
  document: DraftDocument,
  t: Translate,
  proposal: ViewProposal | null = null,
): ViewDocument {
  const { path, merge } = document;
  const base = displayText(document.base);
  const local = displayText(document.local);
  const upstream = displayText(document.upstream);
  const starts = { local: lineStarts(local), upstream: lineStarts(upstream) };
  return {
    path,
    base,
    local,
    upstream,
    chunks: merge.chunks.map((chunk) => viewChunk(chunk, { local, upstream }, starts)),
    decisions: merge.decisions.map((decision) => ({
      chunk: decision.chunk,
      region: regionWords(decision.region, t),
      origin: decision.origin,
      reason: reasonWords(decision, t),
    })),
    state: viewDocumentState(document, proposal),
  };
}

function viewChunk(
  { id, kind, base, local, upstream, text }: MergeChunk,
  texts: { readonly local: string; readonly upstream: string },
  starts: { readonly local: readonly number[]; readonly upstream: readonly number[] },
): ViewChunk {
  const chunk = { id, kind, base: viewRange(base), local: viewRange(local), upstream: viewRange(upstream) };
  if (text === null) return chunk;
  const shown = displayText(text);
  const side = kind === 'upstream' ? 'upstream' : 'local';
  return shown === cut(texts[side], starts[side], chunk[side]) ? chunk : { ...chunk, text: shown };
}

function viewRange({ start, end }: LineRange): ViewRange {
  return [start, end];
}

/** What a model proposed, in the words of the window; only SKILL.md has any. */
export function viewProposal(
  path: string,
  proposal: DraftDetail['proposal'],
  t: Translate,
): ViewProposal | null {
  if (proposal === null || path !== MAIN_DOCUMENT) return null;
  const texts: Record<string, string> = {};
  const withheld: Record<string, string> = {};
  for (const { id, text, problem } of proposal.conflicts) {
    if (text !== null) texts[id] = displayText(text);
    else if (problem !== null) withheld[id] = proposalProblemText(problem, t);
  }
  return { model: proposal.model, texts, withheld };
}

export function viewDocumentState(
  document: DraftDocument,
  proposal: ViewProposal | null = null,
): ViewDocumentState {
  return {
    resolutions: document.resolutions,
    override: document.override === null ? null : displayText(document.override),
    unresolved: document.unresolved,
    resultDigest: resultDigest(wholeResult(document)),
    frontmatter: document.path.endsWith('.md') ? frontmatterOf(document) : [],
    proposal,
  };
}

/** The result in whole lines: where the style of the file leaves the last line end out, it is put back. */
function wholeResult({ base, local, upstream, result, override }: DraftDocument): string {
  if (override !== null || result === '') return result;
  const style = mergedStyle(base, local, upstream);
  return style.lastLineEnds === false ? `${result}\n` : result;
}

function frontmatterOf(document: DraftDocument) {
  const left: Record<string, Resolution> = {};
  for (const id of document.unresolved) left[id] = { take: 'text', text: '' };
  const result =
    document.override ??
    applyResolutions(document.merge, document, { ...document.resolutions, ...left }).text;
  return frontmatterTable(
    {
      base: displayText(document.base),
      local: displayText(document.local),
      upstream: displayText(document.upstream),
      result: displayText(result),
    },
    document.merge.chunks,
    document.override === null ? document.unresolved : [],
  );
}
