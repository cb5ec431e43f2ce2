import type { JSX } from 'preact';
import { format } from '../format.ts';
import type { PublishBlock } from '../publish-block.ts';
import type { ReviewStore } from '../review-store.ts';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import type { ViewDraft } from '../../../src/protocol/review-view.ts';
import { gateName } from './checks.tsx';
import { Icon } from './icons.tsx';

/** What is reviewed, where the reviewer is in it, and how it ends. */
export function Toolbar({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  const draft = store.draft.value;
  const block = store.block.value;
  const blockText = block === undefined ? undefined : blockWords(strings, block);
  const busy = store.calls.busy.value !== undefined;
  return (
    <header class="toolbar">
      <div class="toolbar-title">
        <h1>{draft.skillName}</h1>
        <span class="badge">{modeWords(strings, draft.mergeMode)}</span>
        <span class="toolbar-subtitle">{subtitle(strings, draft)}</span>
      </div>
      <Counter store={store} />
      <span class="saving" aria-hidden="true">
        {store.documents.saving.value > 0 ? strings.saving : ''}
      </span>
      <div class="toolbar-end">
        <button
          type="button"
          class="button secondary"
          disabled={!store.writable && draft.status !== 'stale'}
          aria-expanded={store.rejecting.value}
          onClick={() => {
            store.rejecting.value = !store.rejecting.peek();
          }}
        >
          {strings.reject}
        </button>
        <button
          type="button"
          class="button primary"
          id="approve"
          aria-disabled={block !== undefined || busy}
          aria-describedby={blockText === undefined ? undefined : 'approve-block'}
          title={blockText}
          onClick={() => {
            if (blockText !== undefined) store.announcer.say(blockText);
            else void store.publish();
          }}
        >
          <Icon name="check" />
          {strings.approve}
        </button>
        <span id="approve-block" class="visually-hidden">
          {blockText}
        </span>
        <button
          type="button"
          class="button icon-button"
          aria-label={strings.details}
          title={strings.details}
          aria-pressed={store.details.value}
          onClick={() => {
            store.details.value = !store.details.peek();
            store.keep();
          }}
        >
          <Icon name="panel" />
        </button>
      </div>
    </header>
  );
}

function Counter({ store }: { readonly store: ReviewStore }): JSX.Element | null {
  const { strings } = store;
  const document = store.document.value;
  if (document === undefined) return null;
  const current = document.current.value;
  const conflicts = document.conflicts.length;
  const open = document.open.value.length;
  return (
    <div class="counter" role="group" aria-label={strings.chunkActions}>
      <button
        type="button"
        class="button icon-button"
        aria-label={conflicts > 0 ? strings.previousConflict : strings.previousChange}
        title={`${conflicts > 0 ? strings.previousConflict : strings.previousChange} (Shift+F7)`}
        onClick={() => {
          store.cursor.stepConflict(-1);
        }}
      >
        <Icon name="up" />
      </button>
      <span class="counter-text">
        {current === undefined ? strings.conflictsNone : store.cursor.positionText(document, current)}
      </span>
      <button
        type="button"
        class="button icon-button"
        aria-label={conflicts > 0 ? strings.nextConflict : strings.nextChange}
        title={`${conflicts > 0 ? strings.nextConflict : strings.nextChange} (F7)`}
        onClick={() => {
          store.cursor.stepConflict(1);
        }}
      >
        <Icon name="down" />
      </button>
      <span class={`counter-open ${open > 0 ? 'is-open' : 'is-settled'}`}>
        <Icon name={open > 0 ? 'warning' : 'check'} />
        {conflicts === 0
          ? strings.conflictsNone
          : open > 0
            ? format(strings.fileOpen, open)
            : strings.conflictsAllResolved}
      </span>
    </div>
  );
}

function subtitle(strings: ReviewStrings, draft: ViewDraft): string {
  const kind = draft.kind === 'skill_revision' ? strings.kindRevision : strings.kindUpdate;
  return draft.pluginId === null ? kind : `${kind} · ${draft.pluginId}`;
}

export function modeWords(strings: ReviewStrings, mode: ViewDraft['mergeMode']): string {
  switch (mode) {
    case 'fast_forward':
      return strings.modeFastForward;
    case 'three_way':
      return strings.modeThreeWay;
    case 'already_applied':
      return strings.modeAlreadyApplied;
    case 'unchanged':
      return strings.modeUnchanged;
  }
}

function blockWords(strings: ReviewStrings, block: PublishBlock): string {
  switch (block.reason) {
    case 'trust':
      return strings.approveBlockedTrust;
    case 'state':
      return strings.approveBlockedState;
    case 'checking':
      return strings.approveBlockedChecking;
    case 'unchecked':
      return strings.approveBlockedUnchecked;
    case 'saving':
      return strings.approveBlockedSaving;
    case 'mismatch':
      return strings.approveBlockedMismatch;
    case 'conflicts':
      return format(strings.approveBlockedConflicts, block.count);
    case 'gates':
      return format(
        strings.approveBlockedGates,
        block.gates.map((gate) => gateName(strings, gate)).join(', '),
      );
  }
}
