import { sha256 } from '../../../base/digest.ts';

export interface Summary {
  readonly mean: number;
  /** Of the sample (n − 1); 0 for a single value. */
  readonly stddev: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError for no values at all. */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('nothing to summarise');
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean: rounded(mean),
    stddev: rounded(values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1))),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  };
}

/** The pass rates of the runs of one eval, in both arms; neither is empty. */
export interface PairedRates {
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

export interface Interval {
  /** Mean over the evals of candidate − baseline; −1 to 1. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly resamples: number;
}

const RESAMPLES = 4_000;
const CONFIDENCE = 0.95;

/**
 * The difference of the mean pass rates with its percentile bootstrap interval. Evals are drawn with replacement, and within each its
 * runs, each arm on its own: some tasks are harder than others, and the runs of one task are more alike than those of two. The same
 * rates and the same seed give the same interval on every machine (invariant 6).
 */
export function bootstrapDifference(
  evals: readonly PairedRates[],
  seed: string,
  { resamples = RESAMPLES, confidence = CONFIDENCE } = {},
): Interval {
  if (evals.length === 0) throw new RangeError('nothing to compare');
  const random = seededRandom(seed);
  const draw = (values: readonly number[]): number => {
    let sum = 0;
    for (let count = 0; count < values.length; count++)
      sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  };
  const differences = new Float64Array(resamples);
  for (let at = 0; at < resamples; at++) {
    let sum = 0;
    for (let count = 0; count < evals.length; count++) {
      const drawn = evals[Math.floor(random() * evals.length)];
      if (drawn !== undefined) sum += draw(drawn.candidate) - draw(drawn.baseline);
    }
    differences[at] = sum / evals.length;
  }
  differences.sort();
  const estimate = meanOf(evals.map(({ baseline, candidate }) => meanOf(candidate) - meanOf(baseline)));
  const tail = (1 - confidence) / 2;
  return {
    estimate: rounded(estimate),
    low: rounded(quantile(differences, tail)),
    high: rounded(quantile(differences, 1 - tail)),
    confidence,
    resamples,
  };
}

function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(position)] ?? 0, sorted[Math.ceil(position)] ?? 0];
  return below + (above - below) * (position - Math.floor(position));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** To six places: what is beyond them is arithmetic, and would differ in its last digit. */
function rounded(value: number): number {
  const result = Math.round(value * 1e6) / 1e6;
  return result === 0 ? 0 : result;
}

/** The generator "small fast counting" on 32 bits, started from a digest of the seed. 0 ≤ x < 1. */
function seededRandom(seed: string): () => number {
  const digest = sha256(seed);
  let [a, b, c, counter] = [0, 8, 16, 24].map((at) => Number.parseInt(digest.slice(at, at + 8), 16) | 0) as [
    number,
    number,
    number,
    number,
  ];
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
}
