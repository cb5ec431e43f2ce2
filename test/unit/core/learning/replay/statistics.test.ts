import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  bootstrapDifference,
  type PairedRates,
  summarise,
} from '../../../../../src/core/learning/replay/statistics.ts';
import { verdictOf } from '../../../../../src/core/learning/replay/verdict.ts';
import { SeededRandom } from '../../../../support/seeded-random.ts';

const rate = fc.integer({ min: 0, max: 4 }).map((passed) => passed / 4);
const rates = fc.array(rate, { minLength: 1, maxLength: 5 });
const evals = fc.array(fc.record({ baseline: rates, candidate: rates }), { minLength: 1, maxLength: 6 });
const quick = { resamples: 400 };

describe('A summary', () => {
  it('has the mean, the deviation of a sample, and both ends', () => {
    assert.deepEqual(summarise([1, 0, 1, 1]), { mean: 0.75, stddev: 0.5, min: 0, max: 1 });
    assert.deepEqual(summarise([0.4]), { mean: 0.4, stddev: 0, min: 0.4, max: 0.4 });
    assert.throws(() => summarise([]), RangeError);
  });
});

describe('The bootstrap interval of a difference', () => {
  it('is the same for the same rates and seed, and another for another seed', () => {
    fc.assert(
      fc.property(evals, fc.string(), (sample, seed) => {
        assert.deepEqual(bootstrapDifference(sample, seed, quick), bootstrapDifference(sample, seed, quick));
      }),
    );
    const noisy: PairedRates[] = [
      { baseline: [0.1, 0.95, 0.2, 0.9, 0.7], candidate: [1, 0.85, 0.05, 0.5, 0.25] },
      { baseline: [0.3, 0.15, 0.6], candidate: [0.75, 0.4, 0.55] },
    ];
    assert.notDeepEqual(bootstrapDifference(noisy, 'a', quick), bootstrapDifference(noisy, 'b', quick));
  });

  it('lies between −1 and 1, its ends in order', () => {
    fc.assert(
      fc.property(evals, fc.string(), (sample, seed) => {
        const { low, high, estimate } = bootstrapDifference(sample, seed, quick);
        assert(-1 <= low && low <= high && high <= 1 && -1 <= estimate && estimate <= 1);
      }),
    );
  });

  it('is nothing but zero when both arms did the same in every run', () => {
    fc.assert(
      fc.property(fc.array(rate, { minLength: 1, maxLength: 6 }), fc.string(), (passed, seed) => {
        const sample = passed.map((value) => ({
          baseline: [value, value],
          candidate: [value, value, value],
        }));
        const { low, high, estimate } = bootstrapDifference(sample, seed, quick);
        assert.deepEqual([low, estimate, high], [0, 0, 0]);
      }),
    );
  });

  it('is the whole difference when every run of one arm beats every run of the other by as much', () => {
    const sample = [0.25, 0.5].map((value) => ({
      baseline: [value, value, value],
      candidate: [value + 0.5, value + 0.5],
    }));
    const { low, high, estimate } = bootstrapDifference(sample, 'seed');
    assert.deepEqual([low, estimate, high], [0.5, 0.5, 0.5]);
  });

  it('is narrower with more runs of the same kind', () => {
    const times = (values: readonly number[], count: number) =>
      Array.from({ length: count }, () => values).flat();
    const width = (count: number): number => {
      const sample = { baseline: times([0, 1, 0.5], count), candidate: times([1, 0.5, 0.5], count) };
      const { low, high } = bootstrapDifference([sample], 's');
      return high - low;
    };
    assert(width(4) < width(1));
  });

  it('seldom calls a candidate worse that is as good as the baseline', () => {
    const random = new SeededRandom(7);
    const flips = (chance: number): number[] =>
      Array.from({ length: 5 }, () => (random.below(1000) < chance * 1000 ? 1 : 0));
    let worse = 0;
    for (let trial = 0; trial < 300; trial++) {
      const sample = [0.3, 0.5, 0.7, 0.9, 0.6].map((chance) => ({
        baseline: flips(chance),
        candidate: flips(chance),
      }));
      if (verdictOf(bootstrapDifference(sample, String(trial), quick), 25) === 'worse') worse++;
    }
    assert(worse <= 30, `${worse} of 300`);
  });

  it('refuses to compare nothing', () => {
    assert.throws(() => bootstrapDifference([], 'seed'), RangeError);
  });
});

describe('The verdict', () => {
  const of = (low: number, high: number, runs = 6) =>
    verdictOf({ estimate: 0, low, high, confidence: 0.95, resamples: 1 }, runs);

  it('follows where the interval lies', () => {
    assert.equal(of(0.01, 0.4), 'improved');
    assert.equal(of(-0.4, -0.01), 'worse');
    assert.equal(of(-0.1, 0.3), 'no_worse');
    assert.equal(of(0, 0), 'no_worse');
    assert.equal(of(-0.11, 0.3), 'inconclusive');
  });

  it('is open with fewer than three runs in an arm, whatever they say', () => {
    assert.equal(of(-1, -1, 2), 'inconclusive');
    assert.equal(of(-1, -1, 3), 'worse');
  });
});
