import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { ReviewStrings } from '../../src/protocol/review-strings.ts';
import type {
  PackedDocument,
  ReadyResult,
  ViewDraft,
  ViewFileChoice,
  ViewFileSides,
  ViewSpan,
  WebviewMethods,
} from '../../src/protocol/review-view.ts';
import { Announcer } from './announcer.ts';
import { ChunkCursor } from './chunk-cursor.ts';
import { format } from './format.ts';
import { HostCalls, type ReviewHost } from './host-calls.ts';
import type { OpenDocument } from './open-document.ts';
import { isWritable, publishBlock, type PublishBlock } from './publish-block.ts';
import { ReviewDocuments } from './review-documents.ts';
import type { SaveTimers } from './save-queue.ts';
import { readSavedState, type SavedState } from './saved-state.ts';

/** Where the view keeps itself over a reload of the window. */
export interface StateKeeper {
  get(): unknown;
  set(state: SavedState): void;
}

export interface Surroundings {
  readonly host: ReviewHost;
  readonly keeper: StateKeeper;
  readonly timers: SaveTimers;
  readonly nonce: string;
  /** Whether there is room for the details beside the document. */
  readonly wide: boolean;
}

const KEEP_PAUSE = 150;
/** Milliseconds: checks and the write of a version may take their time. */
const LONG_CALL = 180_000;
/** Milliseconds: a replay asks a model for minutes, within a budget of its own. */
const REPLAY_CALL = 12 * 60 * 60_000;
/** Milliseconds: the host bounds a model's answer itself. */
const MODEL_CALL = 1_200_000;

/** The state of the review and what a reviewer can do with the draft. The parts show it; the host has the last word. */
export class ReviewStore {
  readonly strings: ReviewStrings;
  /** BCP 47. */
  readonly locale: string;
  readonly draft: Signal<ViewDraft>;
  /** The sides of the files that are chosen whole. */
  readonly wholeFiles: Signal<readonly ViewFileSides[]>;
  readonly path: Signal<string>;
  readonly document: Signal<OpenDocument | undefined>;
  readonly calls: HostCalls;
  readonly documents: ReviewDocuments;
  readonly cursor: ChunkCursor;
  readonly announcer = new Announcer();
  readonly rejecting = signal(false);
  readonly details: Signal<boolean>;
  readonly resultShare: Signal<number>;
  readonly publishedVersion = signal<string | undefined>(undefined);
  /** Runs of the replay that is under way; undefined before the first has finished. */
  readonly replayed = signal<{ readonly finished: number; readonly planned: number } | undefined>(undefined);
  readonly block: ReadonlySignal<PublishBlock | undefined>;
  /** Where the panes are; the mounted view keeps it up to date. */
  anchor: SavedState['anchor'];
  /** The place to return to once after a reload; undefined when there is none. */
  restored: SavedState['anchor'] | undefined;
  readonly #keeper: StateKeeper;
  readonly #timers: SaveTimers;
  #saved: SavedState | undefined;
  #cancelKeep: () => void = () => undefined;

  constructor({ host, keeper, timers, nonce, wide }: Surroundings, ready: ReadyResult) {
    const keep = () => {
      this.keep();
    };
    this.#keeper = keeper;
    this.#timers = timers;
    this.strings = ready.strings;
    this.locale = ready.locale;
    this.wholeFiles = signal(ready.wholeFiles);
    this.#saved = readSavedState(keeper.get(), ready.draft.draftId);
    this.draft = signal(ready.draft);
    this.path = signal(ready.document?.path ?? ready.draft.files[0]?.path ?? '');
    this.document = signal(undefined);
    this.details = signal(this.#saved?.details ?? wide);
    this.resultShare = signal(this.#saved?.resultShare ?? 0.38);
    this.anchor = this.#saved?.anchor ?? { chunk: 0, fraction: 0 };
    this.restored = this.#saved?.anchor;
    const { announcer, document, draft, strings } = this;
    const unsent = this.#saved?.unsent ?? {};
    this.calls = new HostCalls(host, announcer, ready.strings);
    this.documents = new ReviewDocuments({ calls: this.calls, draft, strings, timers, nonce, unsent, keep });
    this.cursor = new ChunkCursor({ document, draft, strings, announcer, keep });
    this.block = computed(() => {
      const { all, saving } = this.documents;
      return publishBlock(this.draft.value, {
        saving: saving.value > 0,
        dirty: all.some((open) => open.dirty),
        matches: all.every((open) => open.dirty || open.matches(open.host.value)),
      });
    });
    this.#showFirst(ready.document);
    void this.#restore();
  }

  get writable(): boolean {
    return isWritable(this.draft.value);
  }

  async #restore(): Promise<void> {
    const saved = this.#saved;
    if (saved === undefined) return;
    for (const path of Object.keys(saved.unsent)) await this.documents.load(path);
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
    const document = await this.documents.load(path);
    if (document !== undefined && this.path.peek() === path) this.#show(document);
  }

  #show(document: OpenDocument): void {
    this.document.value = document;
    this.keep();
  }

  #showFirst(sent: PackedDocument | null): void {
    if (sent !== null) this.#show(this.documents.adopt(sent));
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
    this.documents.send(document);
  }

  async chooseFile(path: string, choice: ViewFileChoice): Promise<void> {
    await this.calls.during('file', async () => {
      const { draft } = await this.calls.host.call('resolve', { kind: 'file', path, choice });
      this.draft.value = draft;
    });
  }

  /** One of the gates that run since the draft came on show. */
  gateRan({ draftId, contentHash, gate }: WebviewMethods['gate']['params']): void {
    const draft = this.draft.peek();
    if (!draft.checking || draft.draftId !== draftId || draft.contentHash !== contentHash) return;
    const others = draft.gates.filter((known) => known.gate !== gate.gate);
    this.draft.value = { ...draft, gates: [...others, gate] };
  }

  /** They are done, unless something was settled here meanwhile: then its answer has what they say. */
  checked(draft: ViewDraft): void {
    const shown = this.draft.peek();
    if (shown.checking && shown.draftId === draft.draftId && shown.contentHash === draft.contentHash)
      this.draft.value = draft;
  }

  async check(): Promise<void> {
    await this.calls.during('check', async () => {
      this.draft.value = (await this.calls.host.call('check', {}, LONG_CALL)).draft;
    });
  }

  /** Does the tasks of the skill with the current version and with the draft. */
  async replay(): Promise<void> {
    this.documents.flush();
    await this.calls.during('replay', async () => {
      this.replayed.value = undefined;
      this.draft.value = (await this.calls.host.call('replay', {}, REPLAY_CALL)).draft;
    });
  }

  /** Stops the check or the replay that is under way: what it was called with answers then. */
  async cancel(): Promise<void> {
    await this.calls.attempt(() => this.calls.host.call('cancel', {}));
  }

  /** Takes on the findings of these rules, for exactly what is shown. */
  async acknowledge(rules: readonly string[]): Promise<void> {
    this.documents.flush();
    const { contentHash } = this.draft.peek();
    await this.calls.during('check', async () => {
      const { draft } = await this.calls.host.call(
        'acknowledge',
        { rules: [...rules], contentHash },
        LONG_CALL,
      );
      this.draft.value = draft;
      this.announcer.say(this.strings.acknowledged);
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
    this.documents.flush();
    await this.calls.during('propose', async () => {
      const { draft } = await this.calls.host.call('propose', {}, MODEL_CALL);
      this.draft.value = draft;
      await this.refresh();
    });
  }

  /** Approves exactly what is shown and publishes it. */
  async publish(): Promise<void> {
    this.documents.flush();
    if (this.block.peek() !== undefined) return;
    const { contentHash } = this.draft.peek();
    await this.calls.during('publish', async () => {
      const { draft, version } = await this.calls.host.call('publish', { contentHash }, LONG_CALL);
      this.publishedVersion.value = version;
      this.draft.value = draft;
      this.announcer.say(format(this.strings.publishedAs, version));
    });
  }

  async reject(reason: string): Promise<void> {
    await this.calls.during('reject', async () => {
      this.draft.value = (await this.calls.host.call('reject', { reason })).draft;
      this.rejecting.value = false;
      this.announcer.say(this.strings.rejected);
    });
  }

  /** A new draft of the same update, in the same view. */
  async redraft(): Promise<void> {
    await this.calls.during('redraft', async () => {
      const ready = await this.calls.host.call('redraft', {}, LONG_CALL);
      this.documents.forget();
      this.#saved = undefined;
      this.restored = undefined;
      this.wholeFiles.value = ready.wholeFiles;
      this.draft.value = ready.draft;
      this.path.value = ready.document?.path ?? ready.draft.files[0]?.path ?? '';
      this.document.value = undefined;
      this.#showFirst(ready.document);
    });
  }

  async openIn(where: 'result' | 'merge_editor'): Promise<void> {
    this.documents.flush();
    await this.calls.attempt(() => this.calls.host.call('open', { path: this.path.peek(), where }));
  }

  /** Something else wrote to the draft: takes in the host's state of what is shown, but for what is being edited here. */
  async refresh(): Promise<void> {
    const answer = await this.calls.attempt(() => this.calls.host.call('draft', {}));
    if (answer === undefined) return;
    this.draft.value = answer.draft;
    await this.documents.refresh();
  }

  /** Leaves the state for the time after a reload, after a short pause. */
  keep(): void {
    this.#cancelKeep();
    this.#cancelKeep = this.#timers.set(KEEP_PAUSE, () => {
      this.#keeper.set(this.#currentState());
    });
  }

  #currentState(): SavedState {
    return {
      draftId: this.draft.peek().draftId,
      path: this.path.peek(),
      current: this.document.peek()?.current.peek() ?? null,
      anchor: this.anchor,
      details: this.details.peek(),
      resultShare: this.resultShare.peek(),
      unsent: this.documents.unsent,
    };
  }
}
