import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { MountedDocument } from '../mounted-document.ts';
import type { OpenDocument } from '../open-document.ts';
import type { ReviewStore } from '../review-store.ts';
import { ChunkBar } from './chunk-bar.tsx';
import { Icon } from './icons.tsx';

/** Three panes above, the result below, the bar of the current chunk between them. */
export function DocumentView({
  store,
  document,
  nonce,
}: {
  readonly store: ReviewStore;
  readonly document: OpenDocument;
  readonly nonce: string;
}): JSX.Element {
  const { strings } = store;
  const frame = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLDivElement>(null);
  const local = useRef<HTMLDivElement>(null);
  const upstream = useRef<HTMLDivElement>(null);
  const result = useRef<HTMLDivElement>(null);
  // Before the first frame, so that it shows the texts and not the empty places for them.
  useLayoutEffect(() => {
    const [panes, a, b, c, below] = [scroller, base, local, upstream, result].map(({ current }) => current);
    if (!panes || !a || !b || !c || !below) return undefined;
    const mounted = new MountedDocument(
      document,
      store,
      { scroller: panes, panes: { base: a, local: b, upstream: c }, result: below },
      nonce,
    );
    return () => {
      mounted.dispose();
    };
  }, [document]);
  const share = store.resultShare.value;
  const draft = store.draft.value;
  return (
    <div
      class="document"
      ref={frame}
      style={{ gridTemplateRows: `auto minmax(0, ${1 - share}fr) auto auto auto minmax(0, ${share}fr)` }}
    >
      <div class="pane-titles">
        <h2 class="pane-title">{strings.sideBase}</h2>
        <h2 class="pane-title">
          {strings.sideLocal}
          <span class="pane-version">{draft.baseVersion}</span>
        </h2>
        <h2 class="pane-title">
          {strings.sideUpstream}
          <span class="pane-version">{draft.upstreamVersion}</span>
        </h2>
      </div>
      <div class="panes" ref={scroller}>
        <div class="pane pane-base" ref={base} />
        <div class="pane pane-local" ref={local} />
        <div class="pane pane-upstream" ref={upstream} />
      </div>
      <Splitter store={store} frame={frame} />
      <ChunkBar store={store} />
      <ResultTitle store={store} document={document} />
      <div class="result" ref={result} />
    </div>
  );
}

function ResultTitle({
  store,
  document,
}: {
  readonly store: ReviewStore;
  readonly document: OpenDocument;
}): JSX.Element {
  const { strings } = store;
  const editor = document.shown.value.editor;
  return (
    <div class="pane-titles result-title">
      <h2 class="pane-title">{strings.sideResult}</h2>
      <div class="result-actions">
        <button
          type="button"
          class="button icon-button"
          aria-label={strings.undo}
          title={strings.undo}
          disabled={!editor.canUndo || !store.writable}
          onClick={() => {
            store.undo();
          }}
        >
          <Icon name="undo" />
        </button>
        <button
          type="button"
          class="button icon-button"
          aria-label={strings.redo}
          title={strings.redo}
          disabled={!editor.canRedo || !store.writable}
          onClick={() => {
            store.redo();
          }}
        >
          <Icon name="redo" />
        </button>
        <button type="button" class="button link" onClick={() => void store.openIn('result')}>
          <Icon name="open" />
          {strings.openResult}
        </button>
        <button type="button" class="button link" onClick={() => void store.openIn('merge_editor')}>
          <Icon name="split" />
          {strings.openMergeEditor}
        </button>
      </div>
    </div>
  );
}

const STEP = 0.05;

function Splitter({
  store,
  frame,
}: {
  readonly store: ReviewStore;
  readonly frame: { readonly current: HTMLDivElement | null };
}): JSX.Element {
  const set = (share: number) => {
    store.resultShare.value = Math.min(Math.max(share, 0.1), 0.9);
    store.keep();
  };
  return (
    <div
      class="splitter"
      role="separator"
      tabIndex={0}
      aria-label={store.strings.resizeResult}
      aria-orientation="horizontal"
      aria-valuemin={10}
      aria-valuemax={90}
      aria-valuenow={Math.round(store.resultShare.value * 100)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowUp') set(store.resultShare.peek() + STEP);
        else if (event.key === 'ArrowDown') set(store.resultShare.peek() - STEP);
        else return;
        event.preventDefault();
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const box = frame.current?.getBoundingClientRect();
        if (box !== undefined) set((box.bottom - event.clientY) / box.height);
      }}
    />
  );
}
