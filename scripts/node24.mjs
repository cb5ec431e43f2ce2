/**
 * Runs a script of the project with Node 24, whatever Node started this file: `node scripts/node24.mjs SCRIPT [ARGUMENT…]`.
 * npm puts `node_modules/.bin` first on the PATH, and the development dependency `node` places Node 24 there by an install script.
 * Where install scripts are off, or another Node comes first, the same binary is fetched as a plain package, which needs no script.
 * Kept to what Node 20 understands.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MAJOR = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error('Name a script: node scripts/node24.mjs SCRIPT [ARGUMENT…]');
  process.exit(2);
}

if (majorOf(process.versions.node) >= MAJOR) {
  putFirstOnPath(process.execPath);
  process.argv.splice(1, 2, path.resolve(root, script));
  try {
    await import(pathToFileURL(path.resolve(root, script)).href);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'SetupError')) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
} else {
  const node = installed() ?? fetched();
  putFirstOnPath(node);
  const child = spawn(node, [path.resolve(root, script), ...args], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both: this process only waits for the other to finish its cleaning up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
}

/** @returns {string | undefined} the binary that the development dependency `node` brought */
function installed() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [path.join(root, 'node_modules', 'node', 'bin', name), binary(name)];
  return candidates.find(
    (candidate) => existsSync(candidate) && majorOf(versionOf(candidate) ?? '0') >= MAJOR,
  );
}

/** @returns {string} the binary of the platform's own package, installed beside VS Code's test host */
function fetched() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const version = lockedVersion();
  console.error(`Node ${process.versions.node} is too old; fetching Node ${version} from npm …`);
  const prefix = path.join(root, '.vscode-test', 'node');
  mkdirSync(prefix, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(
    npm,
    [
      'install',
      '--prefix',
      prefix,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      `${platformPackage()}@${version}`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
  );
  const node = binary(name);
  if (result.status !== 0 || majorOf(versionOf(node) ?? '0') < MAJOR) {
    console.error(
      `Node ${MAJOR} is needed and could not be fetched (npm package ${platformPackage()}@${version}).\n` +
        `Install Node ${MAJOR} from nodejs.org or your package manager, put it first on the PATH, and run the command again.`,
    );
    process.exit(1);
  }
  return node;
}

/** @param {string} name */
function binary(name) {
  return path.join(root, '.vscode-test', 'node', 'node_modules', platformPackage(), 'bin', name);
}

function platformPackage() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

function lockedVersion() {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return String(lock.packages['node_modules/node'].version);
}

/** @param {string} node */
function versionOf(node) {
  const result = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim().replace(/^v/, '') : undefined;
}

/** @param {string} version */
function majorOf(version) {
  return Number.parseInt(version, 10);
}

/** @param {string} node */
function putFirstOnPath(node) {
  process.env.PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`;
}
