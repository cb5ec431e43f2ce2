import type { Clock } from '../../ports.ts';
import { type CheckResult, type FindPattern, runCheck } from './check.ts';
import { GRADER_OUTPUT_TOKENS, graderPrompt, readGrades } from './grader.ts';
import { type Answered, type Interviewer, ReplayStopped } from './interviewer.ts';
import { gradedSummary, type PlannedRun, type RunRecord, type RunTiming } from './run-record.ts';
import { TASK_OUTPUT_TOKENS, taskPrompt } from './task-prompt.ts';

export interface FinishedRun {
  readonly output: string;
  readonly timing: RunTiming;
  readonly record: RunRecord;
}

export interface TaskRunDeps {
  readonly interviewer: Interviewer;
  readonly clock: Clock;
  readonly find: FindPattern;
  /** As it was chosen. */
  readonly model: string;
  onPhase(phase: 'answering' | 'grading'): void;
}

/** How often a grader is asked before its answers are given up. */
const GRADER_ATTEMPTS = 3;

/**
 * Has a model do one task with one arm's skill, then grades the result: by program where a program can, by a model where only prose can
 * say it. @throws ReplayStopped
 */
export async function runTask(deps: TaskRunDeps, planned: PlannedRun): Promise<FinishedRun> {
  const { interviewer, clock } = deps;
  const { task, arm } = planned;
  const statements = task.checks.flatMap((check) => (check.kind === 'prose' ? [check.text] : []));
  deps.onPhase('answering');
  const started = clock.now();
  const question = { ...taskPrompt(arm, task), maxOutputTokens: TASK_OUTPUT_TOKENS };
  const answered = await interviewer.ask(question, await graderReserve(interviewer, planned, statements));
  const answeredAt = clock.now();
  const { text: output, finish } = answered.answer;

  const programmatic = task.checks.flatMap((check) =>
    check.kind === 'prose' || check.kind === 'uncheckable' ? [] : [runCheck(check, output, deps.find)],
  );
  if (statements.length > 0 && finish !== 'refused') deps.onPhase('grading');
  const graded = await grade(interviewer, planned, statements, answered);
  const finished = clock.now();

  const expectations = [...programmatic, ...graded.results];
  const seconds = (from: number, to: number): number => Math.round(to - from) / 1000;
  const timing: RunTiming = {
    schema_version: 1,
    total_tokens: answered.tokens,
    duration_ms: answeredAt - started,
    total_duration_seconds: seconds(started, finished),
    executor_start: new Date(started).toISOString(),
    executor_end: new Date(answeredAt).toISOString(),
    executor_duration_seconds: seconds(started, answeredAt),
    grader_duration_seconds: seconds(answeredAt, finished),
  };
  return {
    output,
    timing,
    record: {
      schema_version: 1,
      expectations: expectations.map((result) => ({ ...result })),
      summary: gradedSummary(expectations),
      execution_metrics: {
        tool_calls: {},
        total_tool_calls: 0,
        total_steps: 1,
        errors_encountered: finish === 'refused' ? 1 : 0,
        output_chars: output.length,
        transcript_chars: output.length,
      },
      timing: {
        executor_duration_seconds: timing.executor_duration_seconds,
        grader_duration_seconds: timing.grader_duration_seconds,
        total_duration_seconds: timing.total_duration_seconds,
      },
      run: {
        run_key: planned.key,
        arm: arm.name,
        tree_hash: arm.treeHash,
        eval_id: task.id,
        eval_digest: task.digest,
        run_number: planned.number,
        model: deps.model,
        executor_model: answered.answer.model,
        finished_at: new Date(finished).toISOString(),
        finish,
        tokens: answered.tokens,
        grader_tokens: graded.tokens,
        tokens_estimated: answered.estimated || graded.estimated,
        graded_by_model: graded.results.length,
      },
    },
  };
}

/** A result that cannot be graded for want of budget is a result for nothing: room for its grader is kept from the start. */
async function graderReserve(
  interviewer: Interviewer,
  { task }: PlannedRun,
  statements: readonly string[],
): Promise<{ input: number; output: number }> {
  if (statements.length === 0) return { input: 0, output: 0 };
  const empty = await interviewer.inputTokens(graderPrompt(task, statements, ''));
  return { input: empty + TASK_OUTPUT_TOKENS, output: GRADER_OUTPUT_TOKENS };
}

interface Grades {
  readonly results: readonly CheckResult[];
  readonly tokens: number;
  readonly estimated: boolean;
}

async function grade(
  interviewer: Interviewer,
  { task }: PlannedRun,
  statements: readonly string[],
  { answer }: Answered,
): Promise<Grades> {
  if (statements.length === 0) return { results: [], tokens: 0, estimated: false };
  if (answer.finish === 'refused') {
    const evidence = 'The model refused the task.';
    return {
      results: statements.map((text) => ({ text, passed: false, evidence })),
      tokens: 0,
      estimated: false,
    };
  }
  const question = { ...graderPrompt(task, statements, answer.text), maxOutputTokens: GRADER_OUTPUT_TOKENS };
  let tokens = 0;
  let estimated = false;
  for (let attempt = 1; attempt <= GRADER_ATTEMPTS; attempt++) {
    const verdict = await interviewer.ask(question, { input: 0, output: 0 });
    tokens += verdict.tokens;
    estimated ||= verdict.estimated;
    const results = readGrades(verdict.answer.text, statements);
    if (results !== undefined) return { results, tokens, estimated };
  }
  throw new ReplayStopped('grader_unusable');
}
