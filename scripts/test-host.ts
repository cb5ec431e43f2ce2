/** Runs the host tests in VS Code's server, driven by a headless Chromium: `node scripts/node24.mjs scripts/test-host.ts`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { chromium } from 'playwright-core';
import { build } from './host/build.ts';
import { CHROMIUM_FLAGS, ensureChromium } from './host/chromium.ts';
import { projectRoot } from './host/paths.ts';
import { ensureServer } from './host/server-install.ts';
import { freshResultsFile, printOutcomes, readOutcomes } from './host/test-results.ts';
import { RESULTS_VARIABLE } from '../test/support/results-reporter.ts';
import { startServer } from './host/vscode-server.ts';

const TIMEOUT = 10 * 60_000;

function say(line: string): void {
  console.error(line);
}

async function main(): Promise<number> {
  const executablePath = ensureChromium(say);
  const installation = ensureServer(say);
  build();
  const results = process.env[RESULTS_VARIABLE] ?? freshResultsFile('host');
  const workspace = mkdtempSync(path.join(tmpdir(), 'beaver-host-'));
  mkdirSync(path.join(workspace, 'plugins'));
  const server = await startServer({
    installation,
    env: { [RESULTS_VARIABLE]: results },
    extensions: ['model-provider', 'api-consumer'].map((name) =>
      path.join(projectRoot, 'test', 'fixtures', name),
    ),
  });
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  const lines: string[] = [];
  try {
    const page = await browser.newPage();
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      lines.push(`[${type}] ${args.map(String).join(' ')}`);
    });
    const code = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`The host tests did not end within ${TIMEOUT / 60_000} minutes.`));
      }, TIMEOUT);
      void page.exposeFunction('codeAutomationExit', (exitCode: number) => {
        clearTimeout(timer);
        resolve(exitCode);
      });
    });
    await page.goto(server.url({ workspace, tests: path.join(projectRoot, 'dist', 'test', 'host.cjs') }));
    const exitCode = await code;
    const outcomes = readOutcomes(results);
    if (outcomes === undefined) {
      console.log(
        `The host tests ended without results (exit code ${exitCode}).\n${lines.slice(-40).join('\n')}`,
      );
      console.log(readFileSync(server.logFile, 'utf8').split('\n').slice(-40).join('\n'));
      return 1;
    }
    printOutcomes(outcomes);
    return exitCode === 0 && outcomes.length > 0 && outcomes.every(({ state }) => state === 'passed') ? 0 : 1;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}

process.exitCode = await main();
