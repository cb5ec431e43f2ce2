import { effect } from '@preact/signals';
import { format } from './format.ts';
import { languageFor } from './language.ts';
import type { OpenDocument } from './open-document.ts';
import { AlignedPanes } from './panes/aligned-panes.ts';
import type { Side } from './panes/pane-marks.ts';
import type { ResultEditor } from './result/result-editor.ts';
import type { ReviewStore } from './review-store.ts';
import { ScrollSync } from './scroll-sync.ts';

export interface DocumentElements {
  readonly scroller: HTMLElement;
  readonly panes: Readonly<Record<Side, HTMLElement>>;
  readonly result: HTMLElement;
}

/** The editors of one document on the page: three panes and the result, kept in step with the store and with each other. */
export class MountedDocument {
  readonly #document: OpenDocument;
  readonly #store: ReviewStore;
  readonly #panes: AlignedPanes;
  readonly #sync: ScrollSync;
  readonly #stops: (() => void)[] = [];
  #mounted: ResultEditor | undefined;

  constructor(document: OpenDocument, store: ReviewStore, elements: DocumentElements, nonce: string) {
    this.#document = document;
    this.#store = store;
    const { strings } = store;
    const label = (side: string) => format(strings.paneLabel, side, document.path);
    this.#panes = new AlignedPanes(elements.panes, elements.scroller, {
      sides: document.sides,
      chunks: document.chunks,
      labels: {
        base: label(strings.sideBase),
        local: label(strings.sideLocal),
        upstream: label(strings.sideUpstream),
      },
      language: languageFor(document.path),
      nonce,
      lensText: strings,
      choose: (chunk, take) => {
        if (take !== 'text' && take !== 'proposal') store.cursor.choose(chunk, take);
      },
      enter: (chunk) => {
        if (document.chunks[chunk]?.kind !== 'unchanged') document.current.value = chunk;
      },
      moved: () => {
        this.#moved();
      },
    });
    this.#sync = new ScrollSync(this.#panes, elements.scroller, elements.result, () => this.#mounted);
    document.moved = () => {
      this.#sync.resultMoved();
    };
    this.#stops.push(
      effect(() => {
        this.#mount(document.shown.value.editor, elements.result);
      }),
      effect(() => {
        document.shown.value.editor.setWritable(store.writable);
      }),
      effect(() => {
        const current = document.current.value;
        this.#panes.showCurrent(current);
        document.shown.value.editor.showCurrent(current);
      }),
      effect(() => {
        this.#showLenses();
      }),
    );
    this.#start();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#document.moved = () => undefined;
    this.#sync.dispose();
    this.#mounted?.unmount();
    this.#panes.dispose();
  }

  #start(): void {
    const { restored } = this.#store;
    this.#store.restored = undefined;
    if (restored !== undefined) this.#panes.reveal(restored.chunk, restored.fraction, 0);
    else if (this.#document.open.peek().length > 0) this.#reveal();
    let seen = this.#store.cursor.revealed.peek();
    this.#stops.push(
      effect(() => {
        const asked = this.#store.cursor.revealed.value;
        if (asked === seen) return;
        seen = asked;
        this.#reveal();
      }),
    );
  }

  #reveal(): void {
    const at = this.#document.current.peek();
    if (at === undefined) return;
    this.#sync.drive('panes');
    this.#panes.reveal(at);
  }

  #mount(editor: ResultEditor, parent: HTMLElement): void {
    if (this.#mounted === editor) return;
    this.#mounted?.unmount();
    editor.mount(parent);
    this.#mounted = editor;
    this.#sync.panesMoved();
  }

  #moved(): void {
    this.#sync.panesMoved();
    const anchor = this.#panes.level.chunkAt(this.#panes.scroller.scrollTop);
    this.#store.anchor = anchor;
    this.#store.keep();
  }

  #showLenses(): void {
    const { strings } = this.#store;
    const { snapshot } = this.#document.shown.value.editor;
    const open = new Set(this.#document.open.value);
    const current = this.#document.current.value;
    const enabled = this.#store.writable && snapshot !== undefined;
    this.#panes.showLenses(
      this.#document.conflicts.map((chunk, at) => ({
        chunk,
        title: format(strings.conflictOf, at + 1, this.#document.conflicts.length),
        settled: !open.has(chunk),
        current: chunk === current,
        taken: snapshot?.choices.get(chunk),
        enabled,
      })),
    );
  }
}
