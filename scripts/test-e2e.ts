/** Runs the end-to-end tests: `node scripts/node24.mjs scripts/test-e2e.ts [FILE…]`. Screenshots are kept in `.vscode-test/screenshots/`. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as path from 'node:path';
import { build } from './host/build.ts';
import { ensureChromium } from './host/chromium.ts';
import { projectRoot, testRoot } from './host/paths.ts';
import { ensureServer } from './host/server-install.ts';

function say(line: string): void {
  console.error(line);
}

// Once, before the suite: its own clocks start with the first test.
ensureChromium(say);
ensureServer(say);
build();

const chosen = process.argv.slice(2);
if (chosen.length === 0) rmSync(path.join(testRoot, 'screenshots'), { recursive: true, force: true });
const result = spawnSync(
  process.execPath,
  [
    path.join(projectRoot, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    ...['--config', path.join(projectRoot, 'test', 'e2e', '.mocharc.json')],
    ...(chosen.length === 0 ? ['test/e2e/**/*.test.ts'] : chosen),
  ],
  { cwd: projectRoot, stdio: 'inherit' },
);
process.exitCode = result.status ?? 1;
