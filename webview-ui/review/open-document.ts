import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { resultDigest } from '../../src/protocol/text-digest.ts';
import type {
  ViewChunk,
  ViewDocument,
  ViewDocumentState,
  ViewResolution,
  ViewResolutions,
} from '../../src/protocol/review-view.ts';
import { changeStops, conflictStops } from './model/navigation.ts';
import { sideLines, type SideLines, wholeLines } from './model/result-text.ts';
import { ResultEditor, type ResultEditorOptions } from './result/result-editor.ts';
import { openConflicts, type Take } from './result/result-state.ts';
import type { Unsent } from './saved-state.ts';

/** What an open document needs of its surroundings. */
export interface DocumentSurroundings extends Pick<
  ResultEditorOptions,
  'writable' | 'nonce' | 'label' | 'language'
> {
  /** The name of an open conflict in the result, by its number and how many there are. */
  openText(number: number, of: number): string;
  changed(document: OpenDocument, typed: boolean): void;
}

export interface ShownResult {
  readonly editor: ResultEditor;
  readonly revision: number;
}

/** One document under review: what the host sent, and the choices made since. */
export class OpenDocument {
  readonly view: ViewDocument;
  readonly sides: SideLines;
  /** Indexes of the conflicts, and of all chunks with a change. */
  readonly conflicts: readonly number[];
  readonly changes: readonly number[];
  /** Index of the chunk the reviewer is at. */
  readonly current: Signal<number | undefined>;
  /** What the host knows; an override turns the result into one whole text. */
  readonly host: Signal<ViewDocumentState>;
  /** The editor of the result, and how often the result has changed: new with each change. */
  readonly shown: Signal<ShownResult>;
  /** Indexes of the conflicts that are not settled. */
  readonly open: ReadonlySignal<readonly number[]>;
  /** Called when the panes or the result moved; the mounted view sets it. */
  moved: () => void = () => undefined;
  readonly #surroundings: DocumentSurroundings;
  readonly #confirmed = signal(0);

  constructor(view: ViewDocument, surroundings: DocumentSurroundings, unsent: Unsent | undefined) {
    this.view = view;
    this.sides = sideLines(view);
    this.conflicts = conflictStops(view.chunks);
    this.changes = changeStops(view.chunks);
    this.#surroundings = surroundings;
    this.host = signal(view.state);
    const editor =
      unsent === undefined
        ? this.#createEditor(view.state.resolutions, view.state.override)
        : unsent.kind === 'text'
          ? this.#createEditor(view.state.resolutions, unsent.text)
          : this.#createEditor(unsent.resolutions, null);
    this.shown = signal({ editor, revision: unsent === undefined ? 0 : 1 });
    this.open = computed(() => {
      const { snapshot } = this.shown.value.editor;
      return snapshot === undefined ? [] : openConflicts(snapshot, view.chunks);
    });
    this.current = signal(this.open.peek()[0] ?? this.conflicts[0] ?? this.changes[0]);
  }

  get path(): string {
    return this.view.path;
  }

  get chunks(): readonly ViewChunk[] {
    return this.view.chunks;
  }

  /** Whether the host has yet to confirm what is shown. */
  get dirty(): boolean {
    return this.shown.value.revision !== this.#confirmed.value;
  }

  get unsent(): Unsent {
    const { editor } = this;
    return editor.whole
      ? { kind: 'text', text: editor.text }
      : { kind: 'chunks', resolutions: editor.resolutions };
  }

  /** The editor of the result as it is now, without watching it. */
  get editor(): ResultEditor {
    return this.shown.peek().editor;
  }

  get revision(): number {
    return this.shown.peek().revision;
  }

  takeOf(at: number): Take | undefined {
    return this.editor.snapshot?.choices.get(at);
  }

  /** What a model proposed for a chunk; undefined where it did not. */
  proposedFor(at: number): string | undefined {
    const id = this.chunks[at]?.id;
    return id === undefined ? undefined : this.host.peek().proposal?.texts[id];
  }

  choose(at: number, resolution: ViewResolution | undefined): void {
    this.editor.choose(at, resolution);
  }

  /**
   * Takes in what the host says of revision `sent`. Where that is still the latest and differs from what is shown, the host's word
   * replaces it; the undo history goes with it.
   */
  confirm(state: ViewDocumentState, sent: number): void {
    this.host.value = state;
    if (sent !== this.revision) return;
    this.#confirmed.value = sent;
    if (this.matches(state)) return;
    const editor = this.#createEditor(state.resolutions, state.override);
    this.shown.value = { editor, revision: sent };
  }

  /** Replaces what is shown by the host's state, as when another window wrote to the draft. */
  reset(state: ViewDocumentState): void {
    this.host.value = state;
    if (!this.matches(state)) {
      this.#show(this.#createEditor(state.resolutions, state.override));
    }
    this.#confirmed.value = this.revision;
  }

  /** Back from a whole text to the parts of the chunks. */
  useChunks(): void {
    this.#show(this.#createEditor(this.host.peek().resolutions, null));
  }

  #show(editor: ResultEditor): void {
    this.shown.value = { editor, revision: this.revision + 1 };
  }

  /** Whether the display says the same as the host's `state`: the same open conflicts, and without any, the same text. */
  matches(state: ViewDocumentState): boolean {
    const { editor } = this;
    if (editor.whole !== (state.override !== null)) return false;
    const open = this.open.peek().map((at) => this.chunks[at]?.id);
    if (open.length !== state.unresolved.length) return false;
    if (!open.every((id, at) => id === state.unresolved[at])) return false;
    if (open.length === 0) return resultDigest(editor.text) === state.resultDigest;
    return sameResolutions(editor.resolutions, state.resolutions);
  }

  #createEditor(resolutions: ViewResolutions, override: string | null): ResultEditor {
    const surroundings = this.#surroundings;
    const { writable, nonce, label, language } = surroundings;
    return new ResultEditor({
      sides: this.sides,
      chunks: this.view.chunks,
      resolutions,
      override,
      writable,
      nonce,
      label,
      language,
      openText: (chunk) => surroundings.openText(this.conflicts.indexOf(chunk) + 1, this.conflicts.length),
      changed: (typed) => {
        this.#show(this.editor);
        surroundings.changed(this, typed);
      },
      enter: (at) => {
        if (this.chunks[at]?.kind !== 'unchanged') this.current.value = at;
      },
      moved: () => {
        this.moved();
      },
    });
  }
}

function sameResolutions(a: ViewResolutions, b: ViewResolutions): boolean {
  const ids = Object.keys(a);
  return (
    ids.length === Object.keys(b).length &&
    ids.every((id) => {
      const one = a[id];
      const other = b[id];
      if (one?.take !== other?.take) return false;
      const text = one !== undefined && 'text' in one ? wholeLines(one.text) : '';
      return text === (other !== undefined && 'text' in other ? wholeLines(other.text) : '');
    })
  );
}
