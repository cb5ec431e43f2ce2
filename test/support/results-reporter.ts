import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

export interface TestOutcome {
  readonly title: string;
  readonly state: 'passed' | 'failed';
  /** Milliseconds. */
  readonly duration: number;
  /** The stack of a failure; empty for a pass. */
  readonly stack: string;
}

/** The name of the variable that says where the outcomes go; `scripts/test.ts` adds them up over all suites. */
export const RESULTS_VARIABLE = 'BEAVER_TEST_RESULTS';

/** Writes a {@link TestOutcome} list, as JSON, to the file that {@link RESULTS_VARIABLE} names when `runner` ends. Failed hooks are outcomes too. */
export function recordOutcomes(runner: Mocha.Runner): void {
  const file = process.env[RESULTS_VARIABLE];
  if (file === undefined) return;
  const outcomes: TestOutcome[] = [];
  runner.on('pass', (test) => {
    outcomes.push({ title: test.fullTitle(), state: 'passed', duration: test.duration ?? 0, stack: '' });
  });
  runner.on('fail', (test, thrown: unknown) => {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    outcomes.push({ title: test.fullTitle(), state: 'failed', duration: test.duration ?? 0, stack });
  });
  runner.on('end', () => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(outcomes));
  });
}

/** Mocha's own `dot` reporter that also records the outcomes. */
class ResultsReporter extends Mocha.reporters.Dot {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    recordOutcomes(runner);
    // A test that passes the second time is well, yet somebody should look at why: the first failure is never silent.
    runner.on('retry', (test: Mocha.Test, error: Error) => {
      console.log(`\n  Tried again: ${test.fullTitle()}\n  ${error.stack ?? error.message}`);
    });
  }
}

// The form in which mocha, which requires its reporters by path, finds the class itself.
export { ResultsReporter as 'module.exports' };
