import { spawn, type ChildProcess } from 'node:child_process';
import { BeaverError } from '../../base/errors.ts';
import { hasCode } from '../../base/system-errors.ts';
import { gitScheme } from '../../core/package-source-rules.ts';
import { IS_WINDOWS } from '../file-calls.ts';

export interface GitRun {
  /** The bare repository; null where none is needed. */
  readonly repository: string | null;
  /** The one address that may be contacted; null for work on this disk only. */
  readonly url: string | null;
  readonly args: readonly string[];
  readonly input?: string;
  readonly signal: AbortSignal;
  /** Gets standard output piece by piece; the answer is then empty. */
  readonly onOutput?: (piece: Buffer) => void;
}

/** git ended with something else than success. `stderr` stays inside: it may name paths and addresses. */
export class GitFailure extends Error {
  readonly stderr: string;

  constructor(args: readonly string[], stderr: string) {
    super(`git ${args[0] ?? ''} failed: ${stderr.slice(0, 2000)}`);
    this.name = 'GitFailure';
    this.stderr = stderr;
  }
}

/** Bytes of an answer that is kept in memory: the names of a very large repository. */
const LARGEST_ANSWER = 128 * 1024 * 1024;
const LARGEST_COMPLAINT = 64 * 1024;

/**
 * The system's git, with everything off that could run a program of the repository, ask a person, or speak to another address than the
 * one that is meant. A process group of its own: what git starts ends with it.
 */
export class GitProcess {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #proxy: string | undefined;

  constructor(environment: Readonly<Record<string, string | undefined>>, proxy?: string) {
    this.#environment = cleaned(environment);
    this.#proxy = proxy;
  }

  /** Standard output. @throws GitFailure, BeaverError `git_missing`, or the reason of `signal`. */
  async run(wanted: GitRun): Promise<Buffer> {
    wanted.signal.throwIfAborted();
    const child = spawn('git', [...this.#safety(wanted.url), ...wanted.args], {
      env: {
        ...this.#environment,
        GIT_ALLOW_PROTOCOL: wanted.url === null ? 'none' : gitScheme(wanted.url),
        ...(wanted.repository === null ? {} : { GIT_DIR: wanted.repository }),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Also a session of its own: ssh finds no terminal to ask at.
      detached: !IS_WINDOWS,
      windowsHide: true,
    });
    const stop = (): void => {
      killGroup(child);
    };
    wanted.signal.addEventListener('abort', stop, { once: true });
    try {
      return await outcome(child, wanted);
    } finally {
      wanted.signal.removeEventListener('abort', stop);
    }
  }

  #safety(url: string | null): readonly string[] {
    const settings = [
      'core.hooksPath=/dev/null',
      'core.fsmonitor=false',
      'core.askPass=',
      'core.longPaths=true',
      'protocol.allow=never',
      'gc.auto=0',
      'maintenance.auto=false',
      'fetch.recurseSubmodules=false',
      // Always one pack: a size that can be watched, and few files.
      'fetch.unpackLimit=1',
      'fetch.bundleURI=',
      'transfer.bundleURI=false',
      'http.lowSpeedLimit=500',
      'http.lowSpeedTime=30',
      ...(url === null ? [] : [`protocol.${gitScheme(url)}.allow=always`]),
      ...(this.#proxy === undefined || url === null ? [] : [`http.proxy=${this.#proxy}`]),
    ];
    return settings.flatMap((setting) => ['-c', setting]);
  }
}

/** Without what a surrounding git, a hook say, tells its children. */
function cleaned(environment: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^GIT_/i.test(name) || /^GIT_(?:SSH|SSL|EXEC_PATH|HTTP|PROXY)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GCM_INTERACTIVE: 'never',
    SSH_ASKPASS_REQUIRE: 'never',
  };
}

function outcome(child: ChildProcess, wanted: GitRun): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let complaint = '';
    let length = 0;
    let refusal: unknown;
    child.stdout?.on('data', (piece: Buffer) => {
      try {
        if (wanted.onOutput !== undefined) {
          wanted.onOutput(piece);
          return;
        }
        length += piece.byteLength;
        if (length > LARGEST_ANSWER) throw new GitFailure(wanted.args, 'its answer is too large');
        pieces.push(piece);
      } catch (error) {
        refusal ??= error;
        killGroup(child);
      }
    });
    child.stderr?.on('data', (piece: Buffer) => {
      if (complaint.length < LARGEST_COMPLAINT) complaint += piece.toString('utf8');
    });
    child.on('error', (error) => {
      reject(hasCode(error, 'ENOENT') ? gitMissing(error) : error);
    });
    child.on('close', (code) => {
      if (refusal !== undefined) reject(asError(refusal));
      else if (wanted.signal.aborted) reject(asError(wanted.signal.reason));
      else if (code === 0) resolve(Buffer.concat(pieces));
      else reject(new GitFailure(wanted.args, complaint));
    });
    // git may end before it has read everything; what it says then is the better story.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(wanted.input ?? '');
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (IS_WINDOWS) spawn('taskkill', ['/PID', String(child.pid), '/T', '/F'], { windowsHide: true });
    else process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It has ended meanwhile.
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function gitMissing(cause: unknown): BeaverError {
  return new BeaverError('git_missing', 'The command git was not found.', {
    nextStep: 'Install git, then try again.',
    cause,
  });
}
