import { SeededRandom } from '../test/support/seeded-random.ts';
import type { MergeCase, Verdict } from './merge-judge.ts';

/** What a wrong result costs, in conflicts. */
export const WRONG = 5;

export interface JudgedCase {
  readonly one: MergeCase;
  readonly verdict: Verdict;
}

interface Tally {
  readonly cost: number;
  readonly cases: number;
}

/** Conflicts and {@link WRONG} × wrong results per case whose result is known and mechanical, or that must conflict. */
export function costOf(judged: readonly JudgedCase[]): number {
  return rate([tallyOf(judged)]);
}

/** How far two sets of repositories are apart by chance, in cost. */
export interface Spread {
  readonly median: number;
  /** 95 of 100 differences are no larger. */
  readonly p95: number;
  /** Share of the differences that are larger than the one that was observed. */
  readonly larger: number;
}

/** Halves the repositories at random, `draws` times. The seed makes it the same on every machine. */
export function spreadOfHalves(judged: readonly JudgedCase[], observed: number, draws = 20_000): Spread {
  const tallies = byRepository(judged);
  const random = new SeededRandom(1);
  return spreadOf(draws, observed, () => {
    const drawn = [...tallies];
    for (let at = drawn.length - 1; at > 0; at -= 1) swap(drawn, at, random.below(at + 1));
    const half = drawn.length >> 1;
    return Math.abs(rate(drawn.slice(0, half)) - rate(drawn.slice(half)));
  });
}

/** Draws two sets of as many repositories as there are, with replacement, `draws` times: as another set of the same size would differ. */
export function spreadOfSets(judged: readonly JudgedCase[], observed: number, draws = 20_000): Spread {
  const tallies = byRepository(judged);
  const random = new SeededRandom(2);
  const set = (): readonly Tally[] =>
    tallies.flatMap(() => {
      const one = tallies[random.below(tallies.length)];
      return one === undefined ? [] : [one];
    });
  return spreadOf(draws, observed, () => Math.abs(rate(set()) - rate(set())));
}

function spreadOf(draws: number, observed: number, draw: () => number): Spread {
  const differences = Array.from({ length: draws }, draw).sort((a, b) => a - b);
  const at = (part: number): number => differences[Math.floor(part * draws)] ?? 0;
  return {
    median: at(0.5),
    p95: at(0.95),
    larger: differences.filter((difference) => difference > observed).length / draws,
  };
}

function byRepository(judged: readonly JudgedCase[]): readonly Tally[] {
  const found = new Map<string, JudgedCase[]>();
  for (const each of judged) found.set(each.one.repo, [...(found.get(each.one.repo) ?? []), each]);
  return [...found.values()].map(tallyOf);
}

function tallyOf(judged: readonly JudgedCase[]): Tally {
  let cost = 0;
  let cases = 0;
  for (const { one, verdict } of judged) {
    const contradiction = one.resolved === null && !one.versionOnly;
    if (!contradiction && !(one.resolved !== null && one.mechanical)) continue;
    cases += 1;
    if (verdict.bad || verdict.falseClean) cost += WRONG;
    else if (!verdict.clean && !contradiction) cost += 1;
  }
  return { cost, cases };
}

function rate(tallies: readonly Tally[]): number {
  const cases = tallies.reduce((sum, tally) => sum + tally.cases, 0);
  return cases === 0 ? 0 : tallies.reduce((sum, tally) => sum + tally.cost, 0) / cases;
}

function swap(list: Tally[], a: number, b: number): void {
  const [one, other] = [list[a], list[b]];
  if (one === undefined || other === undefined) return;
  list[a] = other;
  list[b] = one;
}
