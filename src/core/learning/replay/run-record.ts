import * as z from 'zod';
import { FieldDigest, type Sha256 } from '../../../base/digest.ts';
import type { Arm, ArmName } from './arm-material.ts';
import type { CheckResult } from './check.ts';
import type { EvalCase } from './eval-case.ts';

/** The folders of the arms, as the public layout names them where a skill is compared with its former self. */
export const ARM_FOLDERS: Readonly<Record<ArmName, string>> = {
  baseline: 'old_skill',
  candidate: 'with_skill',
};

const expectationSchema = z.object({ text: z.string(), passed: z.boolean(), evidence: z.string() });

/**
 * `runs/<eval>/<arm>/run-<n>/grading.json`: the public shape, and `run`, which says what exactly was run. It is written last, so that a
 * folder that has it holds a finished run.
 */
export const gradingSchema = z.looseObject({
  schema_version: z.literal(1),
  expectations: z.array(expectationSchema),
  summary: z.object({
    passed: z.int(),
    failed: z.int(),
    total: z.int(),
    pass_rate: z.number(),
  }),
  execution_metrics: z.object({
    tool_calls: z.record(z.string(), z.int()),
    total_tool_calls: z.int(),
    total_steps: z.int(),
    errors_encountered: z.int(),
    output_chars: z.int(),
    transcript_chars: z.int(),
  }),
  timing: z.object({
    executor_duration_seconds: z.number(),
    grader_duration_seconds: z.number(),
    total_duration_seconds: z.number(),
  }),
  run: z.object({
    /** Digest of the arm's tree, the eval, the model and the number: a run with another key is another run. */
    run_key: z.string(),
    arm: z.enum(['baseline', 'candidate']),
    tree_hash: z.string(),
    eval_id: z.string(),
    eval_digest: z.string(),
    run_number: z.int(),
    /** As it was chosen, and as the provider names what answered. */
    model: z.string(),
    executor_model: z.string(),
    finished_at: z.string(),
    finish: z.enum(['stop', 'length', 'refused']),
    /** Of the task alone, without its grading; counted or, where the provider does not say, estimated. */
    tokens: z.int(),
    grader_tokens: z.int(),
    tokens_estimated: z.boolean(),
    /** Expectations that a model judged; the others were checked by program. */
    graded_by_model: z.int(),
  }),
});
export type RunRecord = z.infer<typeof gradingSchema>;

/** `runs/<eval>/<arm>/run-<n>/timing.json`, in the public shape. */
export const timingSchema = z.looseObject({
  schema_version: z.literal(1),
  total_tokens: z.int(),
  duration_ms: z.number(),
  total_duration_seconds: z.number(),
  executor_start: z.string(),
  executor_end: z.string(),
  executor_duration_seconds: z.number(),
  grader_duration_seconds: z.number(),
});
export type RunTiming = z.infer<typeof timingSchema>;

/** One run that a replay is made of, before it is run. */
export interface PlannedRun {
  readonly arm: Arm;
  readonly task: EvalCase;
  /** From 1. */
  readonly number: number;
  readonly key: Sha256;
  /** POSIX, below the folder of the report. */
  readonly folder: string;
}

export function plannedRun(arm: Arm, task: EvalCase, number: number, model: string): PlannedRun {
  // Another way to ask would be another experiment: the domain is counted up with the prompts.
  const key = new FieldDigest('beaver-replay-run-v1')
    .field(arm.treeHash)
    .field(task.digest)
    .field(model)
    .field(String(number))
    .hex();
  return {
    arm,
    task,
    number,
    key,
    folder: `runs/${evalFolder(task)}/${ARM_FOLDERS[arm.name]}/run-${number}`,
  };
}

/** A name for people with a digest behind it: ids are written by plugin authors, and two may be the same. */
export function evalFolder(task: EvalCase): string {
  const name = task.id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return `eval-${name === '' ? '' : `${name}-`}${task.digest.slice(0, 8)}`;
}

/** What counts of the results of a run. */
export function gradedSummary(results: readonly CheckResult[]): RunRecord['summary'] {
  const passed = results.filter((result) => result.passed).length;
  const total = results.length;
  return {
    passed,
    failed: total - passed,
    total,
    pass_rate: total === 0 ? 0 : Math.round((passed / total) * 1e6) / 1e6,
  };
}
