import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import type { TestOutcome } from '../../test/support/results-reporter.ts';
import { testRoot } from './paths.ts';

/** The file for the outcomes of one suite, without what an earlier run left in it. */
export function freshResultsFile(suite: string): string {
  const file = path.join(testRoot, 'results', `${suite}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** The outcomes in `file`; undefined when the suite ended before it wrote them. */
export function readOutcomes(file: string): readonly TestOutcome[] | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(parsed) ? parsed.filter(isOutcome) : undefined;
  } catch {
    return undefined;
  }
}

/** As mocha's own list, for a suite that ran where nobody sees its output. */
export function printOutcomes(outcomes: readonly TestOutcome[]): void {
  for (const { title, state, duration, stack } of outcomes) {
    console.log(`  ${state === 'passed' ? '✓' : '✗'} ${title} (${duration} ms)`);
    if (state === 'failed') console.log(stack.replaceAll(/^/gm, '      '));
  }
  const failed = outcomes.filter(({ state }) => state === 'failed').length;
  console.log(`\n  ${outcomes.length - failed} passing, ${failed} failing`);
}

function isOutcome(value: unknown): value is TestOutcome {
  return (
    typeof value === 'object' &&
    value !== null &&
    'title' in value &&
    typeof value.title === 'string' &&
    'state' in value &&
    (value.state === 'passed' || value.state === 'failed') &&
    'duration' in value &&
    typeof value.duration === 'number' &&
    'stack' in value &&
    typeof value.stack === 'string'
  );
}
