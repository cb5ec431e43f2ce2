import { BeaverError } from '../../../base/errors.ts';
import { sha256 } from '../../../base/digest.ts';
import type { ModelAnswer, Models } from '../../ports.ts';
import { withTransaction } from '../../skills/transaction.ts';
import { timestamp } from '../../skills/version-writer.ts';
import type { AssembledDocument } from '../assembly.ts';
import { auditStep } from '../audit.ts';
import { assertOpen, type DraftView, staleDraft } from '../draft-view.ts';
import type { Draft } from '../drafts.ts';
import type { LearningDeps } from '../learning-deps.ts';
import { sectionKey, sectionsOf } from '../sections.ts';
import { readSynthesisAnswer, type SynthesisAnswer } from './answer.ts';
import { type SynthesisPrompt, synthesisPrompt } from './prompt.ts';
import type { ProposalProblem } from './problems.ts';
import { proveAnswer } from './proof.ts';
import { type Proposal, proposalStep } from './proposal.ts';
import { type Skeleton, skeletonOf } from './skeleton.ts';

export type ProposeProgress =
  | { readonly kind: 'asking'; readonly model: string }
  /** Characters of the answer so far. */
  | { readonly kind: 'receiving'; readonly characters: number };

export interface ProposeOptions {
  /** Ends the request; it then rejects with `model_cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProposeProgress) => void;
}

/**
 * Asks the chosen model to settle what the structural merge left open in SKILL.md (spec 3, Task 7). Writes nothing and holds no lock, since a
 * model takes its time. Whatever is off with the answer is in the proposal, and the conflicts stay for the person.
 * @throws BeaverError `proposal_not_needed` where nothing in SKILL.md is open (then no model is called), `draft_closed`, `draft_stale`,
 * `proposal_too_large`, and what {@link Models.generate} throws.
 */
export async function askForProposal(
  deps: LearningDeps,
  view: DraftView,
  options: ProposeOptions = {},
): Promise<Proposal> {
  const document = openDocument(view);
  const models = deps.ports.models;
  const model = (await models?.selected()) ?? null;
  if (models === undefined || model === null) {
    throw new BeaverError('model_unavailable', 'No language model is set up.', {
      nextStep: 'Choose a model first; the conflicts can be settled without one too.',
    });
  }
  const skeleton = skeletonOf(document);
  const prompt = synthesisPrompt(document, skeleton);
  if (prompt.prompt.length > LONGEST_PROMPT) {
    throw new BeaverError('proposal_too_large', 'The document is too long to ask a model about it.', {
      nextStep: 'Settle the conflicts yourself.',
    });
  }
  options.onProgress?.({ kind: 'asking', model });
  const answer = await ask(models, document, prompt, options);
  return proposalOf(deps, view, document, skeleton, prompt, answer);
}

/** Characters. */
const LONGEST_PROMPT = 1_000_000;

async function ask(
  models: Models,
  document: AssembledDocument,
  { system, prompt }: SynthesisPrompt,
  { signal, onProgress }: ProposeOptions,
): Promise<ModelAnswer> {
  let characters = 0;
  return models.generate({
    system,
    prompt,
    maxOutputTokens: outputTokens(document),
    ...(signal === undefined ? {} : { signal }),
    onText: (piece) => {
      characters += piece.length;
      onProgress?.({ kind: 'receiving', characters });
    },
  });
}

/** Room for both sides in full, at two bytes for a token: no tokeniser of today needs more for prose or code. */
function outputTokens({ local, upstream }: AssembledDocument): number {
  const longest = Buffer.byteLength(local) + Buffer.byteLength(upstream);
  return Math.min(64_000, Math.ceil(longest / 2) + 2_000);
}

/** @throws BeaverError `proposal_not_needed`, `draft_closed`, `draft_stale`. */
function openDocument(view: DraftView): AssembledDocument {
  assertOpen(view.draft);
  if (view.status === 'stale') throw staleDraft();
  const [document] = view.assembled.documents;
  if (view.draft.merge_mode === 'three_way' && document !== undefined && document.unresolved.length > 0) {
    return document;
  }
  throw new BeaverError('proposal_not_needed', 'No conflict is open in SKILL.md, so no model was asked.', {
    nextStep: 'Use "beaver updates show" to see what is left to settle.',
  });
}

async function proposalOf(
  deps: LearningDeps,
  { draft }: DraftView,
  document: AssembledDocument,
  skeleton: Skeleton,
  prompt: SynthesisPrompt,
  answer: ModelAnswer,
): Promise<Proposal> {
  const read = readSynthesisAnswer(answer);
  const proven =
    read.kind === 'read'
      ? await proveAnswer(document, skeleton, read.answer)
      : {
          conflicts: skeleton.conflicts.map(({ id }) => ({ id, text: null, problem: read.problem })),
          problems: [read.problem] as readonly ProposalProblem[],
        };
  const usable = proven.conflicts.some(({ text }) => text !== null);
  const first = proven.conflicts.find(({ problem }) => problem !== null)?.problem;
  return {
    schema_version: 1,
    draft_id: draft.draft_id,
    fingerprint: document.fingerprint,
    status: usable ? 'usable' : 'refused',
    model: oneLine(answer.model, 200),
    by: deps.actor,
    at: timestamp(deps.ports),
    input_tokens: answer.inputTokens,
    output_tokens: answer.outputTokens,
    prompt_digest: prompt.digest,
    answer_digest: sha256(Buffer.from(answer.text, 'utf8')),
    ...(usable && read.kind === 'read' ? wordsOf(read.answer) : NO_WORDS),
    conflicts: [...proven.conflicts],
    problems: proven.problems.length === 0 && !usable && first ? [first] : [...proven.problems],
  };
}

type Words = Pick<
  Proposal,
  | 'change_reason'
  | 'preserved_local_sections'
  | 'adopted_upstream_sections'
  | 'resolved_conflicts'
  | 'dropped_sections'
>;

/** What a refused answer says of itself is kept nowhere: it may be what made it refused. */
const NO_WORDS: Words = {
  change_reason: '',
  preserved_local_sections: [],
  adopted_upstream_sections: [],
  resolved_conflicts: [],
  dropped_sections: [],
};

function wordsOf(answer: SynthesisAnswer): Words {
  const sections = sectionsOf(answer.content);
  const there = (titles: readonly string[]): string[] =>
    titles.filter((title) => sections.has(sectionKey(title))).map((title) => oneLine(title, 200));
  return {
    change_reason: oneLine(answer.change_reason, 500),
    preserved_local_sections: there(answer.preserved_local_sections),
    adopted_upstream_sections: there(answer.adopted_upstream_sections),
    resolved_conflicts: answer.resolved_conflicts.map((text) => oneLine(text, 200)),
    dropped_sections: answer.dropped_sections.map((title) => oneLine(title, 200)),
  };
}

/** One line of visible characters, at most `longest` of them. */
function oneLine(text: string, longest: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim();
  return line.slice(0, longest).toWellFormed();
}

/** Keeps a proposal beside its draft, with a line in the audit log. Expects the write lock to be held. @throws BeaverError `draft_closed`, `draft_unknown`. */
export async function keepProposal(deps: LearningDeps, proposal: Proposal): Promise<void> {
  const { ports, layout, drafts, actor, transactions } = deps;
  const draft = await drafts.get(proposal.draft_id);
  assertOpen(draft);
  const event = proposal.status === 'usable' ? 'proposal_made' : 'proposal_refused';
  await withTransaction(transactions, async (transaction) => {
    transaction.add(
      proposalStep(layout, proposal),
      auditStep(layout, ports.ids.transaction(), proposal.at, actor, event, {
        plugin_id: draft.plugin_id,
        skill_name: draft.skill_name,
        detail: {
          draft_id: draft.draft_id,
          model: proposal.model,
          prompt_digest: proposal.prompt_digest,
          problems: proposal.problems.map(({ code }) => code),
        },
      }),
    );
    await transaction.commit('keep a proposal');
  });
}

/** A line in the audit log: a model was asked and gave no answer. Expects the write lock to be held. */
export async function recordFailedProposal(deps: LearningDeps, draft: Draft, code: string): Promise<void> {
  const { ports, layout, actor, transactions } = deps;
  await withTransaction(transactions, async (transaction) => {
    transaction.add(
      auditStep(layout, ports.ids.transaction(), timestamp(ports), actor, 'proposal_failed', {
        plugin_id: draft.plugin_id,
        skill_name: draft.skill_name,
        detail: { draft_id: draft.draft_id, code },
      }),
    );
    await transaction.commit('record a failed proposal');
  });
}
