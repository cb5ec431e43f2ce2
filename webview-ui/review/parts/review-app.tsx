import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ReviewStore } from '../review-store.ts';
import { Banners } from './banners.tsx';
import { choiceForKey } from './chunk-bar.tsx';
import { Details } from './details.tsx';
import { DocumentView } from './document-view.tsx';
import { FileChoice } from './file-choice.tsx';
import { Frontmatter } from './frontmatter.tsx';
import { Toolbar } from './toolbar.tsx';

export function ReviewApp({
  store,
  nonce,
}: {
  readonly store: ReviewStore;
  readonly nonce: string;
}): JSX.Element {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!handleKey(store, event)) return;
      // Handled here: the workbench would otherwise run its own command for the same keys.
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', listener);
    return () => {
      document.removeEventListener('keydown', listener);
    };
  }, [store]);
  const current = store.document.value;
  const file = store.draft.value.files.find(({ path }) => path === store.path.value);
  return (
    <div class="review">
      <Toolbar store={store} />
      <Banners store={store} />
      <div class={`body ${store.details.value ? 'has-details' : ''}`}>
        <main class="main" aria-label={store.path.value}>
          <Frontmatter store={store} />
          {current !== undefined ? (
            <DocumentView key={current.path} store={store} document={current} nonce={nonce} />
          ) : file?.kind === 'file' ? (
            <FileChoice store={store} file={file} />
          ) : (
            <p class="hint loading">{store.strings.loading}</p>
          )}
        </main>
        {store.details.value ? <Details store={store} /> : null}
      </div>
      <div class="visually-hidden" role="status" aria-live="polite">
        {store.announcer.text.value}
      </div>
    </div>
  );
}

/** True where the key was one of the review's own. */
function handleKey(store: ReviewStore, event: KeyboardEvent): boolean {
  if (event.defaultPrevented) return false;
  if (event.key === 'F7') {
    const direction = event.shiftKey ? -1 : 1;
    if (event.altKey) store.cursor.stepChange(direction);
    else store.cursor.stepConflict(direction);
    return true;
  }
  if (event.altKey && !event.ctrlKey && !event.metaKey) return handleAltKey(store, event);
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !inTextField(event.target)) {
    if (event.code === 'KeyZ' && !event.shiftKey) store.undo();
    else if (event.code === 'KeyY' || (event.code === 'KeyZ' && event.shiftKey)) store.redo();
    else return false;
    return true;
  }
  if (event.key === 'Escape' && inResult(event.target)) {
    document.getElementById('chunk-bar')?.focus();
    return true;
  }
  return false;
}

function handleAltKey(store: ReviewStore, event: KeyboardEvent): boolean {
  const at = store.document.peek()?.current.peek();
  if (event.key === 'Enter') {
    store.cursor.editCurrent();
    return true;
  }
  if (at === undefined) return false;
  if (event.code === 'Digit6') {
    store.cursor.takeProposal(at);
    return true;
  }
  const take = choiceForKey(event.code);
  if (take === undefined && event.code !== 'Digit0') return false;
  store.cursor.choose(at, take);
  return true;
}

function inTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;
}

function inResult(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.result') !== null;
}
