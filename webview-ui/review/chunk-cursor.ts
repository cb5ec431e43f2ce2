import { signal, type Signal } from '@preact/signals';
import type { ReviewStrings } from '../../src/protocol/review-strings.ts';
import type { ViewDraft, ViewResolution } from '../../src/protocol/review-view.ts';
import type { Announcer } from './announcer.ts';
import { format } from './format.ts';
import { nextOpen, step } from './model/navigation.ts';
import type { OpenDocument } from './open-document.ts';
import { isWritable } from './publish-block.ts';
import type { SideTake } from './result/result-state.ts';

export interface ChunkCursorOptions {
  /** The one on screen. */
  readonly document: Signal<OpenDocument | undefined>;
  readonly draft: Signal<ViewDraft>;
  readonly strings: ReviewStrings;
  readonly announcer: Announcer;
  readonly keep: () => void;
}

/** Where the reviewer is among the chunks of the document on screen, and what is settled there. Chunks go by their index. */
export class ChunkCursor {
  /** Counts the requests to bring the current chunk into view. */
  readonly revealed = signal(0);
  readonly #options: ChunkCursorOptions;

  constructor(options: ChunkCursorOptions) {
    this.#options = options;
  }

  /** Makes a chunk the current one and brings it into view. */
  goTo(chunk: number): void {
    const document = this.#document;
    if (document === undefined) return;
    document.current.value = chunk;
    this.revealed.value += 1;
    this.#options.keep();
  }

  /** The next or previous conflict, or change where there is no conflict. */
  stepConflict(direction: 1 | -1): void {
    const document = this.#document;
    if (document === undefined) return;
    const stops = document.conflicts.length > 0 ? document.conflicts : document.changes;
    this.#stepTo(document, step(stops, document.current.peek(), direction));
  }

  stepChange(direction: 1 | -1): void {
    const document = this.#document;
    if (document !== undefined) {
      this.#stepTo(document, step(document.changes, document.current.peek(), direction));
    }
  }

  /** "Conflict 1 of 3" or "Change 2 of 9". */
  positionText(document: OpenDocument, chunk: number): string {
    const { strings } = this.#options;
    const conflict = document.conflicts.indexOf(chunk);
    if (conflict >= 0) return format(strings.conflictOf, conflict + 1, document.conflicts.length);
    return format(strings.changeOf, document.changes.indexOf(chunk) + 1, document.changes.length);
  }

  /** Settles a chunk (or takes its choice back) and goes on to the next open conflict. */
  choose(chunk: number, take: SideTake | undefined): void {
    this.#settle(chunk, take === undefined ? undefined : { take });
  }

  /** Takes what a model proposed for a conflict, where it did. */
  takeProposal(chunk: number): void {
    const text = this.#document?.proposedFor(chunk);
    if (text !== undefined) this.#settle(chunk, { take: 'proposal', text });
  }

  /** Puts the text cursor into the current chunk's part of the result; an open conflict starts with local's text. */
  editCurrent(): void {
    const document = this.#document;
    const at = document?.current.peek();
    if (document === undefined || at === undefined || !this.#writable) return;
    const editor = document.editor;
    if (!editor.whole && document.open.peek().includes(at)) document.choose(at, { take: 'local' });
    editor.editChunk(at);
  }

  get #document(): OpenDocument | undefined {
    return this.#options.document.peek();
  }

  get #writable(): boolean {
    return isWritable(this.#options.draft.peek());
  }

  #stepTo(document: OpenDocument, stop: number | undefined): void {
    const { announcer, strings } = this.#options;
    if (stop === undefined) {
      announcer.say(strings.conflictsNone);
      return;
    }
    this.goTo(stop);
    announcer.say(this.positionText(document, stop));
  }

  #settle(chunk: number, resolution: ViewResolution | undefined): void {
    const { announcer, strings } = this.#options;
    const document = this.#document;
    if (document === undefined || !this.#writable || document.editor.whole) return;
    const wasOpen = document.open.peek().includes(chunk);
    document.choose(chunk, resolution);
    document.current.value = chunk;
    if (resolution === undefined) {
      announcer.say(strings.reopened);
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
      announcer.say(strings.resolvedAll);
      return;
    }
    this.goTo(next);
    announcer.say(`${format(strings.resolvedLeft, open.length)} ${this.positionText(document, next)}`);
  }
}
