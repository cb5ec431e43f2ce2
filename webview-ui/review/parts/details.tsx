import type { JSX } from 'preact';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import type { ViewFileSource } from '../../../src/protocol/review-view.ts';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';
import { Checks } from './checks.tsx';
import { sourceWords } from './file-choice.tsx';
import { Icon } from './icons.tsx';
import { Replay } from './replay.tsx';

/** The strip beside the document: files, checks, decisions, provenance. */
export function Details({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  return (
    <aside class="details" aria-label={strings.details}>
      <Files store={store} />
      <Checks store={store} />
      <Replay store={store} />
      <Decisions store={store} />
      <Provenance store={store} />
    </aside>
  );
}

const SOURCE_SIGNS: Readonly<Record<ViewFileSource, string>> = {
  base: 'O',
  local: 'L',
  upstream: 'U',
  merged: 'M',
  resolved: 'R',
  conflict: '!',
  removed: 'D',
};

function Files({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  const { files } = store.draft.value;
  return (
    <section>
      <h2 class="section-title">{strings.files}</h2>
      <ul class="file-list">
        {files.map((file) => (
          <li key={file.path}>
            <button
              type="button"
              class={`file source-${file.source}`}
              aria-current={file.path === store.path.value ? 'true' : undefined}
              title={file.reason}
              onClick={() => void store.select(file.path)}
            >
              <Icon name="file" />
              <span class="file-path">{file.path}</span>
              {file.unresolved > 0 ? (
                <span class="count">{format(strings.fileOpen, file.unresolved)}</span>
              ) : null}
              <span class="sign" aria-hidden="true">
                {SOURCE_SIGNS[file.source]}
              </span>
              <span class="visually-hidden">{sourceWords(strings, file.source)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Decisions shown at once; a large document can have thousands. */
const SHOWN_DECISIONS = 200;

function Decisions({ store }: { readonly store: ReviewStore }): JSX.Element | null {
  const { strings } = store;
  const document = store.document.value;
  if (document === undefined) return null;
  const index = new Map(document.chunks.map(({ id }, at) => [id, at]));
  const decisions = document.view.decisions.slice(0, SHOWN_DECISIONS);
  return (
    <section>
      <h2 class="section-title">{strings.decisions}</h2>
      <DecisionSummary store={store} />
      <ul class="decisions">
        {decisions.map((decision, at) => {
          const chunk = index.get(decision.chunk);
          return (
            <li key={at}>
              <button
                type="button"
                class="decision"
                title={strings.goToChunk}
                aria-current={chunk !== undefined && chunk === document.current.value ? 'true' : undefined}
                onClick={() => {
                  if (chunk !== undefined) store.cursor.goTo(chunk);
                }}
              >
                <span class="decision-region">{decision.region}</span>
                {decision.reason}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What stands in place of decisions of the merge, and how many conflicts a person has settled. */
function DecisionSummary({ store }: { readonly store: ReviewStore }): JSX.Element | null {
  const { strings } = store;
  const document = store.document.value;
  if (document === undefined) return null;
  const settled = document.conflicts.length - document.open.value.length;
  if (settled > 0)
    return (
      <p class="hint">
        {settled === 1 ? strings.oneConflictSettled : format(strings.conflictsSettled, settled)}
      </p>
    );
  if (document.view.decisions.length > 0) return null;
  const open = document.open.value.length;
  if (open > 0) return <p class="hint">{format(strings.fileOpen, open)}</p>;
  return document.conflicts.length === 0 ? <p class="hint">{strings.noDecisions}</p> : null;
}

/** What the toolbar and the titles of the panes say already. */
const SHOWN_ABOVE: ReadonlySet<string> = new Set([
  'local_version',
  'merge_mode',
  'plugin_id',
  'plugin_version',
  'skill_name',
]);

function Provenance({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  const { provenance, baseVersion, review } = store.draft.value;
  return (
    <section>
      <h2 class="section-title">{strings.provenance}</h2>
      <dl class="provenance">
        <dt>{strings.version}</dt>
        <dd>{baseVersion}</dd>
        {provenance
          .filter(([key]) => !SHOWN_ABOVE.has(key))
          .map(([key, value]) => [
            <dt key={`k ${key}`}>{provenanceWords(strings, key)}</dt>,
            <dd key={`v ${key}`}>{shortened(value)}</dd>,
          ])}
        {review === null
          ? null
          : [
              <dt key="review">{strings.reviewedBy}</dt>,
              <dd key="review by">
                {review.by}, {new Date(review.at).toLocaleString(store.locale)}
              </dd>,
            ]}
      </dl>
    </section>
  );
}

/** A digest by its first characters, as git shows one. */
function shortened(value: string): JSX.Element {
  return /^[0-9a-f]{64}$/.test(value) ? <code title={value}>{value.slice(0, 12)}</code> : <>{value}</>;
}

/** Keys that the review has no words for stay as they are stored. */
function provenanceWords(strings: ReviewStrings, key: string): string {
  switch (key) {
    case 'base_upstream_tree_hash':
      return strings.shortBase;
    case 'new_upstream_tree_hash':
      return strings.shortUpstream;
    default:
      return key;
  }
}
