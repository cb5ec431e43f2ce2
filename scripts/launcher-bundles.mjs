/**
 * The launcher: a shell script in front, and what it starts in Node when a start is not the common one. A folder of its own, which works
 * without anything else of Beaver.
 *
 *   launcher/beaver-launch   the front, as it is in src/launcher/
 *   launcher/launch.cjs      decides what starts
 *   launcher/hook.cjs        what agents run when something happens
 *   launcher/supervisor.cjs  looks after a session; loads supervisor-main.cjs where Node is new enough
 */
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';

const ENTRIES = {
  launch: 'src/launcher/main.ts',
  hook: 'src/launcher/hook.ts',
  'supervisor-main': 'src/launcher/supervise.ts',
};

/**
 * A Node that is too old still shows the harness: it has the terminal, and nobody looks after it.
 */
const SUPERVISOR_LOADER = `'use strict';
if (Number.parseInt(process.versions.node, 10) >= 24) require('./supervisor-main.cjs');
else {
  const { spawn } = require('node:child_process');
  for (const name of ['SIGINT', 'SIGQUIT']) process.on(name, () => undefined);
  const child = spawn(process.argv[3], process.argv.slice(7), { stdio: 'inherit' });
  child.once('error', () => process.exit(127));
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
`;

/**
 * @param {import('esbuild').BuildOptions} node how everything for Node is bundled
 * @param {string} dist
 * @returns {import('esbuild').BuildOptions[]}
 */
export function launcherBundles(node, dist) {
  return [
    {
      ...node,
      entryPoints: Object.entries(ENTRIES).map(([out, entry]) => ({ in: entry, out })),
      outdir: path.join(dist, 'launcher'),
      outExtension: { '.js': '.cjs' },
      external: ['fs-native-extensions', '@lydell/node-pty'],
      // Read by the front, and by people who look for what is wrong.
      sourcemap: false,
    },
  ];
}

/**
 * @param {string} root
 * @param {string} dist
 */
export async function writeFront(root, dist) {
  const front = path.join(dist, 'launcher', 'beaver-launch');
  await mkdir(path.dirname(front), { recursive: true });
  await copyFile(path.join(root, 'src/launcher/beaver-launch.sh'), front);
  await chmod(front, 0o755);
  await writeFile(path.join(dist, 'launcher', 'supervisor.cjs'), SUPERVISOR_LOADER);
}
