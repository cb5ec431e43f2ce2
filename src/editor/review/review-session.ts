import type { BeaverWorkspace, DraftDetail, DraftResolution } from '../../app/api.ts';
import { BeaverError } from '../../base/errors.ts';
import type { LockWait } from '../../core/ports.ts';
import {
  acknowledgeParams,
  documentParams,
  nothing,
  openParams,
  publishParams,
  rejectParams,
  resolveParams,
  type ResolveParams,
} from '../../protocol/review-messages.ts';
import { packDocument } from '../../protocol/packed-document.ts';
import type { RpcHandlers } from '../../protocol/rpc.ts';
import type { ReviewStrings } from '../../protocol/review-strings.ts';
import type {
  HostMethods,
  PackedDocument,
  ReadyResult,
  ResolveResult,
  ViewDraft,
  ViewProposal,
  WebviewMethods,
} from '../../protocol/review-view.ts';
import type { Translate } from '../model/translate.ts';
import { viewGate } from './gate-view.ts';
import { viewDocument, viewDocumentState, viewDraft, viewProposal } from './review-model.ts';

/** What a review may ask of the workspace. */
export type ReviewUpdates = Pick<
  BeaverWorkspace['updates'],
  'draft' | 'show' | 'detail' | 'check' | 'resolve' | 'acknowledge' | 'approve' | 'reject' | 'publish'
>;

export interface ReviewServices {
  readonly updates: ReviewUpdates;
  readonly strings: ReviewStrings;
  /** For what the core says: reasons, findings, advice. */
  readonly translate: Translate;
  /** BCP 47. */
  readonly locale: string;
  /** False in an untrusted workspace: the review shows, and refuses to write. */
  writable(): boolean;
  open(draftId: string, path: string, where: 'result' | 'merge_editor'): Promise<void>;
  /** Asks a model about the draft, with progress that can be cancelled. */
  propose(draftId: string): Promise<void>;
  /** Replays the tasks of the skill, with progress that can be cancelled, until `signal` is aborted. */
  replay(draft: { readonly draftId: string; readonly skillName: string }, signal: AbortSignal): Promise<void>;
  /** To the view: what the gates say that run while the draft is already on show. */
  readonly gates: {
    ran(step: WebviewMethods['gate']['params']): void;
    checked(step: WebviewMethods['checked']['params']): void;
    /** They could not be run to the end. The view has what there is, and can ask for a check. */
    failed(error: unknown): void;
  };
  /** After each write of this session; the draft may be another one than before. */
  wrote(draft: { readonly draftId: string; readonly skillName: string }): void;
}

type Gate = DraftDetail['draft']['gates'][number];

interface Prepared {
  readonly detail: DraftDetail;
  readonly document: PackedDocument | null;
}

/** Milliseconds that a write waits for another writer. */
const LOCK_PATIENCE = 20_000;
const WAIT: LockWait = { kind: 'bounded', timeout: LOCK_PATIENCE };

/** One open review: answers the webview's requests. Knows no editor, so that plain tests can hold it. */
export class ReviewSession {
  readonly #services: ReviewServices;
  /** Of the draft on show; the first answer waits for one that is being made. */
  #draftId: string | undefined;
  readonly #opening: Promise<string>;
  /** The trees do not know of the draft yet: they are read again when it is on show, and not before. */
  #isNew: boolean;
  /** Stops the check or the replay that is under way. */
  #running: AbortController | undefined;
  /** What the first answer needs, read while the webview still loads. */
  #prepared: Promise<Prepared> | undefined;
  /** What the webview was last told of the draft, to tell a foreign write from an own one. */
  #told = '';
  /** Counts what the webview was told: what the gates said of an earlier draft is no news. */
  #tellings = 0;

  /** `draft` is its id, or the promise of one that is still being made. */
  constructor(draft: string | Promise<string>, services: ReviewServices) {
    this.#services = services;
    this.#draftId = typeof draft === 'string' ? draft : undefined;
    this.#opening = Promise.resolve(draft);
    this.#isNew = typeof draft !== 'string';
    this.#opening.then(
      (id) => (this.#draftId ??= id),
      // Whoever asks for something of the draft hears of it.
      () => undefined,
    );
  }

  /** Undefined while the draft is still being made. */
  get draftId(): string | undefined {
    return this.#draftId;
  }

  readonly handlers: RpcHandlers<HostMethods> = {
    ready: { parse: (params) => nothing.parse(params), run: () => this.#ready() },
    draft: {
      parse: (params) => nothing.parse(params),
      run: async () => ({ draft: this.#tell(await this.#detail()) }),
    },
    document: {
      parse: (params) => documentParams.parse(params),
      run: ({ path }) => this.#document(path),
    },
    resolve: { parse: (params) => resolveParams.parse(params), run: (params) => this.#resolve(params) },
    check: { parse: (params) => nothing.parse(params), run: () => this.#check() },
    acknowledge: {
      parse: (params) => acknowledgeParams.parse(params),
      run: ({ rules, contentHash }) => this.#acknowledge(rules, contentHash),
    },
    replay: { parse: (params) => nothing.parse(params), run: () => this.#replay() },
    cancel: {
      parse: (params) => nothing.parse(params),
      run: () => {
        this.#running?.abort();
        return null;
      },
    },
    propose: { parse: (params) => nothing.parse(params), run: () => this.#propose() },
    publish: {
      parse: (params) => publishParams.parse(params),
      run: ({ contentHash }) => this.#publish(contentHash),
    },
    reject: { parse: (params) => rejectParams.parse(params), run: ({ reason }) => this.#reject(reason) },
    redraft: { parse: (params) => nothing.parse(params), run: () => this.#redraft() },
    open: {
      parse: (params) => openParams.parse(params),
      run: async ({ path, where }) => {
        await this.#services.open(await this.#id(), path, where);
        return null;
      },
    },
  };

  /** Whether the draft on disk is another than what the webview knows. Never rejects: a draft that is gone has changed. */
  async hasChanged(): Promise<boolean> {
    if (this.#told === '') {
      // What was read ahead may be out of date.
      this.#prepared = undefined;
      return false;
    }
    try {
      return fingerprint(await this.#outline()) !== this.#told;
    } catch {
      return true;
    }
  }

  async #id(): Promise<string> {
    return this.#draftId ?? this.#opening;
  }

  async #detail(): Promise<DraftDetail> {
    return this.#services.updates.detail(await this.#id());
  }

  /** Without the gates, which take the longest. */
  async #outline(): Promise<DraftDetail> {
    return this.#services.updates.detail(await this.#id(), { gates: 'later' });
  }

  #tell(detail: DraftDetail, checking = false): ViewDraft {
    this.#told = fingerprint(detail);
    this.#tellings += 1;
    return viewDraft(detail, this.#services.writable(), this.#services.translate, checking);
  }

  /** Runs the gates of the draft that the webview has been given without them, and tells it of each. Never rejects. */
  async #runGates(draftId: string, contentHash: string, isNew: boolean): Promise<void> {
    const { updates, translate, gates } = this.#services;
    const telling = this.#tellings;
    const isNews = (): boolean => this.#tellings === telling;
    const done: Gate[] = [];
    let checked: DraftDetail | undefined;
    const onGate = (gate: Gate): void => {
      done.push(gate);
      if (isNews()) gates.ran({ draftId, contentHash, gate: viewGate(gate, translate) });
    };
    try {
      await this.#stoppable(async (signal) => {
        checked = await updates.detail(draftId, { signal, onGate });
      });
    } catch (error) {
      gates.failed(error);
    }
    try {
      if (isNews()) {
        const known = checked ?? (await this.#outline());
        const draft = checked === undefined ? { ...known.draft, gates: [...done] } : known.draft;
        if (isNews()) gates.checked({ draft: this.#tell({ ...known, draft }) });
      }
      if (!isNew || checked === undefined || !this.#services.writable()) return;
      // What the list of updates says follows from the gates.
      await updates.check(draftId, WAIT);
      this.#services.wrote({ draftId, skillName: checked.draft.skill_name });
    } catch (error) {
      gates.failed(error);
    }
  }

  /** Begins to read what the webview will ask for first: it takes longer to load than that. */
  prepare(): void {
    this.#prepared = this.#read();
    // Whoever asks for something of the draft hears of it.
    this.#prepared.catch(() => undefined);
  }

  async #read(): Promise<Prepared> {
    const detail = await this.#outline();
    const first = detail.documents.find(({ path }) => path === 'SKILL.md') ?? detail.documents[0];
    const document =
      first === undefined
        ? null
        : packDocument(viewDocument(first, this.#services.translate, this.#proposal(first.path, detail)));
    return { detail, document };
  }

  async #ready(): Promise<ReadyResult> {
    const preparing = this.#prepared ?? this.#read();
    // Once: a webview that is loaded again is told how things are then.
    this.#prepared = undefined;
    const { detail, document } = await preparing;
    const { draft_id: draftId, content_hash: contentHash, skill_name: skillName } = detail.draft;
    const isNew = this.#isNew;
    if (isNew) this.#services.wrote({ draftId, skillName });
    this.#isNew = false;
    const draft = this.#tell(detail, true);
    // After the answer: what is to be read comes first.
    setImmediate(() => {
      setImmediate(() => void this.#runGates(draftId, contentHash, isNew));
    });
    return {
      draft,
      strings: this.#services.strings,
      locale: this.#services.locale,
      wholeFiles: detail.files,
      document,
    };
  }

  async #document(path: string): Promise<PackedDocument> {
    const detail = await this.#detail();
    const { documents } = detail;
    const document = documents.find((candidate) => candidate.path === path);
    if (document === undefined) {
      throw new BeaverError('document_missing', 'The draft has no text of that path to review.', {
        nextStep: 'Choose another file.',
        field: 'path',
      });
    }
    return packDocument(viewDocument(document, this.#services.translate, this.#proposal(path, detail)));
  }

  async #resolve(params: ResolveParams): Promise<ResolveResult> {
    this.#assertWritable();
    await this.#services.updates.resolve(await this.#id(), resolution(params), WAIT);
    const detail = await this.#detail();
    const document = detail.documents.find(({ path }) => path === params.path);
    return {
      draft: this.#wrote(detail),
      state:
        document === undefined ? null : viewDocumentState(document, this.#proposal(document.path, detail)),
    };
  }

  #proposal(path: string, { proposal }: DraftDetail): ViewProposal | null {
    return viewProposal(path, proposal, this.#services.translate);
  }

  async #propose(): Promise<{ readonly draft: ViewDraft }> {
    this.#assertWritable();
    await this.#services.propose(await this.#id());
    return { draft: this.#wrote(await this.#detail()) };
  }

  async #check(): Promise<{ readonly draft: ViewDraft }> {
    this.#assertWritable();
    const id = await this.#id();
    await this.#stoppable((signal) => this.#services.updates.check(id, WAIT, signal));
    return { draft: this.#wrote(await this.#detail()) };
  }

  async #replay(): Promise<{ readonly draft: ViewDraft }> {
    this.#assertWritable();
    const draftId = await this.#id();
    const { draft } = await this.#services.updates.show(draftId);
    const replayed = { draftId, skillName: draft.skill_name };
    await this.#stoppable((signal) => this.#services.replay(replayed, signal));
    return { draft: this.#wrote(await this.#detail()) };
  }

  /** Waits until it is done or a reviewer has stopped it; what was stopped ends by itself, and leaves nothing half done. */
  async #stoppable(body: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const stopped = new Promise<void>((resolve) => {
      running.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    try {
      await Promise.race([body(running.signal), stopped]);
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  async #acknowledge(rules: readonly string[], contentHash: string): Promise<{ readonly draft: ViewDraft }> {
    this.#assertWritable();
    await this.#services.updates.acknowledge(await this.#id(), { rules, contentHash }, WAIT);
    return { draft: this.#wrote(await this.#detail()) };
  }

  /** Approves and publishes exactly what the reviewer saw (invariant 8): what changed in between is shown first. */
  async #publish(contentHash: string): Promise<{ readonly draft: ViewDraft; readonly version: string }> {
    this.#assertWritable();
    const { updates } = this.#services;
    const { draft } = await updates.show(await this.#id());
    if (draft.content_hash !== contentHash) {
      throw new BeaverError('draft_changed', 'The draft was changed elsewhere while you looked at it.', {
        nextStep: 'Look at it again, then approve it.',
      });
    }
    await updates.approve(await this.#id(), WAIT);
    const { published } = await updates.publish(await this.#id(), WAIT);
    return { draft: this.#wrote(await this.#detail()), version: published.version };
  }

  async #reject(reason: string): Promise<{ readonly draft: ViewDraft }> {
    this.#assertWritable();
    await this.#services.updates.reject(await this.#id(), reason, WAIT);
    return { draft: this.#wrote(await this.#detail()) };
  }

  async #redraft(): Promise<ReadyResult> {
    this.#assertWritable();
    const { updates } = this.#services;
    const { draft: old } = await updates.show(await this.#id());
    const { draft } = await updates.draft(old.candidate_id, WAIT);
    this.#draftId = draft.draft_id;
    const ready = await this.#ready();
    this.#services.wrote({ draftId: draft.draft_id, skillName: draft.skill_name });
    return ready;
  }

  #wrote(detail: DraftDetail): ViewDraft {
    const draft = this.#tell(detail);
    this.#services.wrote({ draftId: draft.draftId, skillName: draft.skillName });
    return draft;
  }

  #assertWritable(): void {
    if (this.#services.writable()) return;
    throw new BeaverError('workspace_untrusted', 'This workspace is not trusted, so Beaver only reads.', {
      nextStep: 'Trust the workspace to change skills and plugins.',
    });
  }
}

function resolution(params: ResolveParams): DraftResolution {
  switch (params.kind) {
    case 'chunks':
      return { kind: 'chunks', path: params.path, resolutions: params.resolutions };
    case 'text':
      return { kind: 'text', path: params.path, text: params.text };
    case 'file':
      return { kind: 'file', path: params.path, choice: params.choice };
  }
}

/** Of what is there without the gates too: they follow from it. */
function fingerprint({ draft, proposal }: DraftDetail): string {
  const { draft_id, content_hash, conflicts, review, acknowledgements, replay } = draft;
  return JSON.stringify([
    draft_id,
    DECIDED.has(draft.status) ? draft.status : 'open',
    content_hash,
    conflicts.map(({ id }) => id),
    review,
    acknowledgements,
    replay?.at,
    proposal?.at,
  ]);
}

const DECIDED: ReadonlySet<string> = new Set(['published', 'rejected', 'stale']);
