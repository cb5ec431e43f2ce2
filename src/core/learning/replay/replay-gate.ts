import type { Finding } from '../../../base/errors.ts';
import type { PhraseParams } from '../../../base/phrase.ts';
import {
  GATE_FINDINGS,
  type GateFinding,
  type GateReasonCode,
  gateReport,
  type GateReport,
} from '../gate-report.ts';
import type { ReplayReport } from './replay-report.ts';
import { REPORT_FILE, type StoredReport } from './report-store.ts';

/** The setting `beaver.gates.replay`: whether a replay that was not run blocks. One that found the draft worse always does, unless it is off. */
export const replayPolicies = ['required', 'when_available', 'off'] as const;
export type ReplayPolicy = (typeof replayPolicies)[number];

/** What a report must speak of to count. */
export interface ReplaySubject {
  readonly contentHash: string;
  readonly baseTreeHash: string;
  /** Whether the draft or the current version has evals. */
  readonly hasEvals: boolean;
}

/** The report when it is of exactly this content on exactly this base; a report of anything else says nothing. */
export function matchingReport(stored: StoredReport, subject: ReplaySubject): ReplayReport | null {
  if (stored.kind !== 'report') return null;
  const { content_hash, base_tree_hash } = stored.report;
  return content_hash === subject.contentHash && base_tree_hash === subject.baseTreeHash
    ? stored.report
    : null;
}

/** Reads only what the last replay left: running one is an action of its own. */
export function replayGate(policy: ReplayPolicy, stored: StoredReport, subject: ReplaySubject): GateReport {
  if (policy === 'off') return gateReport('replay', 'not_run', 'replay_off');
  if (stored.kind === 'unreadable') {
    const { code, message, path } = stored.error;
    const unreadable = { code, message, next_step: 'Run the replay again.', path: path ?? REPORT_FILE };
    return gateReport('replay', 'failed', 'replay_unreadable', {}, [
      asGateFinding({ ...unreadable, severity: 'error' }),
    ]);
  }
  const report = matchingReport(stored, subject);
  const findings = (report?.findings ?? []).map(asGateFinding);
  if (report?.verdict != null) {
    const status = report.verdict === 'worse' ? 'failed' : 'passed';
    return gateReport('replay', status, `replay_${report.verdict}`, differenceParams(report), findings);
  }
  const why: GateReasonCode =
    report?.reason != null
      ? `replay_${report.reason}`
      : subject.hasEvals
        ? 'replay_not_run'
        : 'replay_skill_without_evals';
  return policy === 'required'
    ? gateReport('replay', 'failed', why, {}, [required(), ...findings])
    : gateReport('replay', 'not_run', why, {}, findings);
}

function required(): GateFinding {
  const code = 'replay_required';
  return asGateFinding({ code, severity: 'error', ...GATE_FINDINGS[code], path: REPORT_FILE });
}

function asGateFinding(finding: Finding): GateFinding {
  return { ...finding, phrase: finding.code, params: {}, span: null, acknowledgement: 'none' };
}

/** In points of a hundred, with their sign. */
function differenceParams({ difference, arms }: ReplayReport): PhraseParams {
  if (difference === null || arms === null) return {};
  const points = (rate: number): string => {
    const rounded = Math.round(rate * 100);
    return rounded > 0 ? `+${rounded}` : String(rounded);
  };
  return {
    estimate: points(difference.estimate),
    low: points(difference.low),
    high: points(difference.high),
    confidence: Math.round(difference.confidence * 100),
    runs: arms.baseline.runs + arms.candidate.runs,
  };
}
