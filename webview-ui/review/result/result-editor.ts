import {
  defaultKeymap,
  history,
  historyKeymap,
  redo,
  redoDepth,
  undo,
  undoDepth,
} from '@codemirror/commands';
import {
  Compartment,
  EditorState,
  StateEffect,
  StateField,
  type Extension,
  type Transaction,
} from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import type {
  ViewChunk,
  ViewResolution,
  ViewResolutions,
  ViewSpan,
} from '../../../src/protocol/review-view.ts';
import type { SideLines } from '../model/result-text.ts';
import { resultMarks } from './result-marks.ts';
import {
  chooseChunk,
  chunkAtPosition,
  initialResult,
  partOf,
  resolutionsOf,
  resultExtension,
  resultField,
  type ResultSnapshot,
} from './result-state.ts';

const setCurrent = StateEffect.define<number | undefined>();
const currentField = StateField.define<number | undefined>({
  create: () => undefined,
  update: (current, transaction) => {
    const effect = transaction.effects.findLast((candidate) => candidate.is(setCurrent));
    return effect === undefined ? current : effect.value;
  },
});

export interface ResultEditorOptions {
  readonly sides: SideLines;
  readonly chunks: readonly ViewChunk[];
  readonly resolutions: ViewResolutions;
  /** A whole text in place of the chunks' parts; null where the parts count. */
  readonly override: string | null;
  readonly writable: boolean;
  readonly label: string;
  readonly language: Extension;
  readonly nonce: string;
  readonly openText: (chunk: number) => string;
  /** `typed`: the text was edited by hand; else by a choice, undo or redo. */
  changed(typed: boolean): void;
  /** The reviewer put the cursor into this chunk. */
  enter(chunk: number): void;
  readonly moved: () => void;
}

/** Of a block that stands for an open conflict in the host's text. */
const MARKER_LINES = 4;

function blockLines({ base, local, upstream }: ViewChunk): number {
  return [base, local, upstream].reduce((sum, [start, end]) => sum + end - start, 0);
}

/** The result of one document. It outlives its view, so that undo survives a look at another file. */
export class ResultEditor {
  readonly whole: boolean;
  readonly #options: ResultEditorOptions;
  readonly #readOnly = new Compartment();
  #state: EditorState;
  #view: EditorView | undefined;
  #toReveal = false;

  constructor(options: ResultEditorOptions) {
    this.#options = options;
    this.whole = options.override !== null;
    const { text, snapshot } = initialResult(options.sides, options.chunks, options.resolutions);
    this.#state = EditorState.create({
      doc: options.override ?? text,
      extensions: [
        EditorView.cspNonce.of(options.nonce),
        this.#readOnly.of(EditorState.readOnly.of(!this.#mayWrite(options.writable))),
        EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false', tabindex: '0' }),
        EditorView.lineWrapping,
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        currentField,
        this.whole ? [] : this.#chunkExtensions(snapshot),
        options.language,
        keymap.of([...historyKeymap, ...defaultKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.heightChanged || update.geometryChanged) options.moved();
          this.#notice(update.startState, update.state, update.transactions);
        }),
        EditorView.domEventHandlers({
          mousedown: (event) => {
            const row = event.target instanceof Element ? event.target.closest('.open-conflict') : null;
            if (!(row instanceof HTMLElement)) return false;
            options.enter(Number(row.dataset['chunk']));
            return true;
          },
        }),
      ],
    });
  }

  #chunkExtensions(snapshot: ResultSnapshot): Extension {
    const { chunks, openText } = this.#options;
    return [
      resultExtension(snapshot),
      resultMarks({ chunks, openText, current: (state) => state.field(currentField) }),
    ];
  }

  get text(): string {
    return this.#state.doc.toString();
  }

  /** Undefined where the result is one whole text. */
  get snapshot(): ResultSnapshot | undefined {
    return this.whole ? undefined : this.#state.field(resultField);
  }

  get resolutions(): ViewResolutions {
    return this.whole ? this.#options.resolutions : resolutionsOf(this.#state, this.#options.chunks);
  }

  get canUndo(): boolean {
    return undoDepth(this.#state) > 0;
  }

  get canRedo(): boolean {
    return redoDepth(this.#state) > 0;
  }

  mount(parent: HTMLElement): void {
    this.#view = new EditorView({ state: this.#state, parent });
    this.#view.scrollDOM.addEventListener('scroll', this.#options.moved, { passive: true });
    this.#revealSelection();
  }

  unmount(): void {
    this.#view?.destroy();
    this.#view = undefined;
  }

  choose(at: number, resolution: ViewResolution | undefined): void {
    const chunk = this.#options.chunks[at];
    if (chunk === undefined || this.whole) return;
    this.#dispatch(this.#state.update(chooseChunk(this.#state, this.#options.sides, chunk, at, resolution)));
  }

  undo(): void {
    undo({ state: this.#state, dispatch: this.#dispatch });
  }

  redo(): void {
    redo({ state: this.#state, dispatch: this.#dispatch });
  }

  /** Without a chunk there is nothing that an edit could belong to: all three texts are empty. */
  #mayWrite(writable: boolean): boolean {
    return writable && (this.whole || this.#options.chunks.length > 0);
  }

  setWritable(wanted: boolean): void {
    const writable = this.#mayWrite(wanted);
    if (this.#state.readOnly !== writable) return;
    this.#dispatch(
      this.#state.update({ effects: this.#readOnly.reconfigure(EditorState.readOnly.of(!writable)) }),
    );
  }

  showCurrent(at: number | undefined): void {
    if (this.#state.field(currentField) === at) return;
    this.#dispatch(this.#state.update({ effects: setCurrent.of(at) }));
  }

  /** Puts the cursor at the start of a chunk's part and the focus into the editor. */
  editChunk(at: number): void {
    if (this.whole) {
      this.#view?.focus();
      return;
    }
    const [from] = partOf(this.#state.field(resultField).bounds, at);
    this.#dispatch(this.#state.update({ selection: { anchor: from } }));
    this.#view?.focus();
  }

  /** Selects a place and brings it into view, at once or when the editor is next shown. `open`: indexes of the open conflicts. */
  reveal(span: ViewSpan, open: readonly number[]): void {
    const at = (line: number, column: number): number => {
      const shown = this.#state.doc.line(this.#shownLine(line, open) + 1);
      return Math.min(shown.from + column, shown.to);
    };
    const selection = { anchor: at(span.line, span.column), head: at(span.endLine, span.endColumn) };
    this.#dispatch(this.#state.update({ selection }));
    this.#toReveal = true;
    this.#revealSelection();
  }

  #revealSelection(): void {
    if (this.#view === undefined || !this.#toReveal) return;
    this.#toReveal = false;
    const { main } = this.#state.selection;
    this.#view.dispatch({ effects: EditorView.scrollIntoView(main, { y: 'center' }) });
    this.#view.focus();
  }

  /** The line here of a line of the host's result, in which each open conflict is a block of markers with its three texts. */
  #shownLine(line: number, open: readonly number[]): number {
    const { doc } = this.#state;
    const last = doc.lines - 1;
    if (this.whole) return Math.min(line, last);
    const { bounds } = this.#state.field(resultField);
    let passed = 0;
    for (const [at, chunk] of this.#options.chunks.entries()) {
      const [from, to] = partOf(bounds, at);
      const first = doc.lineAt(from).number - 1;
      const size = open.includes(at) ? MARKER_LINES + blockLines(chunk) : doc.lineAt(to).number - 1 - first;
      if (line < passed + size) return Math.min(first + (open.includes(at) ? 0 : line - passed), last);
      passed += size;
    }
    return last;
  }

  chunkAtCursor(): number | undefined {
    if (this.whole) return undefined;
    return chunkAtPosition(this.#state.field(resultField).bounds, this.#state.selection.main.head);
  }

  /** The scroller of the mounted view. */
  get scroller(): HTMLElement | undefined {
    return this.#view?.scrollDOM;
  }

  get hasFocus(): boolean {
    return this.#view?.hasFocus ?? false;
  }

  /** Top and bottom of a chunk's part in the scroller, in pixels, its row of an open conflict included. */
  extentOf(at: number): readonly [top: number, bottom: number] {
    if (this.#view === undefined || this.whole) return [0, 0];
    const [from, to] = partOf(this.#state.field(resultField).bounds, at);
    const line = this.#view.lineBlockAt(from);
    if (to > from) return [line.top, this.#view.lineBlockAt(to - 1).bottom];
    // An open conflict has no text in the result, but the notice that stands for it.
    const text = typeof line.type === 'number' ? undefined : line.type.find(({ widget }) => widget === null);
    return [line.top, text?.top ?? line.top];
  }

  /** The chunk at this height of the scroller, and how far through it, from 0 to 1. */
  chunkAt(y: number): { readonly chunk: number; readonly fraction: number } {
    if (this.#view === undefined || this.whole) return { chunk: 0, fraction: 0 };
    const { from } = this.#view.lineBlockAtHeight(y);
    const chunk = chunkAtPosition(this.#state.field(resultField).bounds, from);
    const [top, bottom] = this.extentOf(chunk);
    return { chunk, fraction: bottom <= top ? 0 : Math.min(Math.max((y - top) / (bottom - top), 0), 1) };
  }

  readonly #dispatch = (transaction: Transaction): void => {
    if (this.#view !== undefined) this.#view.dispatch(transaction);
    else this.#notice(transaction.startState, transaction.state, [transaction]);
  };

  #notice(before: EditorState, after: EditorState, transactions: readonly Transaction[]): void {
    this.#state = after;
    const chosen = (state: EditorState) => (this.whole ? undefined : state.field(resultField).choices);
    if (before.doc !== after.doc || chosen(before) !== chosen(after)) {
      this.#options.changed(transactions.some((tr) => tr.isUserEvent('input') || tr.isUserEvent('delete')));
    }
    if (transactions.some((tr) => tr.selection !== undefined && tr.isUserEvent('select'))) {
      const at = this.chunkAtCursor();
      if (at !== undefined) this.#options.enter(at);
    }
  }
}
