import type { JSX } from 'preact';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import type { ViewFileSource, ViewFinding, ViewGate } from '../../../src/protocol/review-view.ts';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';
import { sourceWords } from './file-choice.tsx';
import { Icon, type IconName } from './icons.tsx';
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

const GATE_ICONS: Readonly<Record<ViewGate['status'], IconName>> = {
  passed: 'check',
  failed: 'warning',
  needs_acknowledgement: 'warning',
  not_run: 'circle',
};

function Checks({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  const { gates } = store.draft.value;
  return (
    <section aria-busy={store.busy.value === 'check'}>
      <div class="section-head">
        <h2 class="section-title">{strings.checks}</h2>
        <button
          type="button"
          class="button link"
          disabled={!store.writable || store.busy.value !== undefined}
          onClick={() => void store.check()}
        >
          {strings.runChecks}
        </button>
      </div>
      <ul class="gates">
        {gates.map((gate) => (
          <li key={gate.gate} class={`gate gate-${gate.status}`}>
            <div class="gate-head">
              <Icon name={GATE_ICONS[gate.status]} />
              <span class="gate-name">{gateWords(strings, gate.gate)}</span>
              <span class="gate-status">{statusWords(strings, gate.status)}</span>
            </div>
            <p class="gate-reason">{gate.reason}</p>
            {gate.findings.map((finding, at) => (
              <FindingRow key={`${finding.code} ${at}`} finding={finding} strings={strings} />
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function FindingRow({
  finding,
  strings,
}: {
  readonly finding: ViewFinding;
  readonly strings: ReviewStrings;
}): JSX.Element {
  const severity = {
    error: strings.severityError,
    warning: strings.severityWarning,
    info: strings.severityInfo,
  }[finding.severity];
  return (
    <div class={`finding finding-${finding.severity}`}>
      <span class="finding-severity">{severity}</span> <span class="finding-path">{finding.path}</span>
      <div>{finding.message}</div>
      <div class="hint">{finding.nextStep}</div>
    </div>
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
      {decisions.length === 0 ? <p class="hint">{strings.noDecisions}</p> : null}
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
                  if (chunk !== undefined) store.goTo(chunk);
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

function statusWords(strings: ReviewStrings, status: ViewGate['status']): string {
  switch (status) {
    case 'passed':
      return strings.gatePassed;
    case 'failed':
      return strings.gateFailed;
    case 'needs_acknowledgement':
      return strings.gateNeedsAcknowledgement;
    case 'not_run':
      return strings.gateNotRun;
  }
}

function gateWords(strings: ReviewStrings, gate: string): string {
  switch (gate) {
    case 'conflicts':
      return strings.gateConflicts;
    case 'supporting_files':
      return strings.gateFiles;
    case 'safety':
      return strings.gateSafety;
    case 'preservation':
      return strings.gatePreservation;
    case 'replay':
      return strings.gateReplay;
    case 'review':
      return strings.gateReview;
    default:
      return gate;
  }
}
