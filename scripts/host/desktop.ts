import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { projectRoot } from './paths.ts';
import { SetupError } from './setup-error.ts';

const NAMES = ['code', 'code-insiders', 'codium'];

/**
 * The desktop VS Code: `VSCODE_EXECUTABLE_PATH`, else `code` on the PATH.
 * @throws SetupError that says how to get one.
 */
export function findDesktop(): string {
  const named = process.env['VSCODE_EXECUTABLE_PATH'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new SetupError(`VSCODE_EXECUTABLE_PATH names ${named}, which does not exist.`);
  }
  const suffix = process.platform === 'win32' ? '.cmd' : '';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const found = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, `${name}${suffix}`))).find(
    (candidate) => existsSync(candidate),
  );
  if (found !== undefined) return found;
  throw new SetupError(
    `No desktop VS Code was found: neither VSCODE_EXECUTABLE_PATH nor ${NAMES.join(', ')} on the PATH.\n` +
      'Run "Shell Command: Install \'code\' command in PATH" in VS Code, set VSCODE_EXECUTABLE_PATH, ' +
      'or leave --desktop out: then VS Code’s server is used.',
  );
}

/** Opens a window with an empty profile and the extension of this checkout. `closed` resolves when the person closes it. */
export function openDesktop(
  executable: string,
  workspace: string,
): { readonly closed: Promise<void>; stop(): Promise<void> } {
  const profile = mkdtempSync(path.join(tmpdir(), 'beaver-desktop-'));
  const child = spawn(
    executable,
    [
      ...['--new-window', '--wait', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
      ...[`--user-data-dir=${profile}`, `--extensionDevelopmentPath=${projectRoot}`, workspace],
    ],
    { stdio: 'ignore', shell: executable.endsWith('.cmd') },
  );
  const closed = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      resolve();
    });
  });
  return {
    closed,
    stop: async () => {
      child.kill();
      await closed;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
