import { BeaverError } from '../../base/errors.ts';
import type { Resolutions } from '../merge/types.ts';
import type { SkillsDeps } from '../skills/version-writer.ts';
import { timestamp } from '../skills/version-writer.ts';
import { withTransaction } from '../skills/transaction.ts';
import { type Assembled, assembleDraft } from './assembly.ts';
import { auditStep } from './audit.ts';
import { type Candidate, CandidateBook, classifyPluginSkillUpdate, isPending } from './candidates.ts';
import { type Draft, draftId, type DraftStore, type DraftTexts, textDigest, type TreeRef } from './drafts.ts';
import { blocks, type GateReport, runGates } from './gates.ts';
import { loadSides } from './sides.ts';

export interface LearningDeps extends SkillsDeps {
  readonly drafts: DraftStore;
}

export type DraftStatus = 'conflicts' | 'blocked' | 'ready' | 'approved' | 'published' | 'rejected' | 'stale';

export interface DraftView {
  readonly draft: Draft;
  readonly assembled: Assembled;
  readonly gates: readonly GateReport[];
  readonly status: DraftStatus;
}

export type DraftChange =
  | { readonly kind: 'chunks'; readonly path: string; readonly resolutions: Resolutions }
  | { readonly kind: 'text'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly choice: 'base' | 'local' | 'upstream' | 'removed';
    };

/** Drafts: made from candidates, settled by a reviewer, approved or rejected. Every method that writes expects the write lock to be held. */
export class DraftService {
  readonly #deps: LearningDeps;

  constructor(deps: LearningDeps) {
    this.#deps = deps;
  }

  /**
   * The draft of a candidate on the current local version; the same one when it exists already. No model is called.
   * @throws BeaverError `candidate_closed`, and what {@link loadSides} throws.
   */
  async create(candidateId: string): Promise<DraftView> {
    const { ports, layout, store, drafts, actor } = this.#deps;
    const book = await CandidateBook.read(ports.files, layout);
    const candidate = book.get(candidateId);
    if (!isPending(candidate)) {
      throw new BeaverError('candidate_closed', `The update is ${candidate.status} already.`, {
        nextStep: 'Use "beaver updates list" to see what is waiting.',
        field: 'candidate_id',
      });
    }
    const { current } = await store.load(candidate.skill_name);
    const refs = references(candidate);
    const id = draftId(candidateId, current.version, refKey(refs.upstream));
    const existing = await drafts.find(id);
    if (existing !== undefined && candidate.draft_id === id) return this.view(existing);

    const at = timestamp(ports);
    const base =
      refs.base.kind === 'upstream'
        ? refs.base.tree_hash
        : (await store.version(candidate.skill_name, refs.base.version)).tree_hash;
    const upstream =
      refs.upstream.kind === 'upstream'
        ? refs.upstream.tree_hash
        : (await store.version(candidate.skill_name, refs.upstream.version)).tree_hash;
    const mode = classifyPluginSkillUpdate(base, current.tree_hash, upstream);
    const draft: Draft = existing ?? {
      schema_version: 1,
      draft_id: id,
      candidate_id: candidateId,
      proposal_kind: candidate.kind,
      skill_name: candidate.skill_name,
      plugin_id: candidate.evidence.plugin_id,
      plugin_version: candidate.kind === 'plugin_skill_update' ? candidate.evidence.plugin_version : null,
      base_version: current.version,
      base_tree_hash: current.tree_hash,
      merge_mode: mode,
      base: refs.base,
      upstream: refs.upstream,
      outcome: 'open',
      published_version: null,
      documents: {},
      file_choices: {},
      review: null,
      reason: candidate.trigger_reason,
      created_at: at,
      created_by: actor,
      provenance: { ...candidate.evidence, local_version: current.version, merge_mode: mode },
    };
    const view = await this.view(draft);
    book.update(candidateId, at, (now) =>
      withLocal({ ...now, draft_id: id, ...candidateProgress(view) }, current.version, mode),
    );
    await withTransaction(this.#deps.transactions, async (transaction) => {
      transaction.add(drafts.step(draft), ...book.steps());
      const detail = {
        draft_id: id,
        candidate_id: candidateId,
        merge_mode: mode,
        conflicts: view.assembled.conflicts.length,
      };
      transaction.add(this.#audit('draft_created', draft, at, detail));
      await transaction.commit('draft an update');
    });
    return view;
  }

  async get(id: string): Promise<DraftView> {
    return this.view(await this.#deps.drafts.get(id));
  }

  /** @throws BeaverError `draft_closed`, `draft_stale`, `resolution_invalid`. */
  async resolve(id: string, change: DraftChange): Promise<DraftView> {
    const before = await this.#open(id);
    const next = changed(before, change);
    return this.#store({ ...next, review: null }, change.kind === 'text' ? change.text : undefined);
  }

  /** Looks again: gates and staleness. @throws BeaverError `draft_closed`. */
  async check(id: string): Promise<DraftView> {
    const view = await this.get(id);
    return view.draft.outcome === 'open' && view.status !== 'stale' ? this.#store(view.draft) : view;
  }

  /** Binds an approval to the exact tree. @throws BeaverError `draft_not_ready` with the gates that block, `draft_stale`, `draft_closed`. */
  async approve(id: string): Promise<DraftView> {
    const view = await this.#open(id);
    assertReady(view);
    const at = timestamp(this.#deps.ports);
    const hash = view.assembled.digest.treeHash;
    const draft: Draft = {
      ...view.draft,
      review: { decision: 'approved', by: this.#deps.actor, at, reason: '', content_hash: hash },
    };
    await withTransaction(this.#deps.transactions, async (transaction) => {
      transaction.add(
        this.#deps.drafts.step(draft),
        this.#audit('draft_approved', draft, at, { draft_id: id, content_hash: hash }),
      );
      await transaction.commit('approve a draft');
    });
    return this.view(draft);
  }

  /** Ends the candidate. @throws BeaverError `reason_missing`, `draft_closed`. */
  async reject(id: string, reason: string): Promise<DraftView> {
    const { ports, layout, drafts, actor, transactions } = this.#deps;
    if (reason.trim() === '') {
      throw new BeaverError('reason_missing', 'A rejection needs a reason.', {
        nextStep: 'Say why in a sentence.',
        field: 'reason',
      });
    }
    const view = await this.get(id);
    assertOpen(view.draft);
    const at = timestamp(ports);
    const review = {
      decision: 'rejected' as const,
      by: actor,
      at,
      reason,
      content_hash: view.assembled.digest.treeHash,
    };
    const draft: Draft = { ...view.draft, outcome: 'rejected', review };
    const book = await CandidateBook.read(ports.files, layout);
    book.update(draft.candidate_id, at, (now) => ({ ...now, status: 'rejected' }));
    await withTransaction(transactions, async (transaction) => {
      transaction.add(
        drafts.step(draft),
        ...book.steps(),
        this.#audit('draft_rejected', draft, at, { draft_id: id, reason }),
      );
      await transaction.commit('reject a draft');
    });
    return this.view(draft);
  }

  /** Reads only. */
  async view(draft: Draft, texts: DraftTexts = this.#deps.drafts): Promise<DraftView> {
    const { store } = this.#deps;
    const assembled = await assembleDraft(draft, await loadSides(store, draft), texts);
    const gates = await runGates(draft, assembled);
    const current = await store.current(draft.skill_name);
    return { draft, assembled, gates, status: statusOf(draft, assembled, gates, current?.version) };
  }

  async #open(id: string): Promise<DraftView> {
    const view = await this.get(id);
    assertOpen(view.draft);
    if (view.status === 'stale') throw staleDraft();
    return view;
  }

  /** `text` is one that the draft refers to and that is not on disk yet: both are written, or neither. */
  async #store(draft: Draft, text?: string): Promise<DraftView> {
    const { ports, layout, drafts, transactions } = this.#deps;
    const view = await this.view(draft, text === undefined ? drafts : withText(drafts, text));
    const book = await CandidateBook.read(ports.files, layout);
    const progress = candidateProgress(view);
    const { status, open_conflicts } = book.get(draft.candidate_id);
    if (status !== progress.status || open_conflicts !== progress.open_conflicts) {
      book.update(draft.candidate_id, timestamp(ports), (now) => ({ ...now, ...progress }));
    }
    await withTransaction(transactions, async (transaction) => {
      if (text !== undefined) transaction.add(drafts.textStep(draft.draft_id, text));
      transaction.add(drafts.step(draft), ...book.steps());
      await transaction.commit('settle a draft');
    });
    return view;
  }

  #audit(
    event: Parameters<typeof auditStep>[4],
    draft: Draft,
    at: string,
    detail: NonNullable<Parameters<typeof auditStep>[5]['detail']>,
  ): ReturnType<typeof auditStep> {
    const { layout, ports, actor } = this.#deps;
    return auditStep(layout, ports.ids.transaction(), at, actor, event, {
      plugin_id: draft.plugin_id,
      skill_name: draft.skill_name,
      detail,
    });
  }
}

/** The draft after a reviewer's change. @throws BeaverError `resolution_invalid`. */
function changed(view: DraftView, change: DraftChange): Draft {
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
    if (hasMarkers(change.text)) throw invalid('The text still has conflict markers.', 'text');
    const override = textDigest(change.text);
    const state = { fingerprint: document.fingerprint, resolutions: document.resolutions, override };
    return { ...draft, file_choices: fileChoices, documents: { ...draft.documents, [change.path]: state } };
  }
  const ids = new Set(document.merge.chunks.map((chunk) => chunk.id));
  const unknown = Object.keys(change.resolutions).find((chunk) => !ids.has(chunk));
  if (unknown !== undefined) throw invalid(`There is no chunk "${unknown.slice(0, 40)}".`, 'resolutions');
  const state = { fingerprint: document.fingerprint, resolutions: change.resolutions, override: null };
  return { ...draft, file_choices: fileChoices, documents: { ...draft.documents, [change.path]: state } };
}

function withText(texts: DraftTexts, text: string): DraftTexts {
  const digest = textDigest(text);
  return {
    text: (id, wanted) => (wanted === digest ? Promise.resolve(text) : texts.text(id, wanted)),
  };
}

/** @throws BeaverError `draft_not_ready` naming what blocks. */
export function assertReady(view: DraftView): void {
  if (view.status === 'ready' || view.status === 'approved') return;
  if (view.status === 'stale') throw staleDraft();
  const failed = view.gates.filter((gate) => gate.status === 'failed');
  throw new BeaverError(
    'draft_not_ready',
    `The draft cannot be published: ${failed.map((gate) => gate.reason).join(' ')}`,
    {
      nextStep: 'Resolve what is open, then approve it.',
      field: failed[0]?.gate ?? 'status',
    },
  );
}

export function staleDraft(): BeaverError {
  return new BeaverError('draft_stale', 'The skill has changed since the draft was made.', {
    nextStep: 'Draft the update again; it will take the newer local version in.',
  });
}

function assertOpen(draft: Draft): void {
  if (draft.outcome === 'open') return;
  throw new BeaverError('draft_closed', `The draft is ${draft.outcome} already.`, {
    nextStep: 'Use "beaver updates list" to see what is waiting.',
  });
}

function statusOf(
  draft: Draft,
  assembled: Assembled,
  gates: readonly GateReport[],
  current: string | undefined,
): DraftStatus {
  if (draft.outcome !== 'open') return draft.outcome;
  if (current !== draft.base_version) return 'stale';
  if (assembled.conflicts.length > 0) return 'conflicts';
  if (blocks(gates)) return 'blocked';
  const approved =
    draft.review?.decision === 'approved' && draft.review.content_hash === assembled.digest.treeHash;
  return approved ? 'approved' : 'ready';
}

function candidateProgress(view: DraftView): Pick<Candidate, 'status' | 'open_conflicts'> {
  const ready = view.status === 'ready' || view.status === 'approved';
  return { status: ready ? 'ready' : 'drafted', open_conflicts: view.assembled.conflicts.length };
}

function withLocal(
  candidate: Candidate,
  localVersion: string,
  mode: Candidate['evidence']['merge_mode'],
): Candidate {
  return candidate.kind === 'plugin_skill_update'
    ? { ...candidate, evidence: { ...candidate.evidence, local_version: localVersion, merge_mode: mode } }
    : { ...candidate, evidence: { ...candidate.evidence, local_version: localVersion, merge_mode: mode } };
}

function references(candidate: Candidate): { readonly base: TreeRef; readonly upstream: TreeRef } {
  if (candidate.kind === 'skill_revision') {
    return {
      base: { kind: 'version', version: candidate.evidence.base_version },
      upstream: { kind: 'version', version: candidate.evidence.captured_version },
    };
  }
  const { plugin_id, base_upstream_tree_hash, new_upstream_tree_hash } = candidate.evidence;
  return {
    base: { kind: 'upstream', source_id: plugin_id, tree_hash: base_upstream_tree_hash },
    upstream: { kind: 'upstream', source_id: plugin_id, tree_hash: new_upstream_tree_hash },
  };
}

function refKey(ref: TreeRef): string {
  return ref.kind === 'upstream' ? `upstream:${ref.source_id}:${ref.tree_hash}` : `version:${ref.version}`;
}

function invalid(message: string, field: string): BeaverError {
  return new BeaverError('resolution_invalid', message, {
    nextStep: 'Use "beaver updates show" to see what can be settled.',
    field,
  });
}

/** All three markers at the start of lines: one alone may be an underline or a quotation. */
export function hasMarkers(text: string): boolean {
  return /^<{7} /m.test(text) && /^={7}$/m.test(text.replaceAll('\r', '')) && /^>{7} /m.test(text);
}
