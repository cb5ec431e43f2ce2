import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { projectRoot } from './paths.ts';
import { SetupError } from './setup-error.ts';

export interface ServerOptions {
  /** The folder that `ensureServer` returned. */
  readonly installation: string;
  /** TCP port on 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** For the server and its extension hosts, over this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asks whether the folder is trusted, as VS Code does. Default: every folder is trusted. */
  readonly askForTrust?: boolean;
  /** Over {@link MACHINE_SETTINGS}. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Absolute paths of extensions to install beside the one of this checkout. */
  readonly extensions?: readonly string[];
}

export interface WorkbenchAddress {
  /** Absolute path of the folder to open. */
  readonly workspace: string;
  /** Absolute path of a test bundle that exports `run()`; none for a person's VS Code. */
  readonly tests?: string;
}

export interface VsCodeServer {
  readonly port: number;
  /** Everything the server printed, for a failure's report. */
  readonly logFile: string;
  /** Of the server's own profile: extensions, logs, machine settings. Removed by `stop`. */
  readonly dataDir: string;
  url(address: WorkbenchAddress): string;
  stop(): Promise<void>;
}

/** What a closed network and a test need: nothing that talks to the outside, nothing beside the view under test. */
const MACHINE_SETTINGS: Readonly<Record<string, unknown>> = {
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.showReleaseNotes': false,
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'chat.commandCenter.enabled': false,
};

const START_TIMEOUT = 30_000;

/**
 * Starts VS Code's server on 127.0.0.1 with the extension of this checkout, and resolves when it listens (about a second).
 * The address holds a random token: without one, any web page the user visits could drive the editor.
 * @throws SetupError with the end of the server's output when it does not start within 30 s.
 */
export async function startServer(options: ServerOptions): Promise<VsCodeServer> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'beaver-vscode-'));
  const machine = path.join(dataDir, 'data', 'Machine');
  mkdirSync(machine, { recursive: true });
  writeFileSync(
    path.join(machine, 'settings.json'),
    JSON.stringify({ ...MACHINE_SETTINGS, ...options.settings }, undefined, 2),
  );
  for (const folder of options.extensions ?? []) {
    cpSync(folder, path.join(dataDir, 'extensions', path.basename(folder)), { recursive: true });
  }
  const token = randomBytes(16).toString('hex');
  const tokenFile = path.join(dataDir, 'token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const logFile = path.join(dataDir, 'server.log');
  const log = openSync(logFile, 'a');
  const child = spawn(
    process.execPath,
    [
      path.join(options.installation, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--connection-token-file', tokenFile],
      // Only with the smoke test driver does the server honour extensionDevelopmentPath.
      ...['--accept-server-license-terms', '--enable-smoke-test-driver', '--server-data-dir', dataDir],
      ...['--disable-telemetry', ...(options.askForTrust === true ? [] : ['--disable-workspace-trust'])],
    ],
    {
      stdio: ['ignore', log, log],
      env: serverEnvironment(options.env),
      detached: process.platform !== 'win32',
    },
  );
  const onExit = (): void => {
    killTree(child, 'SIGKILL');
  };
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    process.off('exit', onExit);
    await end(child);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const port = await listening(child, logFile);
    return { port, logFile, dataDir, stop, url: (address) => workbenchUrl(port, token, address) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function workbenchUrl(port: number, token: string, address: WorkbenchAddress): string {
  const remote = (absolute: string): string => `vscode-remote://127.0.0.1:${port}${posix(absolute)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(projectRoot)],
    ...(address.tests === undefined ? [] : [['extensionTestsPath', remote(address.tests)]]),
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({
    tkn: token,
    folder: posix(address.workspace),
    payload: JSON.stringify(payload),
  });
  return `http://127.0.0.1:${port}/?${query.toString().replaceAll('+', '%20')}`;
}

function posix(absolute: string): string {
  const slashes = absolute.split(path.sep).join('/');
  return slashes.startsWith('/') ? slashes : `/${slashes}`;
}

/** npm's variables and a parent editor's would change how the extension host starts. */
function serverEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !name.startsWith('npm_') && !name.startsWith('VSCODE_') && !/^(NODE_OPTIONS|ELECTRON_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

/** The port, once the server says that it is bound: it is asked for port 0, so no other process can take it in between. */
async function listening(child: ChildProcess, logFile: string): Promise<number> {
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    const output = readFileSync(logFile, 'utf8');
    const match = /Extension host agent listening on (\d+)/.exec(output);
    if (match?.[1] !== undefined) return Number(match[1]);
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new SetupError(
        `VS Code's server did not start:\n${output.trim().split('\n').slice(-20).join('\n')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ends the server with its extension hosts; asks first, insists after 3 s. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    killTree(child, 'SIGKILL');
    return;
  }
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  killTree(child, 'SIGTERM');
  const insist = setTimeout(() => {
    killTree(child, 'SIGKILL');
  }, 3000);
  await gone;
  clearTimeout(insist);
  killTree(child, 'SIGKILL');
}

function killTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}
