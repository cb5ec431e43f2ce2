import type { Finding } from '../../../base/errors.ts';
import { type Arm, armOf } from './arm-material.ts';
import type { EvalCase } from './eval-case.ts';
import { EVALS_FILE, readEvals, type ReadEvals } from './evals-file.ts';
import { type PlannedRun, plannedRun } from './run-record.ts';

/** The two trees of a draft, and the tasks that were recorded for its skill. */
export interface ReplaySources {
  readonly baseline: { readonly treeHash: string; readonly bytes: ReadonlyMap<string, Uint8Array> };
  readonly candidate: { readonly treeHash: string; readonly bytes: ReadonlyMap<string, Uint8Array> };
  readonly recorded: ReadEvals;
}

/** What a replay is about, before a model is asked anything. */
export interface ReplayPlan {
  readonly arms: { readonly baseline: Arm; readonly candidate: Arm };
  readonly source: 'draft' | 'local' | null;
  /** Those that say something that can be checked. */
  readonly cases: readonly EvalCase[];
  readonly fromSkill: number;
  readonly recorded: number;
  readonly findings: readonly Finding[];
}

/**
 * The same tasks and checks for both arms: the draft's evals, which the merge has brought together, or the current version's where the
 * draft has none, so that a release cannot do away with what it is measured by; and every recorded task.
 */
export function planReplay({ baseline, candidate, recorded }: ReplaySources): ReplayPlan {
  const source = candidate.bytes.has(EVALS_FILE) ? 'draft' : baseline.bytes.has(EVALS_FILE) ? 'local' : null;
  const tree = source === 'local' ? baseline.bytes : candidate.bytes;
  const fromSkill = source === null ? undefined : readEvals(tree, source);
  const all = [...(fromSkill?.cases ?? []), ...recorded.cases];
  const cases = [...new Map(all.filter(isCheckable).map((task) => [task.digest, task])).values()];
  return {
    arms: {
      baseline: armOf('baseline', baseline.treeHash, entriesOf(baseline.bytes)),
      candidate: armOf('candidate', candidate.treeHash, entriesOf(candidate.bytes)),
    },
    source,
    cases,
    fromSkill: fromSkill?.cases.length ?? 0,
    recorded: recorded.cases.length,
    findings: [...(fromSkill?.findings ?? []), ...recorded.findings],
  };
}

function isCheckable(task: EvalCase): boolean {
  return task.checks.some((check) => check.kind !== 'uncheckable');
}

function entriesOf(bytes: ReadonlyMap<string, Uint8Array>): readonly { path: string; bytes: Uint8Array }[] {
  return [...bytes].map(([path, content]) => ({ path, bytes: content }));
}

/**
 * The order of the runs: round by round through the evals, the arms next to each other and in turn first, so that neither has the better
 * hour and a replay that ends early has as much of each.
 */
export function orderRuns(plan: ReplayPlan, rounds: number, model: string): readonly PlannedRun[] {
  const { baseline, candidate } = plan.arms;
  const runs: PlannedRun[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const [at, task] of plan.cases.entries()) {
      const pair = (round + at) % 2 === 0 ? [baseline, candidate] : [candidate, baseline];
      for (const arm of pair) runs.push(plannedRun(arm, task, round, model));
    }
  }
  return runs;
}
