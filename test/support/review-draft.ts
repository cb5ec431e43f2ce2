import type { DraftDetail, DraftDocument, DraftResolution, FileChoice } from '../../src/app/api.ts';
import type { DraftPayload, MergeProposalPayload } from '../../src/app/payloads.ts';
import { sha256 } from '../../src/base/digest.ts';
import { BeaverError } from '../../src/base/errors.ts';
import { applyResolutions, type Sides } from '../../src/core/merge/resolutions.ts';
import { mergeText } from '../../src/core/merge/text-merge.ts';
import type { Resolutions, TextMerge } from '../../src/core/merge/types.ts';
import type { ReviewUpdates } from '../../src/editor/review/review-session.ts';
import { draftReason } from '../../src/core/learning/draft-reasons.ts';
import type { WholeFileSide } from '../../src/core/learning/whole-files.ts';
import { blocks } from '../../src/core/learning/gate-report.ts';
import { aGate } from './gate-reports.ts';

export interface ReviewDraftOptions {
  /** SKILL.md and other text files, by path. */
  readonly documents: Readonly<Record<string, Sides>>;
  /** Supporting files in conflict as a whole, by path: the text of each side that has it. */
  readonly files?: Readonly<
    Record<
      string,
      { readonly base: string | null; readonly local: string | null; readonly upstream: string | null }
    >
  >;
  readonly gates?: DraftPayload['gates'];
  readonly replay?: DraftPayload['replay'];
  readonly provenance?: DraftPayload['provenance'];
}

interface DocumentState {
  readonly sides: Sides;
  readonly merge: TextMerge;
  resolutions: Resolutions;
  override: string | null;
}

/** A draft in memory that is settled, approved, rejected and published as the real ones are: for tests of the review alone. */
export class ReviewDraft implements ReviewUpdates {
  readonly #documents = new Map<string, DocumentState>();
  readonly #files: NonNullable<ReviewDraftOptions['files']>;
  readonly #choices = new Map<string, FileChoice>();
  readonly #options: ReviewDraftOptions;
  #outcome: 'open' | 'published' | 'rejected' | 'stale' = 'open';
  #id = 'draft-1';
  #review: DraftPayload['review'] = null;
  /** What a model has proposed. */
  proposal: MergeProposalPayload | null = null;
  /** Told of each method that wrote. */
  onWrite: (what: string) => void = () => undefined;
  /** Names of the methods that wrote, in order. */
  readonly writes: string[] = [];

  constructor(options: ReviewDraftOptions) {
    this.#options = options;
    this.#files = options.files ?? {};
    for (const [path, sides] of Object.entries(options.documents)) {
      const merge = mergeText(sides.base, sides.local, sides.upstream, { path });
      this.#documents.set(path, { sides, merge, resolutions: {}, override: null });
    }
  }

  /** The skill has moved on. */
  makeStale(): void {
    this.#outcome = 'stale';
  }

  document(path: string): DraftDocument {
    const state = this.#documents.get(path);
    if (state === undefined) throw new Error(`no document ${path}`);
    const { sides, merge, resolutions, override } = state;
    const { text, unresolved } = applyResolutions(merge, sides, resolutions);
    return {
      path,
      ...sides,
      merge,
      resolutions,
      override,
      result: override ?? text,
      unresolved: override === null ? unresolved : [],
    };
  }

  /** Gates that are asked for one by one wait for it before each. */
  gateTurn: () => Promise<void> = () => Promise.resolve();

  async detail(...[, options = {}]: Partial<Parameters<ReviewUpdates['detail']>>): Promise<DraftDetail> {
    const { gates, onGate, signal } = options;
    const detail = this.#detail();
    const { draft } = detail;
    if (gates === 'later') {
      const open = draft.status === 'ready' || draft.status === 'approved';
      return { ...detail, draft: { ...draft, gates: [], status: open ? 'blocked' : draft.status } };
    }
    if (onGate === undefined) return detail;
    for (const gate of draft.gates) {
      await this.gateTurn();
      signal?.throwIfAborted();
      onGate(gate);
    }
    return detail;
  }

  #detail(): DraftDetail {
    const documents = [...this.#documents.keys()].map((path) => this.document(path));
    const files = Object.entries(this.#files).map(([path, { base, local, upstream }]) => ({
      path,
      base: wholeSide(base),
      local: wholeSide(local),
      upstream: wholeSide(upstream),
    }));
    return { draft: this.#payload(documents), documents, files, proposal: this.proposal };
  }

  async show(): Promise<{ readonly draft: DraftPayload }> {
    return { draft: (await this.detail()).draft };
  }

  resolve(_draftId: string, change: DraftResolution): Promise<{ readonly draft: DraftPayload }> {
    this.#assertOpen();
    if (change.kind === 'file') this.#choices.set(change.path, change.choice);
    else {
      const state = this.#documents.get(change.path);
      if (state === undefined) throw new Error(`no document ${change.path}`);
      if (change.kind === 'chunks') {
        state.resolutions = change.resolutions;
        state.override = null;
      } else state.override = change.text;
    }
    this.#review = null;
    return this.#wrote(`resolve ${change.kind}`);
  }

  /** A check waits for it, as for another writer. */
  unlocked: Promise<void> = Promise.resolve();

  async check(
    ...[, , signal]: Partial<Parameters<ReviewUpdates['check']>>
  ): Promise<{ readonly draft: DraftPayload }> {
    await this.unlocked;
    signal?.throwIfAborted();
    return this.#wrote('check');
  }

  acknowledge(): Promise<{ readonly draft: DraftPayload }> {
    return this.#wrote('acknowledge');
  }

  async approve(): Promise<{ readonly draft: DraftPayload }> {
    this.#assertOpen();
    const { draft } = await this.show();
    if (draft.status !== 'ready') {
      throw new BeaverError('draft_not_ready', 'The draft cannot be published.', {
        nextStep: 'Resolve what is open, then approve it.',
      });
    }
    this.#review = this.#reviewed('approved', '', draft.content_hash);
    return this.#wrote('approve');
  }

  async reject(_draftId: string, reason: string): Promise<{ readonly draft: DraftPayload }> {
    this.#assertOpen();
    const { draft } = await this.show();
    this.#review = this.#reviewed('rejected', reason, draft.content_hash);
    this.#outcome = 'rejected';
    return this.#wrote('reject');
  }

  async publish(): ReturnType<ReviewUpdates['publish']> {
    this.#outcome = 'published';
    await this.#wrote('publish');
    return {
      published: { skill_name: 'release-notes', version: 'v0004', tree_hash: sha256('tree') },
      findings: [],
    };
  }

  draft(): Promise<{ readonly draft: DraftPayload }> {
    this.#outcome = 'open';
    this.#id = 'draft-2';
    return this.#wrote('draft');
  }

  async #wrote(what: string): Promise<{ readonly draft: DraftPayload }> {
    this.writes.push(what);
    this.onWrite(what);
    return this.show();
  }

  #assertOpen(): void {
    if (this.#outcome === 'open') return;
    throw new BeaverError(`draft_${this.#outcome}`, 'The draft is not open.', {
      nextStep: 'Draft it again.',
    });
  }

  #reviewed(decision: 'approved' | 'rejected', reason: string, hash: string): DraftPayload['review'] {
    const at = '2026-11-20T09:30:00Z';
    return { decision, reason, by: 'reviewer', at, policy: null, content_hash: hash };
  }

  #payload(documents: readonly DraftDocument[]): DraftPayload {
    const wholes = Object.entries(this.#files).filter(([path]) => !this.#choices.has(path));
    const conflicts = [
      ...documents.flatMap(({ path, merge, unresolved }) =>
        merge.conflicts
          .filter(({ id }) => unresolved.includes(id))
          .map((conflict) => ({
            ...conflict,
            id: path === 'SKILL.md' ? conflict.id : `${path}#${conflict.id}`,
            file: path,
          })),
      ),
      ...wholes.map(([path, sides]) => ({ id: path, file: path, ...sides })),
    ];
    const gates = [
      aGate('conflicts', conflicts.length === 0 ? 'passed' : 'failed', {
        reason: conflicts.length === 0 ? 'No conflict is open.' : `${conflicts.length} conflicts are open.`,
      }),
      ...(this.#options.gates ?? []),
    ];
    return {
      draft_id: this.#id,
      candidate_id: 'candidate-1',
      proposal_kind: 'plugin_skill_update',
      plugin_id: 'writing-tools',
      skill_name: 'release-notes',
      base_version: 'v0003',
      merge_mode: 'three_way',
      status: this.#status(conflicts.length, gates),
      content_hash: sha256(JSON.stringify([documents.map(({ result }) => result), [...this.#choices]])),
      conflicts,
      files: [
        ...documents.map(({ path, unresolved, resolutions }) => ({
          path,
          source:
            unresolved.length > 0
              ? ('conflict' as const)
              : Object.keys(resolutions).length > 0
                ? ('resolved' as const)
                : ('merged' as const),
          ...draftReason('merged_from_both'),
        })),
        ...Object.keys(this.#files).map((path) => ({
          path,
          source: this.#choices.get(path) ?? ('conflict' as const),
          ...draftReason(this.#choices.has(path) ? 'chosen_in_review' : 'delete_edit'),
        })),
      ],
      gates,
      replay: this.#options.replay ?? null,
      review: this.#review,
      acknowledgements: [],
      provenance: this.#options.provenance ?? {},
    };
  }

  #status(conflicts: number, gates: DraftPayload['gates']): DraftPayload['status'] {
    if (this.#outcome !== 'open') return this.#outcome;
    if (conflicts > 0) return 'conflicts';
    if (blocks(gates)) return 'blocked';
    return this.#review?.decision === 'approved' ? 'approved' : 'ready';
  }
}

function wholeSide(text: string | null): WholeFileSide | null {
  return text === null ? null : { size: Buffer.byteLength(text), digest: sha256(text), text };
}
