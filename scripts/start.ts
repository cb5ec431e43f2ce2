/**
 * Opens VS Code with the extension of this checkout on a sample workspace: `npm start -- [OPTION…]`.
 *
 *   --desktop         the desktop VS Code on the PATH (or VSCODE_EXECUTABLE_PATH) instead of its server and a browser
 *   --workspace DIR   this folder instead of a temporary one; the sample is made in it when it does not exist, and it is kept
 *   --port N          of the server; default: a free one
 *   --no-open         only prints the address, also where there is a desktop
 *
 * The address is the only line on standard output. Ctrl-C stops everything.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './host/build.ts';
import { findDesktop, openDesktop } from './host/desktop.ts';
import { ensureServer } from './host/server-install.ts';
import { startServer } from './host/vscode-server.ts';
import { makeSampleWorkspace } from './sample-workspace.ts';

interface Session {
  /** Resolves when the person has closed it; never for a server. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

function say(line: string): void {
  console.error(line);
}

async function openInServer(workspace: string, port: number | undefined, show: boolean): Promise<Session> {
  const installation = ensureServer(say);
  const server = await startServer({ installation, ...(port === undefined ? {} : { port }) });
  const url = server.url({ workspace });
  console.log(url);
  if (show) openInBrowser(url);
  say('Open the address in a browser. Ctrl-C stops VS Code.');
  return { closed: new Promise(() => undefined), stop: () => server.stop() };
}

/** Quietly does nothing where there is no desktop: the address is on the screen. */
function openInBrowser(url: string): void {
  const env = process.env;
  const command: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ['open', url],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', url],
    ...(env['DISPLAY'] !== undefined || env['WAYLAND_DISPLAY'] !== undefined
      ? { linux: ['xdg-open', url] }
      : {}),
  };
  const [program, ...args] = command[process.platform] ?? [];
  if (program === undefined) return;
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      desktop: { type: 'boolean', default: false },
      workspace: { type: 'string' },
      port: { type: 'string' },
      open: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  // Said before the work, not after it.
  const desktop = values.desktop ? findDesktop() : undefined;
  build();
  const temporary =
    values.workspace === undefined ? mkdtempSync(path.join(tmpdir(), 'beaver-sample-')) : undefined;
  const workspace = temporary ?? path.resolve(values.workspace ?? '.');
  try {
    if (temporary !== undefined || !existsSync(workspace)) await makeSampleWorkspace(workspace);
    say(`Workspace: ${workspace}${temporary === undefined ? '' : ' (removed at the end)'}`);
    const stop = interrupted();
    const session =
      desktop === undefined
        ? await openInServer(
            workspace,
            values.port === undefined ? undefined : Number(values.port),
            values.open,
          )
        : openDesktop(desktop, workspace);
    await Promise.race([stop, session.closed]);
    await session.stop();
  } finally {
    if (temporary !== undefined)
      rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

await main();
