import type { JSX } from 'preact';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import type { ViewFinding, ViewGate } from '../../../src/protocol/review-view.ts';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';
import { Icon, type IconName } from './icons.tsx';
import { ReplayActions } from './replay-actions.tsx';

const GATE_ICONS: Readonly<Record<ViewGate['status'], IconName>> = {
  passed: 'check',
  failed: 'warning',
  needs_acknowledgement: 'info',
  not_run: 'circle',
};

/** In the order in which they run: those that have not reported yet are shown too. */
const GATES = ['conflicts', 'supporting_files', 'safety', 'preservation', 'replay'];

/** The gates with what they found; what a person is asked about can be acknowledged here, rule by rule. */
export function Checks({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  const { gates, checking } = store.draft.value;
  const busy = store.calls.busy.value;
  const running = busy === 'check' || store.documents.saving.value > 0;
  const reported = new Set(gates.map(({ gate }) => gate));
  const partial = checking || store.block.value?.reason === 'unchecked';
  const missing = partial ? GATES.filter((gate) => !reported.has(gate)) : [];
  return (
    <section aria-busy={running || checking}>
      <div class="section-head">
        <h2 class="section-title">{strings.checks}</h2>
        {busy === 'check' || checking ? (
          <button type="button" class="button link" onClick={() => void store.cancel()}>
            {strings.cancelChecks}
          </button>
        ) : (
          <button
            type="button"
            class="button link"
            disabled={!store.writable || busy !== undefined}
            onClick={() => void store.check()}
          >
            {strings.runChecks}
          </button>
        )}
      </div>
      <ul class="gates">
        {gates.map((gate) => (
          <GateRow
            key={gate.gate}
            gate={gate}
            store={store}
            running={running || (busy === 'replay' && gate.gate === 'replay')}
          />
        ))}
        {missing.map((gate) => (
          <GateRow
            key={gate}
            gate={{ gate, code: '', status: 'not_run', reason: '', findings: [] }}
            store={store}
            running={running || checking}
          />
        ))}
      </ul>
    </section>
  );
}

function GateRow({
  gate,
  store,
  running,
}: {
  readonly gate: ViewGate;
  readonly store: ReviewStore;
  readonly running: boolean;
}): JSX.Element {
  const { strings } = store;
  return (
    <li class={`gate gate-${running ? 'running' : gate.status}`}>
      <div class="gate-head">
        <Icon name={running ? 'circle' : GATE_ICONS[gate.status]} />
        <span class="gate-name">{gateName(strings, gate.gate)}</span>
        <span class="gate-status">{running ? strings.gateRunning : statusWords(strings, gate.status)}</span>
      </div>
      {gate.reason === '' ? null : <p class="gate-reason">{gate.reason}</p>}
      {gate.gate === 'replay' && gate.code !== '' ? <ReplayActions store={store} gate={gate} /> : null}
      {groups(gate.findings).map((findings) => (
        <FindingGroup key={findings[0]?.code} findings={findings} store={store} />
      ))}
    </li>
  );
}

/** The findings of one rule stand together, in the order in which the rules come. */
function groups(findings: readonly ViewFinding[]): readonly (readonly ViewFinding[])[] {
  return [...Map.groupBy(findings, ({ code }) => code).values()];
}

function FindingGroup({
  findings,
  store,
}: {
  readonly findings: readonly ViewFinding[];
  readonly store: ReviewStore;
}): JSX.Element {
  const { strings } = store;
  const open = findings.filter(({ acknowledgement }) => acknowledgement === 'needed').length;
  const given = findings.some(({ acknowledgement }) => acknowledgement === 'given');
  const rule = findings[0]?.code ?? '';
  return (
    <div class="finding-group">
      {findings.map((finding, at) => (
        <FindingRow key={at} finding={finding} store={store} />
      ))}
      {open > 0 ? (
        <button
          type="button"
          class="button secondary acknowledge"
          disabled={!store.writable || store.calls.busy.value !== undefined}
          onClick={() => void store.acknowledge([rule])}
        >
          {open === 1 ? strings.acknowledgeOne : format(strings.acknowledgeMany, open)}
        </button>
      ) : null}
      {given ? (
        <p class="acknowledged">
          <Icon name="check" /> {strings.acknowledged}
        </p>
      ) : null}
    </div>
  );
}

function FindingRow({
  finding,
  store,
}: {
  readonly finding: ViewFinding;
  readonly store: ReviewStore;
}): JSX.Element {
  const { strings } = store;
  const severity = {
    error: strings.severityError,
    warning: strings.severityWarning,
    info: strings.severityInfo,
  }[finding.severity];
  const { span, path } = finding;
  const place = span === null ? path : `${path}:${span.line + 1}`;
  const file = store.draft.value.files.find((candidate) => candidate.path === path);
  return (
    <div class={`finding finding-${finding.severity}`}>
      <span class="finding-severity">{severity}</span>{' '}
      {file === undefined ? (
        <span class="finding-path">{place}</span>
      ) : (
        <button
          type="button"
          class="finding-path finding-place"
          title={strings.showInResult}
          onClick={() => void store.showPlace(path, span)}
        >
          {place}
        </button>
      )}
      <div>{finding.message}</div>
      <div class="hint">{finding.nextStep}</div>
    </div>
  );
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

/** The name of a gate; one of a newer host stays as it is. */
export function gateName(strings: ReviewStrings, gate: string): string {
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
