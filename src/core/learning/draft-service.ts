import { BeaverError } from '../../base/errors.ts';
import type { TransactionStep } from '../skills/transaction-steps.ts';
import { withTransaction } from '../skills/transaction.ts';
import { timestamp } from '../skills/version-writer.ts';
import { type AcknowledgeRequest, rulesToAcknowledge } from './draft-acknowledgement.ts';
import { auditStep } from './audit.ts';
import { CandidateBook, classifyPluginSkillUpdate, isPending } from './candidates.ts';
import { changedDraft, type DraftChange, withText } from './draft-change.ts';
import { references, refKey, withLocal } from './draft-references.ts';
import {
  assertOpen,
  assertReady,
  candidateProgress,
  type DraftView,
  staleDraft,
  viewDraft,
  viewUnchecked,
} from './draft-view.ts';
import type { GateWatch } from './gates.ts';
import { type Draft, draftId } from './drafts.ts';
import type { LearningDeps } from './learning-deps.ts';
import type { ApprovalByPolicy } from './review-policy.ts';
import { type Proposal, readProposal } from './synthesis/proposal.ts';

/** Drafts: made from candidates, settled by a reviewer, approved or rejected. Every method that writes expects the write lock to be held. */
export class DraftService {
  readonly #deps: LearningDeps;

  constructor(deps: LearningDeps) {
    this.#deps = deps;
  }

  /**
   * The draft of a candidate on the current local version; the same one when it exists already. No model is called. `view` may leave the
   * gates to a later check; until then the candidate counts as drafted.
   * @throws BeaverError `candidate_closed` (a revision that the skill has already is closed with it), and what {@link loadSides} throws.
   */
  async create(
    candidateId: string,
    view: (deps: LearningDeps, draft: Draft) => Promise<DraftView> = viewDraft,
  ): Promise<DraftView> {
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
    if (existing !== undefined && candidate.draft_id === id) return view(this.#deps, existing);

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
    if (candidate.kind === 'skill_revision' && mode === 'already_applied')
      throw await this.#applied(book, candidateId, at);
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
      acknowledgements: [],
      reason: candidate.trigger_reason,
      created_at: at,
      created_by: actor,
      provenance: { ...candidate.evidence, local_version: current.version, merge_mode: mode },
    };
    const made = await view(this.#deps, draft);
    book.update(candidateId, at, (now) =>
      withLocal({ ...now, draft_id: id, ...candidateProgress(made) }, current.version, mode),
    );
    await withTransaction(this.#deps.transactions, async (transaction) => {
      transaction.add(drafts.step(draft), ...book.steps());
      const detail = {
        draft_id: id,
        candidate_id: candidateId,
        merge_mode: mode,
        conflicts: made.assembled.conflicts.length,
      };
      transaction.add(this.#audit('draft_created', draft, at, detail));
      await transaction.commit('draft an update');
    });
    return made;
  }

  async get(id: string, watch: GateWatch = {}): Promise<DraftView> {
    const { drafts } = this.#deps;
    return viewDraft(this.#deps, await drafts.get(id), drafts, watch);
  }

  /** Without its gates. */
  async outline(id: string): Promise<DraftView> {
    return viewUnchecked(this.#deps, await this.#deps.drafts.get(id));
  }

  /** @throws BeaverError `draft_closed`, `draft_stale`, `resolution_invalid`. */
  async resolve(id: string, change: DraftChange): Promise<DraftView> {
    const before = await this.#open(id);
    const next = changedDraft(before, change, await this.#proposalFor(id, change));
    return this.#store(
      { ...next, review: null, acknowledgements: [] },
      change.kind === 'text' ? change.text : undefined,
    );
  }

  async #proposalFor(id: string, change: DraftChange): Promise<Proposal | undefined> {
    const { ports, layout } = this.#deps;
    const wanted =
      change.kind === 'chunks' && Object.values(change.resolutions).some(({ take }) => take === 'proposal');
    return wanted ? readProposal(ports.files, layout, id) : undefined;
  }

  /** Looks again: gates and staleness. @throws BeaverError `draft_closed`. */
  async check(id: string): Promise<DraftView> {
    const view = await this.get(id);
    return view.draft.outcome === 'open' && view.status !== 'stale' ? this.#store(view.draft) : view;
  }

  /**
   * Records that a person has seen what the update adds, for exactly this tree. Without `rules` all that wait for it. When nothing does,
   * nothing is written. @throws BeaverError `acknowledgement_unneeded` for a rule that does not wait, `draft_changed` when the tree is
   * not `contentHash`, `draft_stale`, `draft_closed`.
   */
  async acknowledge(id: string, request: AcknowledgeRequest = {}): Promise<DraftView> {
    const { ports, actor } = this.#deps;
    const view = await this.#open(id);
    const hash = view.assembled.digest.treeHash;
    const rules = rulesToAcknowledge(view, request);
    if (rules.length === 0) return view;
    const at = timestamp(ports);
    const kept = view.draft.acknowledgements.filter((entry) => entry.content_hash === hash);
    const entry = { by: actor, at, content_hash: hash, rules: [...rules] };
    const draft: Draft = { ...view.draft, acknowledgements: [...kept, entry] };
    const detail = { draft_id: id, content_hash: hash, rules: rules.map((rule) => ({ ...rule })) };
    return this.#store(draft, undefined, [this.#audit('draft_acknowledged', draft, at, detail)]);
  }

  /**
   * Binds an approval to the exact tree. @throws BeaverError `draft_not_ready` with the gates that block, `acknowledgement_missing`,
   * `draft_stale`, `draft_closed`.
   * @param by the setting that approves; a person when it is left out.
   */
  async approve(id: string, by?: ApprovalByPolicy): Promise<DraftView> {
    const view = await this.#open(id);
    assertReady(view);
    const at = timestamp(this.#deps.ports);
    const hash = view.assembled.digest.treeHash;
    const draft: Draft = {
      ...view.draft,
      review: {
        decision: 'approved',
        by: by === undefined ? this.#deps.actor : 'policy',
        at,
        reason: by?.setting ?? '',
        policy: by?.policy ?? null,
        content_hash: hash,
      },
    };
    await withTransaction(this.#deps.transactions, async (transaction) => {
      transaction.add(
        this.#deps.drafts.step(draft),
        this.#audit('draft_approved', draft, at, {
          draft_id: id,
          content_hash: hash,
          ...(by === undefined ? {} : { policy: by.policy, setting: by.setting }),
        }),
      );
      await transaction.commit('approve a draft');
    });
    return viewDraft(this.#deps, draft);
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
      policy: null,
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
    return viewDraft(this.#deps, draft);
  }

  /** Closes a revision that the skill has taken in otherwise. */
  async #applied(book: CandidateBook, candidateId: string, at: string): Promise<BeaverError> {
    book.update(candidateId, at, (now) => ({ ...now, status: 'superseded' }));
    await withTransaction(this.#deps.transactions, async (transaction) => {
      transaction.add(...book.steps());
      await transaction.commit('close a revision');
    });
    return new BeaverError('candidate_closed', 'The skill has what the revision proposes already.', {
      nextStep: 'Nothing needs to be done: the revision is closed.',
      field: 'candidate_id',
    });
  }

  async #open(id: string): Promise<DraftView> {
    const view = await this.get(id);
    assertOpen(view.draft);
    if (view.status === 'stale') throw staleDraft();
    return view;
  }

  /** `text` is one that the draft refers to and that is not on disk yet: both are written, or neither. */
  async #store(draft: Draft, text?: string, also: readonly TransactionStep[] = []): Promise<DraftView> {
    const { ports, layout, drafts, transactions } = this.#deps;
    const view = await viewDraft(this.#deps, draft, text === undefined ? drafts : withText(drafts, text));
    const book = await CandidateBook.read(ports.files, layout);
    const progress = candidateProgress(view);
    const { status, open_conflicts } = book.get(draft.candidate_id);
    if (status !== progress.status || open_conflicts !== progress.open_conflicts) {
      book.update(draft.candidate_id, timestamp(ports), (now) => ({ ...now, ...progress }));
    }
    await withTransaction(transactions, async (transaction) => {
      if (text !== undefined) transaction.add(drafts.textStep(draft.draft_id, text));
      transaction.add(drafts.step(draft), ...book.steps(), ...also);
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
