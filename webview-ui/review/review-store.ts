import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { unpackDocument } from '../../src/protocol/packed-document.ts';
import { RpcError, type Rpc } from '../../src/protocol/rpc.ts';
import type { ReviewStrings } from '../../src/protocol/review-strings.ts';
import type {
  HostMethods,
  ReadyResult,
  ViewDocument,
  ViewDraft,
  ViewFileChoice,
  ViewFileSides,
  ViewSpan,
  ViewResolution,
  WebviewMethods,
} from '../../src/protocol/review-view.ts';
import { format } from './format.ts';
import { languageFor } from './language.ts';
import { nextOpen, step } from './model/navigation.ts';
import { OpenDocument, type DocumentSurroundings } from './open-document.ts';
import { publishBlock, type PublishBlock } from './publish-block.ts';
import type { SideTake } from './result/result-state.ts';
import { SaveQueue, type SaveTimers } from './save-queue.ts';
import { readSavedState, type SavedState } from './saved-state.ts';

export type ReviewHost = Pick<Rpc<HostMethods, WebviewMethods>, 'call'>;

/** Where the view keeps itself over a reload of the window. */
export interface StateKeeper {
  get(): unknown;
  set(state: SavedState): void;
}

export interface Problem {
  readonly message: string;
  readonly nextStep: string;
  readonly retry: (() => void) | undefined;
}

export interface Surroundings {
  readonly host: ReviewHost;
  readonly keeper: StateKeeper;
  readonly timers: SaveTimers;
  readonly nonce: string;
  /** Whether there is room for the details beside the document. */
  readonly wide: boolean;
}

/** Milliseconds of quiet after which typing is sent. */
const TYPING_PAUSE = 400;
const KEEP_PAUSE = 150;
/** Milliseconds: checks and the write of a version may take their time. */
const LONG_CALL = 180_000;
/** Milliseconds: the host bounds a model's answer itself. */
const MODEL_CALL = 1_200_000;

/** The state of the review and what a reviewer can do with it. The parts show it; the host has the last word. */
export class ReviewStore {
  readonly strings: ReviewStrings;
  /** BCP 47. */
  readonly locale: string;
  readonly draft: Signal<ViewDraft>;
  /** The sides of the files that are chosen whole. */
  readonly wholeFiles: Signal<readonly ViewFileSides[]>;
  readonly path: Signal<string>;
  readonly document: Signal<OpenDocument | undefined>;
  readonly busy = signal<'publish' | 'reject' | 'redraft' | 'check' | 'file' | 'propose' | undefined>(
    undefined,
  );
  readonly problem = signal<Problem | undefined>(undefined);
  /** What a screen reader is told. */
  readonly announcement = signal('');
  readonly saving = signal(0);
  readonly rejecting = signal(false);
  readonly details: Signal<boolean>;
  readonly resultShare: Signal<number>;
  /** Counts the requests to bring the current chunk into view. */
  readonly revealed = signal(0);
  readonly publishedVersion = signal<string | undefined>(undefined);
  readonly block: ReadonlySignal<PublishBlock | undefined>;
  /** Where the panes are; the mounted view keeps it up to date. */
  anchor: SavedState['anchor'];
  /** The place to return to once after a reload; undefined when there is none. */
  restored: SavedState['anchor'] | undefined;
  readonly #host: ReviewHost;
  readonly #keeper: StateKeeper;
  readonly #timers: SaveTimers;
  readonly #nonce: string;
  readonly #documents = signal<ReadonlyMap<string, OpenDocument>>(new Map());
  readonly #queue: SaveQueue<string>;
  #saved: SavedState | undefined;
  #cancelKeep: () => void = () => undefined;

  constructor({ host, keeper, timers, nonce, wide }: Surroundings, ready: ReadyResult) {
    this.#host = host;
    this.#keeper = keeper;
    this.#timers = timers;
    this.#nonce = nonce;
    this.strings = ready.strings;
    this.locale = ready.locale;
    this.wholeFiles = signal(ready.wholeFiles);
    this.#saved = readSavedState(keeper.get(), ready.draft.draftId);
    this.draft = signal(ready.draft);
    this.#queue = new SaveQueue(
      (path) => this.#save(path),
      (pending) => {
        this.saving.value = pending;
      },
      timers,
    );
    this.details = signal(this.#saved?.details ?? wide);
    this.resultShare = signal(this.#saved?.resultShare ?? 0.38);
    this.anchor = this.#saved?.anchor ?? { chunk: 0, fraction: 0 };
    this.restored = this.#saved?.anchor;
    this.path = signal(ready.document?.path ?? ready.draft.files[0]?.path ?? '');
    this.document = signal(undefined);
    this.block = computed(() => {
      const documents = [...this.#documents.value.values()];
      return publishBlock(this.draft.value, {
        saving: this.saving.value > 0,
        dirty: documents.some((document) => document.dirty),
        matches: documents.every((document) => document.dirty || document.matches(document.host.value)),
      });
    });
    if (ready.document !== null) this.#show(this.#adopt(unpackDocument(ready.document)));
    void this.#restore();
  }

  get writable(): boolean {
    const { writable, status } = this.draft.value;
    return writable && status !== 'published' && status !== 'rejected' && status !== 'stale';
  }

  async #restore(): Promise<void> {
    const saved = this.#saved;
    if (saved === undefined) return;
    for (const path of Object.keys(saved.unsent)) await this.#load(path);
    if (saved.path !== this.path.peek()) await this.select(saved.path);
    const document = this.document.peek();
    if (saved.current !== null && document !== undefined && saved.current < document.chunks.length) {
      document.current.value = saved.current;
    }
  }

  /** Shows another file. */
  async select(path: string): Promise<void> {
    const file = this.draft.peek().files.find((candidate) => candidate.path === path);
    if (file === undefined || path === this.path.peek()) return;
    this.path.value = path;
    if (file.kind === 'file') {
      this.document.value = undefined;
      this.keep();
      return;
    }
    const document = await this.#load(path);
    if (document !== undefined && this.path.peek() === path) this.#show(document);
  }

  async #load(path: string): Promise<OpenDocument | undefined> {
    const known = this.#documents.peek().get(path);
    if (known !== undefined) return known;
    if (this.draft.peek().files.find((file) => file.path === path)?.kind !== 'document') return undefined;
    const view = await this.#try(() => this.#host.call('document', { path }));
    return view === undefined ? undefined : this.#adopt(unpackDocument(view));
  }

  #show(document: OpenDocument): void {
    this.document.value = document;
    this.keep();
  }

  #adopt(view: ViewDocument): OpenDocument {
    const unsent = this.writable ? this.#saved?.unsent[view.path] : undefined;
    const document = new OpenDocument(view, this.#documentSurroundings(view.path), unsent);
    this.#documents.value = new Map([...this.#documents.peek(), [view.path, document]]);
    if (unsent !== undefined) this.#queue.schedule(view.path, 0);
    return document;
  }

  #documentSurroundings(path: string): DocumentSurroundings {
    const { strings } = this;
    return {
      writable: this.writable,
      nonce: this.#nonce,
      label: format(strings.resultLabel, path),
      language: languageFor(path),
      openText: (number, of) => format(strings.openConflict, number, of),
      changed: (document, typed) => {
        this.#queue.schedule(document.path, typed ? TYPING_PAUSE : 0);
        this.keep();
      },
    };
  }

  /** Makes a chunk the current one and brings it into view. */
  goTo(chunk: number): void {
    const document = this.document.peek();
    if (document === undefined) return;
    document.current.value = chunk;
    this.revealed.value += 1;
    this.keep();
  }

  /** The next or previous conflict, or change where there is no conflict. */
  stepConflict(direction: 1 | -1): void {
    const document = this.document.peek();
    if (document === undefined) return;
    const stops = document.conflicts.length > 0 ? document.conflicts : document.changes;
    this.#stepTo(document, step(stops, document.current.peek(), direction));
  }

  stepChange(direction: 1 | -1): void {
    const document = this.document.peek();
    if (document !== undefined) {
      this.#stepTo(document, step(document.changes, document.current.peek(), direction));
    }
  }

  #stepTo(document: OpenDocument, stop: number | undefined): void {
    if (stop === undefined) {
      this.announce(this.strings.conflictsNone);
      return;
    }
    this.goTo(stop);
    this.announce(this.positionText(document, stop));
  }

  /** "Conflict 1 of 3" or "Change 2 of 9". */
  positionText(document: OpenDocument, chunk: number): string {
    const conflict = document.conflicts.indexOf(chunk);
    if (conflict >= 0) return format(this.strings.conflictOf, conflict + 1, document.conflicts.length);
    return format(this.strings.changeOf, document.changes.indexOf(chunk) + 1, document.changes.length);
  }

  /** Settles a chunk (or takes its choice back) and goes on to the next open conflict. */
  choose(chunk: number, take: SideTake | undefined): void {
    this.#settle(chunk, take === undefined ? undefined : { take });
  }

  /** Takes what a model proposed for a conflict, where it did. */
  takeProposal(chunk: number): void {
    const document = this.document.peek();
    const text = document?.proposedFor(chunk);
    if (text !== undefined) this.#settle(chunk, { take: 'proposal', text });
  }

  #settle(chunk: number, resolution: ViewResolution | undefined): void {
    const document = this.document.peek();
    if (document === undefined || !this.writable || document.editor.whole) return;
    const wasOpen = document.open.peek().includes(chunk);
    document.choose(chunk, resolution);
    document.current.value = chunk;
    if (resolution === undefined) {
      this.announce(this.strings.reopened);
      return;
    }
    if (!wasOpen) return;
    const open = document.open.peek();
    const next = nextOpen(
      document.chunks,
      (candidate) => open.some((at) => document.chunks[at] === candidate),
      chunk,
    );
    if (next === undefined) {
      this.announce(this.strings.resolvedAll);
      return;
    }
    this.goTo(next);
    this.announce(`${format(this.strings.resolvedLeft, open.length)} ${this.positionText(document, next)}`);
  }

  /** Puts the cursor into the current chunk's part of the result; an open conflict starts with local's text. */
  editCurrent(): void {
    const document = this.document.peek();
    const at = document?.current.peek();
    if (document === undefined || at === undefined || !this.writable) return;
    const editor = document.editor;
    if (!editor.whole && document.open.peek().includes(at)) document.choose(at, { take: 'local' });
    editor.editChunk(at);
  }

  undo(): void {
    if (this.writable) this.document.peek()?.editor.undo();
  }

  redo(): void {
    if (this.writable) this.document.peek()?.editor.redo();
  }

  useChunks(): void {
    const document = this.document.peek();
    if (document === undefined) return;
    document.useChunks();
    this.#queue.schedule(document.path, 0);
  }

  async chooseFile(path: string, choice: ViewFileChoice): Promise<void> {
    await this.#during('file', async () => {
      const { draft } = await this.#host.call('resolve', { kind: 'file', path, choice });
      this.draft.value = draft;
    });
  }

  async check(): Promise<void> {
    await this.#during('check', async () => {
      this.draft.value = (await this.#host.call('check', {}, LONG_CALL)).draft;
    });
  }

  /** Takes on the findings of these rules, for exactly what is shown. */
  async acknowledge(rules: readonly string[]): Promise<void> {
    this.#queue.flush();
    const { contentHash } = this.draft.peek();
    await this.#during('check', async () => {
      const { draft } = await this.#host.call('acknowledge', { rules: [...rules], contentHash }, LONG_CALL);
      this.draft.value = draft;
      this.announce(this.strings.acknowledged);
    });
  }

  /** Shows a file, and selects a place in its result. */
  async showPlace(path: string, span: ViewSpan | null): Promise<void> {
    await this.select(path);
    const document = this.document.peek();
    if (document === undefined || document.path !== path || span === null) return;
    document.editor.reveal(span, document.open.peek());
  }

  /** Asks a model for the open conflicts; the host shows how far it is and lets it be stopped. Takes nothing. */
  async propose(): Promise<void> {
    this.#queue.flush();
    await this.#during('propose', async () => {
      const { draft } = await this.#host.call('propose', {}, MODEL_CALL);
      this.draft.value = draft;
      await this.refresh();
    });
  }

  /** Approves exactly what is shown and publishes it. */
  async publish(): Promise<void> {
    this.#queue.flush();
    if (this.block.peek() !== undefined) return;
    const { contentHash } = this.draft.peek();
    await this.#during('publish', async () => {
      const { draft, version } = await this.#host.call('publish', { contentHash }, LONG_CALL);
      this.publishedVersion.value = version;
      this.draft.value = draft;
      this.announce(format(this.strings.publishedAs, version));
    });
  }

  async reject(reason: string): Promise<void> {
    await this.#during('reject', async () => {
      this.draft.value = (await this.#host.call('reject', { reason })).draft;
      this.rejecting.value = false;
      this.announce(this.strings.rejected);
    });
  }

  /** A new draft of the same update, in the same view. */
  async redraft(): Promise<void> {
    await this.#during('redraft', async () => {
      const ready = await this.#host.call('redraft', {}, LONG_CALL);
      this.#documents.value = new Map();
      this.#saved = undefined;
      this.restored = undefined;
      this.wholeFiles.value = ready.wholeFiles;
      this.draft.value = ready.draft;
      this.path.value = ready.document?.path ?? ready.draft.files[0]?.path ?? '';
      this.document.value = undefined;
      if (ready.document !== null) this.#show(this.#adopt(unpackDocument(ready.document)));
    });
  }

  async openIn(where: 'result' | 'merge_editor'): Promise<void> {
    this.#queue.flush();
    await this.#try(() => this.#host.call('open', { path: this.path.peek(), where }));
  }

  /** Something else wrote to the draft: takes in the host's state of what is shown, but for what is being edited here. */
  async refresh(): Promise<void> {
    const answer = await this.#try(() => this.#host.call('draft', {}));
    if (answer === undefined) return;
    this.draft.value = answer.draft;
    for (const document of [...this.#documents.peek().values()]) {
      if (document.dirty || this.#queue.isPending(document.path)) continue;
      const { revision } = document;
      const view = await this.#try(() => this.#host.call('document', { path: document.path }));
      if (view !== undefined && document.revision === revision) document.reset(view.state);
    }
  }

  announce(text: string): void {
    // A no-break space makes the same words news again.
    this.announcement.value = this.announcement.peek() === text ? `${text}\u00a0` : text;
  }

  /** Leaves the state for the time after a reload, after a short pause. */
  keep(): void {
    this.#cancelKeep();
    this.#cancelKeep = this.#timers.set(KEEP_PAUSE, () => {
      this.#keeper.set(this.#currentState());
    });
  }

  #currentState(): SavedState {
    const unsent: Record<string, SavedState['unsent'][string]> = {};
    for (const document of this.#documents.peek().values()) {
      if (document.dirty) unsent[document.path] = document.unsent;
    }
    return {
      draftId: this.draft.peek().draftId,
      path: this.path.peek(),
      current: this.document.peek()?.current.peek() ?? null,
      anchor: this.anchor,
      details: this.details.peek(),
      resultShare: this.resultShare.peek(),
      unsent,
    };
  }

  async #save(path: string): Promise<void> {
    const document = this.#documents.peek().get(path);
    if (document === undefined || !this.writable) return;
    const revision = document.revision;
    try {
      const { draft, state } = await this.#host.call('resolve', { path, ...document.unsent });
      this.draft.value = draft;
      if (state !== null) document.confirm(state, revision);
      this.problem.value = undefined;
    } catch (error) {
      this.#fail(error, () => {
        this.#queue.schedule(path, 0);
      });
    }
    this.keep();
  }

  async #during(what: NonNullable<typeof this.busy.value>, body: () => Promise<void>): Promise<void> {
    if (this.busy.peek() !== undefined) return;
    this.busy.value = what;
    await this.#try(body);
    this.busy.value = undefined;
  }

  async #try<T>(body: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await body();
      this.problem.value = undefined;
      return result;
    } catch (error) {
      this.#fail(error, undefined);
      return undefined;
    }
  }

  #fail(error: unknown, retry: (() => void) | undefined): void {
    const known = error instanceof RpcError ? error : undefined;
    this.problem.value = {
      message: known?.message ?? String(error),
      nextStep: known?.nextStep ?? '',
      retry,
    };
    this.announce(this.problem.peek()?.message ?? '');
  }
}
