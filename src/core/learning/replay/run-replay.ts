import type { Ports } from '../../ports.ts';
import { BeaverError } from '../../../base/errors.ts';
import type { WorkspaceLayout } from '../../layout.ts';
import type { TransactionStep } from '../../skills/transaction-steps.ts';
import { timestamp } from '../../skills/version-writer.ts';
import { type AuditEventName, auditStep } from '../audit.ts';
import { assertOpen, type DraftView, staleDraft } from '../draft-view.ts';
import { benchmarkOf, type NamedRun } from './benchmark.ts';
import { BudgetMeter, DEFAULT_BUDGET, type ReplayBudget } from './budget.ts';
import { Interviewer, ReplayStopped } from './interviewer.ts';
import { findLinear } from './linear-pattern.ts';
import { readRecordedTasks } from './recorded-tasks.ts';
import { orderRuns, planReplay, type ReplayPlan } from './replay-plan.ts';
import type { ReplayReason, ReplayReport } from './replay-report.ts';
import { ReportStore } from './report-store.ts';
import { type PlannedRun, plannedRun, type RunRecord } from './run-record.ts';
import { runTask } from './task-run.ts';
import { weighRuns } from './weigh-runs.ts';

export interface ReplayDeps {
  readonly ports: Ports;
  readonly layout: WorkspaceLayout;
  readonly actor: string;
  /** Applies steps as one change, under the write lock. A replay takes minutes, and must not keep the lock for that long. */
  record(purpose: string, steps: readonly TransactionStep[]): Promise<void>;
}

export interface ReplayProgress {
  readonly phase: 'answering' | 'grading' | 'finished';
  readonly evalName: string;
  readonly arm: 'baseline' | 'candidate';
  readonly runNumber: number;
  /** Runs that are finished, those that were kept among them. */
  readonly finished: number;
  readonly planned: number;
  /** Used by this replay so far. */
  readonly tokens: number;
}

export interface ReplayRequest {
  /** Of each eval in each arm. Default 3; at most 20. */
  readonly runs?: number;
  readonly budget?: ReplayBudget;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export const DEFAULT_RUNS = 3;
export const MOST_RUNS = 20;
const RECORDED: AuditEventName = 'replay_recorded';

/**
 * Runs the evals of a skill with the current version and with the draft, and records what that says of the draft. Finished runs are kept
 * and not made again. What keeps it from a verdict is recorded as well: only a draft that cannot be compared is an error.
 * @throws BeaverError `draft_closed`, `draft_stale`, `draft_not_ready` with open conflicts, `replay_runs_invalid`, `schema_newer`.
 */
export async function runReplay(
  deps: ReplayDeps,
  view: DraftView,
  request: ReplayRequest,
): Promise<ReplayReport> {
  const rounds = request.runs ?? DEFAULT_RUNS;
  assertComparable(view, rounds);
  return new Replay(deps, view, request, rounds).run();
}

function assertComparable({ draft, status, assembled }: DraftView, rounds: number): void {
  if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > MOST_RUNS) {
    throw new BeaverError('replay_runs_invalid', `A replay makes 1 to ${MOST_RUNS} runs of each eval.`, {
      nextStep: 'Give a number of runs in that range.',
      field: 'runs',
    });
  }
  assertOpen(draft);
  if (status === 'stale') throw staleDraft();
  if (assembled.conflicts.length === 0) return;
  throw new BeaverError('draft_not_ready', 'A draft with open conflicts has no content that could be run.', {
    nextStep: 'Settle the conflicts, then run the replay.',
    field: 'conflicts',
  });
}

class Replay {
  readonly #deps: ReplayDeps;
  readonly #view: DraftView;
  readonly #request: ReplayRequest;
  readonly #rounds: number;
  readonly #store: ReportStore;
  readonly #meter: BudgetMeter;
  readonly #budget: ReplayBudget;
  /** What is finished, in the order of the plan. */
  readonly #done = new Map<PlannedRun, RunRecord>();
  #kept = 0;
  #estimated = false;

  constructor(deps: ReplayDeps, view: DraftView, request: ReplayRequest, rounds: number) {
    const { clock, files } = deps.ports;
    this.#deps = deps;
    this.#view = view;
    this.#request = request;
    this.#rounds = rounds;
    this.#budget = request.budget ?? DEFAULT_BUDGET;
    this.#meter = new BudgetMeter(this.#budget, () => clock.now());
    this.#store = new ReportStore(files, deps.layout);
  }

  async run(): Promise<ReplayReport> {
    const plan = await this.#plan();
    if (plan.cases.length === 0) {
      const none = plan.fromSkill + plan.recorded === 0 && plan.findings.length === 0;
      return this.#finish(plan, null, [], new ReplayStopped(none ? 'no_evals' : 'nothing_to_check'));
    }
    const { models } = this.#deps.ports;
    const model = models === undefined ? null : await models.selected();
    if (models === undefined || model === null)
      return this.#finish(plan, null, [], new ReplayStopped('no_model'));

    const runs = await this.#withKept(plan, model);
    const open = runs.filter((planned) => !this.#done.has(planned));
    const { maxSeconds } = this.#budget;
    const timeUp =
      maxSeconds === undefined ? undefined : AbortSignal.timeout(Math.max(0, Math.ceil(maxSeconds * 1000)));
    const interviewer = new Interviewer(models, this.#meter, this.#request.signal, timeUp);
    let stopped: ReplayStopped | undefined;
    try {
      for (const planned of open) await this.#make(planned, runs.length, interviewer, model);
    } catch (error) {
      if (!(error instanceof ReplayStopped)) throw error;
      stopped = error;
    }
    this.#estimated = interviewer.estimated;
    return this.#finish(plan, model, runs, stopped);
  }

  async #plan(): Promise<ReplayPlan> {
    const { ports, layout } = this.#deps;
    const { draft, assembled } = this.#view;
    const { local } = assembled.sides;
    return planReplay({
      baseline: { treeHash: local.digest.treeHash, bytes: local.bytes },
      candidate: {
        treeHash: assembled.digest.treeHash,
        bytes: new Map(assembled.files.map((file) => [file.path, file.bytes])),
      },
      recorded: await readRecordedTasks(ports.files, layout, draft.skill_name),
    });
  }

  /**
   * The runs of this replay, with those that are kept from earlier ones. Kept runs beyond the number that is asked for count too: nobody
   * can drop the runs that did not please and keep the others.
   */
  async #withKept(plan: ReplayPlan, model: string): Promise<readonly PlannedRun[]> {
    const runs = [...orderRuns(plan, this.#rounds, model)];
    for (const planned of runs) await this.#keep(planned);
    for (let round = this.#rounds + 1; round <= MOST_RUNS; round++) {
      const before = this.#kept;
      for (const task of plan.cases) {
        for (const arm of [plan.arms.baseline, plan.arms.candidate]) {
          const planned = plannedRun(arm, task, round, model);
          if (await this.#keep(planned)) runs.push(planned);
        }
      }
      if (this.#kept === before) break;
    }
    return runs;
  }

  async #keep(planned: PlannedRun): Promise<boolean> {
    const record = await this.#store.run(this.#view.draft.draft_id, planned);
    if (record === undefined) return false;
    this.#done.set(planned, record);
    this.#kept += 1;
    return true;
  }

  async #make(planned: PlannedRun, total: number, interviewer: Interviewer, model: string): Promise<void> {
    const tell = (phase: ReplayProgress['phase']): void => {
      this.#request.onProgress?.({
        phase,
        evalName: planned.task.name,
        arm: planned.arm.name,
        runNumber: planned.number,
        finished: this.#done.size,
        planned: total,
        tokens: this.#meter.tokens,
      });
    };
    const { clock } = this.#deps.ports;
    const finished = await runTask({ interviewer, clock, find: findLinear, model, onPhase: tell }, planned);
    const steps = this.#store.runSteps(this.#view.draft.draft_id, planned, finished);
    await this.#deps.record('keep a run of a replay', steps);
    this.#done.set(planned, finished.record);
    tell('finished');
  }

  async #finish(
    plan: ReplayPlan,
    model: string | null,
    runs: readonly PlannedRun[],
    stopped: ReplayStopped | undefined,
  ): Promise<ReplayReport> {
    const { ports, layout, actor } = this.#deps;
    const { draft } = this.#view;
    const report = this.#report(plan, model, runs, stopped);
    const named: NamedRun[] = [...this.#done].map(([{ task }, record]) => ({ evalName: task.name, record }));
    const benchmark = benchmarkOf(report, layout.display(layout.skill(draft.skill_name)), named);
    // A replay that came to no verdict does not undo one that did: else the way past a bad verdict would be to start another and stop it.
    const stands = report.verdict === null && (await this.#hasVerdict(report));
    await this.#deps.record('record a replay', [
      ...(stands ? [] : this.#store.reportSteps(report, benchmark)),
      auditStep(layout, ports.ids.transaction(), report.at, actor, RECORDED, {
        plugin_id: draft.plugin_id,
        skill_name: draft.skill_name,
        detail: {
          draft_id: draft.draft_id,
          content_hash: report.content_hash,
          status: report.status,
          verdict: report.verdict,
          reason: report.reason,
        },
      }),
    ]);
    return report;
  }

  async #hasVerdict({ content_hash, base_tree_hash }: ReplayReport): Promise<boolean> {
    const stored = await this.#store.read(this.#view.draft.draft_id);
    if (stored.kind !== 'report' || stored.report.verdict === null) return false;
    return stored.report.content_hash === content_hash && stored.report.base_tree_hash === base_tree_hash;
  }

  #report(
    plan: ReplayPlan,
    model: string | null,
    runs: readonly PlannedRun[],
    stopped: ReplayStopped | undefined,
  ): ReplayReport {
    const { draft, assembled } = this.#view;
    const reason: ReplayReason | null = stopped?.reason ?? null;
    const weighed = weighRuns([...this.#done], draft.base_version);
    const cost = this.#meter.cost;
    return {
      schema_version: 1,
      draft_id: draft.draft_id,
      skill_name: draft.skill_name,
      content_hash: assembled.digest.treeHash,
      base_version: draft.base_version,
      base_tree_hash: assembled.sides.local.digest.treeHash,
      at: timestamp(this.#deps.ports),
      by: this.#deps.actor,
      model,
      status: reason === null ? 'completed' : this.#done.size > 0 ? 'incomplete' : 'not_run',
      reason,
      error_code: stopped?.errorCode ?? null,
      verdict: reason === null ? (weighed?.verdict ?? null) : null,
      evals: { source: plan.source, from_skill: plan.fromSkill, recorded: plan.recorded },
      runs: { planned: runs.length, finished: this.#done.size, kept: this.#kept, per_eval: this.#rounds },
      arms: weighed?.arms ?? null,
      difference: reason === null ? (weighed?.difference ?? null) : null,
      spent: {
        tokens: this.#meter.tokens,
        tokens_estimated: this.#estimated,
        cost: cost === null ? null : Math.round(cost * 1e6) / 1e6,
        seconds: Math.round(this.#meter.seconds * 1000) / 1000,
      },
      findings: plan.findings.map((finding) => ({ ...finding })),
    };
  }
}
