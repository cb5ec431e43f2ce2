import { signal, type Signal } from '@preact/signals';
import { unpackDocument } from '../../src/protocol/packed-document.ts';
import type { ReviewStrings } from '../../src/protocol/review-strings.ts';
import type { PackedDocument, ViewDraft } from '../../src/protocol/review-view.ts';
import { format } from './format.ts';
import type { HostCalls } from './host-calls.ts';
import { languageFor } from './language.ts';
import { OpenDocument, type DocumentSurroundings } from './open-document.ts';
import { isWritable } from './publish-block.ts';
import { SaveQueue, type SaveTimers } from './save-queue.ts';
import type { SavedState, Unsent } from './saved-state.ts';

/** Milliseconds of quiet after which typing is sent. */
const TYPING_PAUSE = 400;

export interface ReviewDocumentsOptions {
  readonly calls: HostCalls;
  readonly draft: Signal<ViewDraft>;
  readonly strings: ReviewStrings;
  readonly timers: SaveTimers;
  readonly nonce: string;
  /** What the host had not confirmed before a reload, by path. */
  readonly unsent: SavedState['unsent'];
  /** Something that is worth keeping over a reload has changed. */
  readonly keep: () => void;
}

/** The documents that were opened in this review: fetched when they are first asked for, and sent back as they are changed. */
export class ReviewDocuments {
  /** How many are still to be sent. */
  readonly saving = signal(0);
  readonly #options: ReviewDocumentsOptions;
  readonly #open = signal<ReadonlyMap<string, OpenDocument>>(new Map());
  readonly #queue: SaveQueue<string>;
  #restored: SavedState['unsent'];

  constructor(options: ReviewDocumentsOptions) {
    this.#options = options;
    this.#restored = options.unsent;
    this.#queue = new SaveQueue(
      (path) => this.#save(path),
      (pending) => {
        this.saving.value = pending;
      },
      options.timers,
    );
  }

  /** Watched, where it is read in a computed value. */
  get all(): readonly OpenDocument[] {
    return [...this.#open.value.values()];
  }

  /** What the host has yet to confirm, by path. */
  get unsent(): SavedState['unsent'] {
    const unsent: Record<string, Unsent> = {};
    for (const document of this.#open.peek().values()) {
      if (document.dirty) unsent[document.path] = document.unsent;
    }
    return unsent;
  }

  /** Undefined for what is no document, and where the host fails. */
  async load(path: string): Promise<OpenDocument | undefined> {
    const known = this.#open.peek().get(path);
    if (known !== undefined) return known;
    const { calls, draft } = this.#options;
    if (draft.peek().files.find((file) => file.path === path)?.kind !== 'document') return undefined;
    const sent = await calls.attempt(() => calls.host.call('document', { path }));
    return sent === undefined ? undefined : this.adopt(sent);
  }

  adopt(sent: PackedDocument): OpenDocument {
    const view = unpackDocument(sent);
    const unsent = isWritable(this.#options.draft.peek()) ? this.#restored[view.path] : undefined;
    const document = new OpenDocument(view, this.#surroundings(view.path), unsent);
    this.#open.value = new Map([...this.#open.peek(), [view.path, document]]);
    if (unsent !== undefined) this.#queue.schedule(view.path, 0);
    return document;
  }

  /** The draft is another one now. */
  forget(): void {
    this.#open.value = new Map();
    this.#restored = {};
  }

  /** Sends a document without waiting for a pause. */
  send(document: OpenDocument): void {
    this.#queue.schedule(document.path, 0);
  }

  /** Sends at once what waits for a pause. */
  flush(): void {
    this.#queue.flush();
  }

  /** Takes in the host's state, but for what is being edited here. */
  async refresh(): Promise<void> {
    const { calls } = this.#options;
    for (const document of [...this.#open.peek().values()]) {
      if (document.dirty || this.#queue.isPending(document.path)) continue;
      const { revision } = document;
      const sent = await calls.attempt(() => calls.host.call('document', { path: document.path }));
      if (sent !== undefined && document.revision === revision) document.reset(sent.state);
    }
  }

  #surroundings(path: string): DocumentSurroundings {
    const { strings, nonce, draft, keep } = this.#options;
    return {
      writable: isWritable(draft.peek()),
      nonce,
      label: format(strings.resultLabel, path),
      language: languageFor(path),
      openText: (number, of) => format(strings.openConflict, number, of),
      changed: (document, typed) => {
        this.#queue.schedule(document.path, typed ? TYPING_PAUSE : 0);
        keep();
      },
    };
  }

  async #save(path: string): Promise<void> {
    const { calls, draft, keep } = this.#options;
    const document = this.#open.peek().get(path);
    if (document === undefined || !isWritable(draft.peek())) return;
    const revision = document.revision;
    try {
      const answer = await calls.host.call('resolve', { path, ...document.unsent });
      draft.value = answer.draft;
      if (answer.state !== null) document.confirm(answer.state, revision);
      calls.problem.value = undefined;
    } catch (error) {
      calls.fail(error, () => {
        this.#queue.schedule(path, 0);
      });
    }
    keep();
  }
}
