import type { DraftPayload } from '../../app/payloads.ts';
import type { ViewFinding, ViewGate } from '../../protocol/review-view.ts';
import type { Translate } from '../model/translate.ts';
import { findingWords, gateWords } from './core-words.ts';

type Gate = DraftPayload['gates'][number];

/** The gates as the webview shows them, in the language of the window. */
export function viewGates(gates: readonly Gate[], t: Translate): readonly ViewGate[] {
  return gates.map((gate) => viewGate(gate, t));
}

export function viewGate(gate: Gate, t: Translate): ViewGate {
  return {
    gate: gate.gate,
    code: gate.code,
    status: gate.status,
    reason: gateWords(gate, t),
    findings: gate.findings.map((finding) => viewFinding(finding, t)),
  };
}

function viewFinding(finding: Gate['findings'][number], t: Translate): ViewFinding {
  const { message, fix } = findingWords(finding, t);
  const { code, severity, path, span, acknowledgement } = finding;
  return {
    code,
    severity,
    message,
    nextStep: fix,
    path,
    span:
      span === null
        ? null
        : { line: span.line, column: span.column, endLine: span.end_line, endColumn: span.end_column },
    acknowledgement,
  };
}
