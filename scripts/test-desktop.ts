/**
 * Runs the host tests in a desktop VS Code: `node scripts/node24.mjs scripts/test-desktop.ts`.
 * `VSCODE_EXECUTABLE_PATH` names one; otherwise @vscode/test-electron downloads the current release into `.vscode-test/`.
 * On Linux without a display, start it under xvfb-run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { RESULTS_VARIABLE } from '../test/support/results-reporter.ts';
import { build } from './host/build.ts';
import { projectRoot, testRoot } from './host/paths.ts';
import { freshResultsFile, printOutcomes, readOutcomes } from './host/test-results.ts';

async function main(): Promise<number> {
  build();
  const results = process.env[RESULTS_VARIABLE] ?? freshResultsFile('desktop');
  const named = process.env['VSCODE_EXECUTABLE_PATH'];
  const directory = mkdtempSync(path.join(tmpdir(), 'beaver-desktop-'));
  const workspace = path.join(directory, 'workspace');
  mkdirSync(path.join(workspace, 'plugins'), { recursive: true });
  let failure: unknown;
  try {
    await runTests({
      ...(named === undefined || named === '' ? {} : { vscodeExecutablePath: named }),
      cachePath: testRoot,
      extensionDevelopmentPath: [
        projectRoot,
        ...['model-provider', 'api-consumer'].map((name) => path.join(projectRoot, 'test', 'fixtures', name)),
      ],
      extensionTestsPath: path.join(projectRoot, 'dist', 'test', 'host.cjs'),
      extensionTestsEnv: { [RESULTS_VARIABLE]: results },
      launchArgs: [
        ...[workspace, `--user-data-dir=${path.join(directory, 'profile')}`],
        ...['--disable-extensions', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
      ],
    });
  } catch (error) {
    failure = error;
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  const outcomes = readOutcomes(results);
  if (outcomes === undefined) {
    console.error(failure instanceof Error ? failure.message : 'VS Code ended before the tests did.');
    console.error('Set VSCODE_EXECUTABLE_PATH to a desktop VS Code when none can be downloaded.');
    return 1;
  }
  printOutcomes(outcomes);
  return outcomes.length > 0 && outcomes.every(({ state }) => state === 'passed') ? 0 : 1;
}

process.exitCode = await main();
