import type { Finding } from '../../base/errors.ts';
import { filled, type PhraseParams } from '../../base/phrase.ts';

export const gateNames = ['conflicts', 'supporting_files', 'safety', 'preservation', 'replay'] as const;
export type GateName = (typeof gateNames)[number];

/** `failed` and `needs_acknowledgement` keep a draft from being approved and published; the latter until a person has said so. */
export const gateStatuses = ['passed', 'failed', 'needs_acknowledgement', 'not_run'] as const;
export type GateStatus = (typeof gateStatuses)[number];

/** Zero-based lines and columns in the file of a finding, columns in UTF-16 units, the end exclusive. */
export interface TextSpan {
  readonly line: number;
  readonly column: number;
  readonly end_line: number;
  readonly end_column: number;
}

export interface GateFinding extends Finding {
  /** Stable code of `message`, and what fills it; `code` is the rule, whose advice is `next_step`. */
  readonly phrase: string;
  readonly params: PhraseParams;
  /** Null for a finding about a whole file. */
  readonly span: TextSpan | null;
  /** Whether a person has to say that they have seen it, and whether somebody did for exactly this content. */
  readonly acknowledgement: 'none' | 'needed' | 'given';
}

/** What a draft must pass to be published, whoever approves (invariant 8). */
export interface GateReport {
  readonly gate: GateName;
  readonly status: GateStatus;
  readonly reason: string;
  /** Stable code of `reason`, and what fills it. */
  readonly code: string;
  readonly params: PhraseParams;
  readonly findings: readonly GateFinding[];
}

/** What the gates say, by code. */
export const GATE_REASONS = {
  conflicts_none: 'No conflict is open.',
  conflicts_one: '1 conflict is open.',
  conflicts_open: '{count} conflicts are open.',
  files_decided: 'Every file is decided.',
  files_one: '1 file must be chosen.',
  files_open: '{count} files must be chosen.',
  document_missing: 'SKILL.md is not in the result.',
  safety_nothing_added: 'No pattern of the rules was added.',
  safety_critical: 'Patterns of the rules that were added: {added}, of which block: {critical}.',
  safety_unacknowledged:
    'Patterns of the rules that were added: {added}, of which a person must acknowledge: {open}.',
  safety_acknowledged: 'Patterns of the rules that were added: {added}; they were acknowledged.',
  safety_informed: 'Patterns of the rules that were added: {added}, none of which needs an answer.',
  preservation_fast_forward: 'A fast-forward has no local edits to preserve.',
  preservation_kept: 'Sections of both sides are there.',
  preservation_lost: 'A section that must be kept is gone or lacks a part.',
  replay_off: 'The setting beaver.gates.replay switches replays off.',
  replay_unreadable: 'The report of the last replay cannot be used.',
  replay_not_run: 'No replay was run on this content.',
  replay_skill_without_evals: 'The skill has no evals.',
  replay_no_evals: 'Neither the draft nor the current version has evals, and no task was recorded.',
  replay_nothing_to_check: 'No eval says anything that a replay can check.',
  replay_no_model: 'No language model is set up.',
  replay_cancelled: 'The replay was cancelled; what had finished is kept.',
  replay_budget_tokens: 'The budget of tokens was used up; what had finished is kept.',
  replay_budget_cost: 'The budget of cost was used up; what had finished is kept.',
  replay_budget_time: 'The time was up; what had finished is kept.',
  replay_model_failed: 'The language model failed; what had finished is kept.',
  replay_grader_unusable: 'The grader gave no usable answer; what had finished is kept.',
  replay_improved:
    'Tasks succeed more often than with the current version: {estimate} points ({confidence} % interval {low} to {high}), {runs} runs.',
  replay_no_worse:
    'Tasks succeed as often as with the current version: {estimate} points ({confidence} % interval {low} to {high}), {runs} runs.',
  replay_worse:
    'Tasks succeed less often than with the current version: {estimate} points ({confidence} % interval {low} to {high}), {runs} runs.',
  replay_inconclusive:
    'The runs do not show which version is better: {estimate} points ({confidence} % interval {low} to {high}), {runs} runs.',
} as const;
export type GateReasonCode = keyof typeof GATE_REASONS;

/** What their findings say, by code; those of safety are said by its rules. */
export const GATE_FINDINGS = {
  section_not_preserved: {
    message: 'The section "{section}" is gone or lacks what a side says in it.',
    next_step: 'Put it back in the result, or settle its chunk on purpose.',
  },
  replay_required: {
    message: 'The setting beaver.gates.replay asks for a replay before anything is published.',
    next_step: 'Run the replay, or change the setting.',
  },
} as const;

export function gateReport(
  gate: GateName,
  status: GateStatus,
  code: GateReasonCode,
  params: PhraseParams = {},
  findings: readonly GateFinding[] = [],
): GateReport {
  return { gate, status, reason: filled(GATE_REASONS[code], params), code, params, findings };
}

/** True when the draft may not be approved or published. */
export function blocks(gates: readonly Pick<GateReport, 'status'>[]): boolean {
  return gates.some(isBlocking);
}

export function isBlocking({ status }: Pick<GateReport, 'status'>): boolean {
  return status === 'failed' || status === 'needs_acknowledgement';
}
