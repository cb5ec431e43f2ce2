import * as z from 'zod';
import type { ReplayReport } from './replay-report.ts';
import type { RunRecord } from './run-record.ts';

const statistic = z.object({ mean: z.number(), stddev: z.number(), min: z.number(), max: z.number() });
const configuration = z.object({ pass_rate: statistic, time_seconds: statistic, tokens: statistic });

/**
 * `reports/<draft>/benchmark.json` in the public shape, so that its viewers read it. They know two configurations by name: `with_skill` is
 * the candidate and `without_skill` the current version, as `notes` says.
 */
export const benchmarkSchema = z.looseObject({
  schema_version: z.literal(1),
  metadata: z.looseObject({
    skill_name: z.string(),
    /** Relative to the workspace. */
    skill_path: z.string(),
    executor_model: z.string(),
    analyzer_model: z.string(),
    timestamp: z.string(),
    evals_run: z.array(z.string()),
    runs_per_configuration: z.int(),
  }),
  runs: z.array(
    z.looseObject({
      eval_id: z.union([z.int(), z.string()]),
      eval_name: z.string(),
      configuration: z.enum(['with_skill', 'without_skill']),
      run_number: z.int(),
      result: z.object({
        pass_rate: z.number(),
        passed: z.int(),
        failed: z.int(),
        total: z.int(),
        time_seconds: z.number(),
        tokens: z.int(),
        tool_calls: z.int(),
        errors: z.int(),
      }),
      expectations: z.array(z.object({ text: z.string(), passed: z.boolean(), evidence: z.string() })),
      notes: z.array(z.string()),
    }),
  ),
  run_summary: z.object({
    with_skill: configuration,
    without_skill: configuration,
    delta: z.object({ pass_rate: z.string(), time_seconds: z.string(), tokens: z.string() }),
  }),
  notes: z.array(z.string()),
});
export type Benchmark = z.infer<typeof benchmarkSchema>;

/** A finished run with what its eval is called. */
export interface NamedRun {
  readonly evalName: string;
  readonly record: RunRecord;
}

/** Undefined while an arm has no run. */
export function benchmarkOf(
  report: ReplayReport,
  skillPath: string,
  runs: readonly NamedRun[],
): Benchmark | undefined {
  const { arms, model, difference, verdict } = report;
  if (arms === null || model === null) return undefined;
  const { baseline, candidate } = arms;
  const interval =
    difference === null
      ? 'The replay is not complete: there is no verdict yet.'
      : `Verdict: ${verdict ?? 'none'}; difference of the pass rates ${difference.estimate}, ${Math.round(difference.confidence * 100)} % bootstrap interval ${difference.low} to ${difference.high}.`;
  return {
    schema_version: 1,
    metadata: {
      skill_name: report.skill_name,
      skill_path: skillPath,
      executor_model: runs[0]?.record.run.executor_model ?? model,
      analyzer_model: model,
      timestamp: report.at,
      evals_run: [...new Set(runs.map(({ record }) => record.run.eval_id))],
      runs_per_configuration: report.runs.per_eval,
    },
    runs: runs.map(benchmarkRun),
    run_summary: {
      with_skill: summaryOf(candidate),
      without_skill: summaryOf(baseline),
      delta: {
        pass_rate: signed(candidate.pass_rate.mean - baseline.pass_rate.mean, 2),
        time_seconds: signed(candidate.time_seconds.mean - baseline.time_seconds.mean, 1),
        tokens: signed(candidate.tokens.mean - baseline.tokens.mean, 0),
      },
    },
    notes: [
      `with_skill is the draft ${report.draft_id}; without_skill is the skill as it is now, ${report.base_version}.`,
      interval,
    ],
  };
}

function benchmarkRun({ evalName, record }: NamedRun): Benchmark['runs'][number] {
  const { run, summary, timing, execution_metrics: metrics } = record;
  const notes: Record<typeof run.finish, readonly string[]> = {
    stop: [],
    length: ['The result was cut off at its greatest length.'],
    refused: ['The model refused the task.'],
  };
  return {
    eval_id: /^\d{1,9}$/.test(run.eval_id) ? Number(run.eval_id) : run.eval_id,
    eval_name: evalName,
    configuration: run.arm === 'candidate' ? 'with_skill' : 'without_skill',
    run_number: run.run_number,
    result: {
      ...summary,
      time_seconds: timing.executor_duration_seconds,
      tokens: run.tokens,
      tool_calls: metrics.total_tool_calls,
      errors: metrics.errors_encountered,
    },
    expectations: record.expectations,
    notes: [...notes[run.finish]],
  };
}

function summaryOf({
  pass_rate,
  time_seconds,
  tokens,
}: z.infer<typeof configuration>): z.infer<typeof configuration> {
  return { pass_rate, time_seconds, tokens };
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return value >= 0 && !text.startsWith('-') ? `+${text}` : text;
}
