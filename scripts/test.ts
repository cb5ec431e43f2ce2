/**
 * Everything that says whether the project is well: `npm test -- [--host=desktop] [STEP…]`.
 * Steps: typecheck, lint, build, unit, crash, host, agent, e2e; all of them when none is named. Every step runs, whatever failed before it, except
 * that nothing runs in an editor when the build failed. With `--host=desktop` the host tests run in a desktop VS Code.
 * The last line is `N passed, N failed`; a step without tests counts as one when it fails. Ends with 1 when anything failed.
 */
import { parseArgs } from 'node:util';
import { RESULTS_VARIABLE } from '../test/support/results-reporter.ts';
import { freshResultsFile, readOutcomes } from './host/test-results.ts';
import { runTool, TOOLS } from './host/tools.ts';

interface Step {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Writes its outcomes to the results file. */
  readonly hasTests: boolean;
  readonly needsBuild: boolean;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

function steps(host: string): readonly Step[] {
  const check = { args: [], hasTests: false, needsBuild: false };
  const suite = { args: [], hasTests: true, needsBuild: true };
  return [
    { ...check, name: 'typecheck', script: TOOLS.tsc, args: ['--noEmit'] },
    { ...check, name: 'lint', script: 'scripts/lint.ts' },
    { ...check, name: 'build', script: 'scripts/build.mjs' },
    { ...suite, name: 'unit', script: TOOLS.mocha, args: ['test/unit/**/*.test.ts'], needsBuild: false },
    { ...suite, name: 'crash', script: TOOLS.mocha, args: ['test/crash/**/*.test.ts'], needsBuild: false },
    {
      ...suite,
      name: 'host',
      script: host === 'desktop' ? 'scripts/test-desktop.ts' : 'scripts/test-host.ts',
    },
    { ...suite, name: 'agent', script: TOOLS.mocha, args: ['test/agent/**/*.test.ts'], needsBuild: false },
    { ...suite, name: 'e2e', script: 'scripts/test-e2e.ts' },
  ];
}

async function runStep(step: Step): Promise<Count> {
  console.log(`\n▶ ${step.name}`);
  const results = freshResultsFile(step.name);
  const env = { BEAVER_SKIP_BUILD: '1', ...(step.hasTests ? { [RESULTS_VARIABLE]: results } : {}) };
  const { code, duration } = await runTool(step.script, step.args, { inherit: true, env });
  const outcomes = step.hasTests ? (readOutcomes(results) ?? []) : [];
  const failed = outcomes.filter(({ state }) => state === 'failed').length;
  // A step that ends badly without a failed test, or that should have had tests and had none, is a failure of its own.
  const broken = (code !== 0 && failed === 0) || (step.hasTests && outcomes.length === 0);
  const count = { passed: outcomes.length - failed, failed: failed + (broken ? 1 : 0) };
  const tests = step.hasTests ? `: ${count.passed} passed, ${count.failed} failed` : '';
  console.log(`${count.failed === 0 ? '✓' : '✗'} ${step.name}${tests} (${(duration / 1000).toFixed(1)} s)`);
  return count;
}

async function main(): Promise<Count> {
  const { values, positionals } = parseArgs({
    options: { host: { type: 'string', default: 'server' } },
    allowPositionals: true,
  });
  const all = steps(values.host);
  const unknown = positionals.find((name) => !all.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no step "${unknown}": choose among ${all.map(({ name }) => name).join(', ')}.`);
  }
  let passed = 0;
  let failed = 0;
  let built = true;
  for (const step of all) {
    if (positionals.length > 0 && !positionals.includes(step.name)) continue;
    if (step.needsBuild && !built) {
      console.log(`\n✗ ${step.name}: not run, because the build failed`);
      failed += 1;
      continue;
    }
    const count = await runStep(step);
    if (step.name === 'build') built = count.failed === 0;
    passed += count.passed;
    failed += count.failed;
  }
  return { passed, failed };
}

const { passed, failed } = await main();
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed + failed > 0 ? 0 : 1;
