import type { ArmName } from './arm-material.ts';
import type { ReplayArm, ReplayReport } from './replay-report.ts';
import type { PlannedRun, RunRecord } from './run-record.ts';
import { bootstrapDifference, type PairedRates, summarise } from './statistics.ts';
import { NO_WORSE_MARGIN, type Verdict, verdictOf } from './verdict.ts';

export interface Weighed {
  readonly arms: { readonly baseline: ReplayArm; readonly candidate: ReplayArm };
  readonly difference: NonNullable<ReplayReport['difference']>;
  readonly verdict: Verdict;
}

/** What the finished runs say. Undefined until some eval has a run in both arms. The seed follows from the runs, so that the same runs say the same. */
export function weighRuns(
  runs: readonly (readonly [PlannedRun, RunRecord])[],
  baseVersion: string,
): Weighed | undefined {
  const byEval = new Map<string, Record<ArmName, number[]>>();
  for (const [{ task, arm }, record] of runs) {
    const rates = byEval.get(task.digest) ?? { baseline: [], candidate: [] };
    rates[arm.name].push(record.summary.pass_rate);
    byEval.set(task.digest, rates);
  }
  const paired: PairedRates[] = [...byEval.values()].filter(
    ({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0,
  );
  const baseline = armSummary('baseline', baseVersion, runs);
  const candidate = armSummary('candidate', null, runs);
  if (paired.length === 0 || baseline === undefined || candidate === undefined) return undefined;
  const seed = runs
    .map(([planned]) => planned.key)
    .sort()
    .join('\n');
  const interval = bootstrapDifference(paired, seed);
  return {
    arms: { baseline, candidate },
    difference: { ...interval, margin: NO_WORSE_MARGIN },
    verdict: verdictOf(interval, Math.min(baseline.runs, candidate.runs)),
  };
}

function armSummary(
  name: ArmName,
  version: string | null,
  runs: readonly (readonly [PlannedRun, RunRecord])[],
): ReplayArm | undefined {
  const own = runs.filter(([planned]) => planned.arm.name === name);
  const [first] = own;
  if (first === undefined) return undefined;
  const records = own.map(([, record]) => record);
  return {
    version,
    tree_hash: first[0].arm.treeHash,
    runs: records.length,
    pass_rate: summarise(records.map((record) => record.summary.pass_rate)),
    time_seconds: summarise(records.map((record) => record.timing.executor_duration_seconds)),
    tokens: summarise(records.map((record) => record.run.tokens)),
  };
}
