import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { standardKeymap } from '@codemirror/commands';
import type { ViewChunk } from '../../../src/protocol/review-view.ts';
import type { SideLines } from '../model/result-text.ts';
import type { Take } from '../result/result-state.ts';
import { currentExtension, markCurrent } from './current-chunk.ts';
import { lensExtension, showLenses, type LensModel, type LensText } from './lens.ts';
import { markSettled, paneMarks, type Side } from './pane-marks.ts';
import { PaneLevel, SIDES } from './pane-level.ts';
import { spacerExtension } from './spacers.ts';

export interface PaneDocument {
  readonly sides: SideLines;
  readonly chunks: readonly ViewChunk[];
  /** Accessible names. */
  readonly labels: Readonly<Record<Side, string>>;
  readonly language: Extension;
  readonly nonce: string;
  readonly lensText: LensText;
  readonly choose: (chunk: number, take: Take) => void;
  /** The reviewer put the cursor into this chunk. */
  enter(chunk: number): void;
  /** The panes have been levelled or scrolled. */
  readonly moved: () => void;
}

/** Frames in which a jump follows heights that are still being measured. */
const SETTLE_FRAMES = 8;

/** Three read-only editors in one scroller, level chunk by chunk. */
export class AlignedPanes {
  readonly scroller: HTMLElement;
  readonly #document: PaneDocument;
  readonly #views: Readonly<Record<Side, EditorView>>;
  readonly #level: PaneLevel;
  #jump: { readonly chunk: number; readonly fraction: number; frames: number } | undefined;
  #disposed = false;

  constructor(parents: Readonly<Record<Side, HTMLElement>>, scroller: HTMLElement, document: PaneDocument) {
    this.scroller = scroller;
    this.#document = document;
    const lines = Math.max(...SIDES.map((side) => document.sides[side].count));
    scroller.style.setProperty('--digits', String(String(lines + 1).length));
    this.#views = {
      base: this.#createView('base', parents.base),
      local: this.#createView('local', parents.local),
      upstream: this.#createView('upstream', parents.upstream),
    };
    this.#level = new PaneLevel(this.#views, scroller, document);
    scroller.addEventListener('scroll', this.#onScroll, { passive: true });
  }

  #createView(side: Side, parent: HTMLElement): EditorView {
    const { sides, chunks, labels, language, nonce } = this.#document;
    return new EditorView({
      parent,
      state: EditorState.create({
        doc: sides[side].text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': labels[side], spellcheck: 'false', tabindex: '0' }),
          EditorView.lineWrapping,
          lineNumbers(),
          highlightSpecialChars(),
          paneMarks(side, sides, chunks),
          currentExtension,
          lensExtension,
          spacerExtension,
          language,
          keymap.of(standardKeymap),
          EditorView.updateListener.of((update) => {
            if (update.heightChanged || update.geometryChanged || update.viewportChanged)
              this.#level.schedule();
            if (update.selectionSet && update.transactions.some((tr) => tr.isUserEvent('select'))) {
              this.#document.enter(this.#level.chunkAtPosition(side, update.state.selection.main.head));
            }
          }),
        ],
      }),
    });
  }

  /** Where the chunks are in the scroller. */
  get level(): Pick<PaneLevel, 'chunkTop' | 'chunkBottom' | 'chunkAt'> {
    return this.#level;
  }

  /** Scrolls so that the point is a quarter down the panes (`lead` of their height), and keeps it there while heights are measured. */
  reveal(chunk: number, fraction = 0, lead = 0.25): void {
    const running = this.#jump !== undefined;
    this.#jump = { chunk, fraction, frames: SETTLE_FRAMES };
    this.#level.jumping = true;
    const follow = () => {
      const jump = this.#jump;
      if (jump === undefined || this.#disposed) return;
      const top = this.#level.chunkTop(jump.chunk);
      const y = top + (this.#level.chunkBottom(jump.chunk) - top) * jump.fraction;
      this.scroller.scrollTop = Math.max(0, y - this.scroller.clientHeight * lead);
      jump.frames -= 1;
      if (jump.frames > 0) {
        requestAnimationFrame(follow);
        return;
      }
      this.#jump = undefined;
      this.#level.jumping = false;
    };
    if (running) return;
    follow();
  }

  showCurrent(chunk: number | undefined): void {
    for (const side of SIDES) {
      const range = chunk === undefined ? undefined : this.#document.chunks[chunk]?.[side];
      const lines = this.#document.sides[side];
      markCurrent(
        this.#views[side],
        range === undefined ? undefined : { from: lines.offset(range[0]), to: lines.offset(range[1]) },
      );
    }
  }

  /** One model for each conflict, in document order. */
  showLenses(models: readonly LensModel[]): void {
    const settled = new Set(models.flatMap((model) => (model.settled ? [model.chunk] : [])));
    for (const side of SIDES) {
      const places = this.#level.lensPlaces(side);
      const lenses = models.flatMap((model, at) => {
        const place = places[at];
        return place === undefined ? [] : [{ model, place }];
      });
      showLenses(this.#views[side], side, lenses, this.#document.lensText, this.#document.choose);
      markSettled(this.#views[side], settled);
    }
  }

  focus(side: Side): void {
    this.#views[side].focus();
  }

  dispose(): void {
    this.#disposed = true;
    this.#level.dispose();
    this.scroller.removeEventListener('scroll', this.#onScroll);
    for (const side of SIDES) this.#views[side].destroy();
  }

  readonly #onScroll = () => {
    this.#level.scrolled();
    this.#document.moved();
  };
}
