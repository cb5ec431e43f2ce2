import type { Interval } from './statistics.ts';

export const verdicts = ['improved', 'no_worse', 'worse', 'inconclusive'] as const;
export type Verdict = (typeof verdicts)[number];

/** Pass rate that a candidate may lie below the baseline and still count as no worse. */
export const NO_WORSE_MARGIN = 0.1;
/** Runs that each arm needs: of fewer, an interval says nothing. */
export const FEWEST_RUNS = 3;

/**
 * What the interval of the difference allows to say: improved or worse when it lies on one side of zero, no worse when it stays above
 * the margin, and otherwise nothing.
 */
export function verdictOf(interval: Interval, runsPerArm: number): Verdict {
  if (runsPerArm < FEWEST_RUNS) return 'inconclusive';
  if (interval.low > 0) return 'improved';
  if (interval.high < 0) return 'worse';
  return interval.low >= -NO_WORSE_MARGIN ? 'no_worse' : 'inconclusive';
}
