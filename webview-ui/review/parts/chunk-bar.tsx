import type { JSX } from 'preact';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import type { ViewChunkKind } from '../../../src/protocol/review-view.ts';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';
import { ORIGIN_SIGNS, originOf, type Origin } from '../result/result-marks.ts';
import type { SideTake } from '../result/result-state.ts';
import { ChoiceButton } from './choice-button.tsx';
import { Icon } from './icons.tsx';
import { Proposal } from './proposal.tsx';
import { takeSideWords } from './take-words.ts';

const CHOICES: readonly { readonly take: SideTake; readonly key: string }[] = [
  { take: 'base', key: '1' },
  { take: 'local', key: '2' },
  { take: 'upstream', key: '3' },
  { take: 'local_then_upstream', key: '4' },
  { take: 'upstream_then_local', key: '5' },
];

/** The choice that `Alt` and this digit makes. */
export function choiceForKey(code: string): SideTake | undefined {
  return CHOICES.find(({ key }) => code === `Digit${key}`)?.take;
}

/** The chunk the reviewer is at: what happened there, what the result has, and what can be done about it. */
export function ChunkBar({ store }: { readonly store: ReviewStore }): JSX.Element | null {
  const { strings } = store;
  const document = store.document.value;
  if (document === undefined) return null;
  const at = document.current.value;
  const chunk = at === undefined ? undefined : document.chunks[at];
  const editor = document.shown.value.editor;
  if (at === undefined || chunk === undefined) {
    return <div class="chunk-bar">{strings.conflictsNone}</div>;
  }
  const take = document.takeOf(at);
  const origin = originOf(chunk, take);
  const open = document.open.value.includes(at);
  const reasons = document.view.decisions.filter((decision) => decision.chunk === chunk.id);
  const enabled = store.writable && !editor.whole;
  return (
    <div
      class={`chunk-bar ${open ? 'is-open' : 'is-settled'}`}
      id="chunk-bar"
      role="group"
      tabIndex={-1}
      aria-label={`${strings.chunkActions}: ${store.cursor.positionText(document, at)}`}
    >
      <div class="chunk-bar-state">
        <Icon name={open ? 'warning' : 'check'} />
        <strong>{store.cursor.positionText(document, at)}</strong>
        <span class="chunk-bar-kind">
          {/* A conflict with a reason of its own is no edit of the same lines. */}
          {chunk.kind === 'conflict' && reasons.length > 0 ? '' : kindWords(strings, chunk.kind)}
          {origin === undefined ? '' : ` ${format(strings.resultHas, originWords(strings, origin))}`}
        </span>
        {origin === undefined ? null : (
          <span class={`sign origin-sign-${origin}`} aria-hidden="true">
            {ORIGIN_SIGNS[origin]}
          </span>
        )}
        <span class="chunk-bar-reason">{reasons.map(({ reason }) => reason).join(' ')}</span>
      </div>
      <div class="chunk-bar-actions">
        <span class="chunk-bar-take" aria-hidden="true">
          {strings.take}
        </span>
        {CHOICES.map(({ take: side, key }) => (
          <ChoiceButton
            key={side}
            name={choiceWords(strings, side)}
            keys={`Alt+${key}`}
            chosen={take === side}
            disabled={!enabled}
            act={() => {
              store.cursor.choose(at, side);
            }}
          >
            {shortWords(strings, side)}
          </ChoiceButton>
        ))}
        <ChoiceButton
          name={strings.editResult}
          keys="Alt+Enter"
          icon="edit"
          chosen={take === 'text'}
          disabled={!store.writable}
          act={() => {
            store.cursor.editCurrent();
          }}
        >
          {strings.editResult}
        </ChoiceButton>
        {take === undefined ? null : (
          <ChoiceButton
            name={strings.clearChoice}
            keys="Alt+0"
            icon="cross"
            disabled={!enabled}
            act={() => {
              store.cursor.choose(at, undefined);
            }}
          >
            {strings.clearChoice}
          </ChoiceButton>
        )}
      </div>
      <Proposal store={store} document={document} at={at} />
    </div>
  );
}

function choiceWords(strings: ReviewStrings, take: SideTake): string {
  switch (take) {
    case 'base':
    case 'local':
    case 'upstream':
      return takeSideWords(strings, take);
    case 'local_then_upstream':
      return strings.localFirst;
    case 'upstream_then_local':
      return strings.upstreamFirst;
  }
}

/** As on the button, after the word "Take". */
function shortWords(strings: ReviewStrings, take: SideTake): string {
  switch (take) {
    case 'base':
      return strings.shortBase;
    case 'local':
      return strings.shortLocal;
    case 'upstream':
      return strings.shortUpstream;
    case 'local_then_upstream':
      return strings.localFirst;
    case 'upstream_then_local':
      return strings.upstreamFirst;
  }
}

function kindWords(strings: ReviewStrings, kind: ViewChunkKind): string {
  switch (kind) {
    case 'unchanged':
      return strings.kindUnchanged;
    case 'local':
      return strings.kindLocal;
    case 'upstream':
      return strings.kindUpstream;
    case 'same':
      return strings.kindSame;
    case 'merged':
      return strings.kindMerged;
    case 'conflict':
      return strings.kindConflict;
  }
}

function originWords(strings: ReviewStrings, origin: Origin): string {
  switch (origin) {
    case 'base':
      return strings.originBase;
    case 'local':
      return strings.originLocal;
    case 'upstream':
      return strings.originUpstream;
    case 'both':
      return strings.originBoth;
    case 'edited':
      return strings.originEdited;
    case 'model':
      return strings.originModel;
  }
}
