/**
 * The doors of the harness domain beside those of `core/ports.ts`: `node/harness/` implements them.
 */

export interface TransferOptions {
  readonly signal?: AbortSignal;
}

/** A body that is arriving. Reading it to its end, or leaving the loop early, closes the connection. */
export interface Download {
  /** Where in the file the first byte of `chunks` belongs: what was asked for, or 0 when the server starts anew. */
  readonly offset: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Reads over https, or over http on this machine; follows redirects within those rules, and no more than a few. Asks for no compression.
 * Every method rejects with `source_unreachable`, `timeout`, `too_large` or `fetch_cancelled`.
 */
export interface Transfer {
  /** The whole body, or undefined where the server says that nothing is there (404, 410). Not a byte above `maxBytes` is kept. */
  read(url: string, maxBytes: number, options?: TransferOptions): Promise<Uint8Array | undefined>;
  /** `from`: bytes that are there already. Ends with `too_large` as soon as more than `size` bytes would make up the file. */
  download(url: string, from: number, size: number, options?: TransferOptions): Promise<Download>;
}

/** Who else could change what is in a folder. */
export type FolderPrivacy =
  'private' | 'missing' | 'link' | 'not_a_folder' | 'of_another_user' | 'writable_by_others';

export interface ProgramRun {
  /** Null when it was ended by a signal or by the time limit. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Of both streams together, at most some kilobytes. */
  readonly output: string;
}

/** What of this machine the domain needs to know or have done. */
export interface HarnessMachine {
  readonly platform: string;
  /** The package of the system that a file belongs to; null for none, or where none of their managers is. */
  systemPackage(
    file: string,
  ): Promise<{ readonly manager: 'dpkg' | 'rpm' | 'apk'; readonly package: string } | null>;
  /** Makes a folder, and its parents, that nobody else can look into. One that is there stays as it is. */
  makePrivateFolder(folder: string): Promise<void>;
  privacyOf(folder: string): Promise<FolderPrivacy>;
  /**
   * Whether any process holds this lease: a named pipe that whoever runs a version keeps open, so that it ends with the last of them and
   * needs nothing that could be missing. Windows has no such pipes, and lets nobody move a folder from which a program runs: false.
   */
  leaseHeld(lease: string): Promise<boolean>;
  /** Reads in pieces: memory does not grow with the file. Undefined when it is missing. */
  digestFile(path: string): Promise<{ readonly sha256: string; readonly size: number } | undefined>;
  /**
   * Unpacks a gzipped tar into `into`, which must not exist: regular files and folders only, no link, nothing outside, nothing twice.
   * Rejects with `unsafe_archive` or `too_large`; the caller removes `into`.
   */
  unpack(
    archive: string,
    into: string,
    limits: { readonly bytes: number; readonly files: number },
  ): Promise<void>;
  /** Starts a program in `cwd` with next to nothing in its environment, and without a terminal. `timeout` in milliseconds. */
  run(program: string, args: readonly string[], cwd: string, timeout: number): Promise<ProgramRun>;
}

/** The processes of this machine. */
export interface Processes {
  /** When it was started, in milliseconds since the epoch; undefined when it is not there, 0 where the system does not say. */
  startedAt(pid: number): number | undefined;
}

/** Milliseconds within which two looks at one process agree: the clock is set now and then. */
const SAME_START = 2000;

/** Whether the process with this number is the one that was started then: numbers are used again. */
export function isSameProcess(
  processes: Processes,
  { pid, started_at }: { readonly pid: number; readonly started_at: string },
): boolean {
  const started = processes.startedAt(pid);
  if (started === undefined) return false;
  return started === 0 || Math.abs(started - Date.parse(started_at)) <= SAME_START;
}

/** A look at the transcript of a session. */
export interface TranscriptLook {
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds. */
  readonly mtimeNs: bigint;
  /** Whether its last line is a whole one. */
  readonly whole: boolean;
}
