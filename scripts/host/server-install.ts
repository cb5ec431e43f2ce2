import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import * as path from 'node:path';
import { createHash } from 'node:crypto';
import { cacheRoot, testRoot } from './paths.ts';
import { SetupError } from './setup-error.ts';

/** VS Code 1.139.1 as a server, from the one public npm package that ships the build; its own wrapper is not used. */
const PACKAGE = 'code-server';
const VERSION = '4.139.1';
const INTEGRITY =
  'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';
/** Counted up when the steps below change, so that an older installation in the cache is not taken for a current one. */
const RECIPE = 1;

/**
 * The folder of VS Code's server, installed when it is not there yet: in the cache, or below the checkout where the cache cannot be written.
 * About 10 s and 600 MB the first time. `say` gets one line of progress per step.
 * @throws SetupError with what failed and what to do when npm cannot deliver it.
 */
export function ensureServer(say: (line: string) => void): string {
  const name = `vscode-server-${VERSION}-${process.platform}-${process.arch}-${RECIPE}`;
  for (const parent of [cacheRoot(), testRoot]) {
    const home = path.join(parent, name);
    if (isComplete(home)) return home;
  }
  const parent = firstWritable([cacheRoot(), testRoot]);
  const home = path.join(parent, name);
  const staging = mkdtempSync(path.join(parent, `.${name}-`));
  try {
    install(staging, say);
    rmSync(home, { recursive: true, force: true });
    publish(path.join(staging, 'vscode'), home);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return home;
}

function install(staging: string, say: (line: string) => void): void {
  say(`Fetching VS Code's server (${PACKAGE}@${VERSION}) from npm; this happens once …`);
  npm(staging, ['pack', `${PACKAGE}@${VERSION}`, '--pack-destination', staging, '--silent']);
  const archive = path.join(staging, `${PACKAGE}-${VERSION}.tgz`);
  const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (digest !== INTEGRITY)
    throw new SetupError(`${path.basename(archive)} is not the file that was reviewed: ${digest}`);
  run('tar', ['-xzf', archive, '-C', staging], staging);
  const server = path.join(staging, 'vscode');
  renameSync(path.join(staging, 'package', 'lib', 'vscode'), server);

  say('Installing what the server needs …');
  const flags = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  npm(server, flags);
  npm(path.join(server, 'extensions'), flags);
  // Native modules are not compiled: the watcher and terminals come prebuilt, the log has a stand-in, the rest is not needed to run.
  copyFileSync(
    path.join(import.meta.dirname, 'spdlog.cjs'),
    path.join(server, 'node_modules', '@vscode', 'spdlog', 'index.js'),
  );
}

/** The rename that makes an installation visible; another process may have finished the same one first. */
function publish(from: string, home: string): void {
  try {
    renameSync(from, home);
  } catch (error) {
    if (isComplete(home)) return;
    if (process.platform !== 'win32') throw error;
    // A virus scanner that holds a file open fails the rename of a fresh tree on Windows.
    cpSync(from, home, { recursive: true });
  }
}

function isComplete(home: string): boolean {
  return (
    existsSync(path.join(home, 'out', 'server-main.js')) && existsSync(path.join(home, 'node_modules', 'ws'))
  );
}

function firstWritable(parents: readonly string[]): string {
  for (const parent of parents) {
    try {
      mkdirSync(parent, { recursive: true });
      rmSync(mkdtempSync(path.join(parent, '.probe-')), { recursive: true });
      return parent;
    } catch {
      continue;
    }
  }
  throw new SetupError(
    `None of these folders can be written: ${parents.join(', ')}. Set XDG_CACHE_HOME to one that can.`,
  );
}

function npm(cwd: string, args: readonly string[]): void {
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, cwd, process.platform === 'win32');
}

function run(command: string, args: readonly string[], cwd: string, shell = false): void {
  const result = spawnSync(command, args, {
    cwd,
    shell,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status === 0) return;
  const reason = result.error?.message ?? result.stderr.trim().split('\n').slice(-5).join('\n');
  throw new SetupError(
    `${command} ${args.slice(0, 2).join(' ')} failed: ${reason}\n` +
      'Check that npm reaches its registry (npm ping) and run the command again.',
  );
}
