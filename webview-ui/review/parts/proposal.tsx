import type { JSX } from 'preact';
import { format } from '../format.ts';
import type { OpenDocument } from '../open-document.ts';
import type { ReviewStore } from '../review-store.ts';
import { ChoiceButton } from './choice-button.tsx';
import { Icon } from './icons.tsx';

/** What a model proposes for the current conflict, to be read before it is taken; or the way to ask for it. Only for conflicts of SKILL.md. */
export function Proposal({
  store,
  document,
  at,
}: {
  readonly store: ReviewStore;
  readonly document: OpenDocument;
  readonly at: number;
}): JSX.Element | null {
  const { strings } = store;
  const chunk = document.chunks[at];
  if (chunk?.kind !== 'conflict' || document.path !== 'SKILL.md' || document.editor.whole) return null;
  const { proposal } = document.host.value;
  const text = proposal?.texts[chunk.id];
  const taken = document.takeOf(at) === 'proposal';
  if (proposal !== null && text !== undefined) {
    return (
      <div class="proposal" role="group" aria-label={strings.proposal}>
        <div class="proposal-head">
          <Icon name="merge" />
          <strong>{strings.proposal}</strong>
          <span class="proposal-model">{proposal.model}</span>
          <ChoiceButton
            name={strings.takeProposal}
            keys="Alt+6"
            chosen={taken}
            disabled={!store.writable}
            act={() => {
              store.cursor.takeProposal(at);
            }}
          >
            {strings.takeProposal}
          </ChoiceButton>
        </div>
        <pre class="proposal-text" tabIndex={0}>
          {text === '' ? strings.proposalNothing : text}
        </pre>
      </div>
    );
  }
  const withheld = proposal?.withheld[chunk.id];
  return (
    <div class="proposal" role="group" aria-label={strings.proposal}>
      <div class="proposal-head">
        {withheld === undefined ? null : (
          <span class="proposal-withheld">
            <Icon name="warning" />
            {format(strings.proposalWithheld, withheld)}
          </span>
        )}
        <button
          type="button"
          class="button link"
          disabled={!store.writable || store.calls.busy.value !== undefined}
          onClick={() => void store.propose()}
        >
          <Icon name="merge" />
          {withheld === undefined ? strings.propose : strings.proposeAgain}
        </button>
      </div>
    </div>
  );
}
