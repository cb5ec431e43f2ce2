import type { Packages } from './package-ports.ts';

/**
 * The only doors out of the core. `node/` implements them for real, `test/support` in memory and with faults.
 * Paths are absolute and in the platform's own notation; everything the core shows or stores is POSIX and relative.
 */

export type FileKind = 'file' | 'directory' | 'symlink' | 'other';

export interface FileStat {
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
  /** Undefined where the file system has no executable bit (Windows, FAT). */
  readonly executable: boolean | undefined;
  readonly dev: bigint;
  readonly ino: bigint;
  /** Nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/**
 * Each method is one step that a crash can fall before or after. None is durable by itself except `flush`.
 * A missing path is a value (`undefined`) for `lstat`, `readDirectory` and `readFile`; every other failure rejects with the system's error (`code` set).
 */
export interface FileSystem {
  /** Does not follow symbolic links. On Windows a junction is a `symlink`. */
  lstat(path: string): Promise<FileStat | undefined>;
  realpath(path: string): Promise<string>;
  /** In no particular order. */
  readDirectory(path: string): Promise<readonly DirectoryEntry[] | undefined>;
  /** At most `maxBytes` + 1 bytes are read, so that a caller can tell that a file is too large. */
  readFile(path: string, maxBytes?: number): Promise<Uint8Array | undefined>;
  /**
   * Creates or truncates. `exclusive` fails with EEXIST. Never follows a symbolic link at the last component. A new file that is `private`
   * can be read by its owner alone, where the system knows of owners.
   */
  writeFile(
    path: string,
    bytes: Uint8Array,
    options?: { executable?: boolean; exclusive?: boolean; private?: boolean },
  ): Promise<void>;
  /** Adds to the end, creating the file. */
  appendFile(path: string, bytes: Uint8Array): Promise<void>;
  copyFile(from: string, to: string, options?: { executable?: boolean }): Promise<void>;
  /** With parents; existing ones are fine. */
  makeDirectory(path: string): Promise<void>;
  /** Replaces a file; a directory only where the target does not exist. Retries EPERM, EBUSY and EACCES for a bounded time on Windows. */
  rename(from: string, to: string): Promise<void>;
  /** Swaps two existing paths of one file system in one step; false where the system cannot, with nothing changed. */
  exchange(a: string, b: string): Promise<boolean>;
  /** A file, a symbolic link (not its target) or a whole directory; missing is fine. */
  remove(path: string): Promise<void>;
  /** Returns when the content of these files and the entries of these directories would survive a power cut. */
  flush(paths: readonly string[]): Promise<void>;
  /** As `flush` for everything below these directories. */
  flushTrees(roots: readonly string[]): Promise<void>;
  /**
   * Looks at everything below some folders at once, on as many threads as help. What is asked of the answer below these folders is as it
   * was found then; anything else is asked of the disk. Absent, or undefined where that costs more than it saves: folders are looked at
   * one by one.
   */
  scan?(roots: readonly string[]): Promise<Scan | undefined>;
  /** Makes trees where nothing is yet, missing parents too, beside what the caller goes on with. Absent: they are written file by file. */
  writeTrees?(trees: readonly NewTree[]): Promise<void>;
}

/** The part of a file system that tells what is there. */
export type Look = Pick<FileSystem, 'lstat' | 'readDirectory'>;

/** Everything below some folders, as it was found at one time. */
export interface Scan extends Look {
  /** Two scans with the same fingerprint found the same names, kinds, sizes, inodes, modes and time stamps. */
  readonly fingerprint: string;
  /** The newest mtime or ctime. Nanoseconds since the epoch. */
  readonly newestNs: bigint;
  /** Whether the scan itself knows the stat of this path. */
  holdsEntry(path: string): boolean;
  /** Whether the scan itself knows what is in this folder. */
  holdsFolder(path: string): boolean;
}

/** A tree of regular files that is to be made. */
export interface NewTree {
  /** Absolute. */
  readonly root: string;
  readonly files: readonly {
    /** POSIX, relative to the root. */
    readonly path: string;
    readonly bytes: Uint8Array;
    readonly executable: boolean;
  }[];
}

export interface LockHolder {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly acquiredAt: number;
  /** What the holder does, in words of the command line. */
  readonly purpose: string;
}

export type LockWait =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'bounded';
      /** Milliseconds. */
      readonly timeout: number;
      /** Called once when the lock turns out to be held. */
      readonly onWait?: (holder: LockHolder | undefined) => void;
    };

/**
 * An exclusive kernel lock on one file. Re-entrant within one async call chain: a nested `run` on the same path reuses the lock.
 * Rejects with `plugin_write_busy` when it is held elsewhere for longer than `wait` allows, and with `lock_unavailable` when the
 * native part cannot be loaded; never falls back to a weaker lock.
 */
export interface Lock {
  run<T>(path: string, purpose: string, wait: LockWait, body: () => Promise<T>): Promise<T>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets others have their turn where this has worked for a while: for long work in many parts, in a process that has to answer. */
  breathe?(): Promise<void>;
}

export interface Ids {
  /** Unique on this machine and sortable by time of creation: for staging folders and correlation only, never for content. */
  transaction(): string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Mirrors VS Code's LogOutputChannel. From `info` upwards: no absolute path, no file content, no secret (invariant 9). */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** One question to a language model. What a skill says goes into `prompt` as quoted data, never into `system` (invariant 11). */
export interface ModelRequest {
  readonly system: string;
  readonly prompt: string;
  readonly maxOutputTokens: number;
  /** Ends the request: it then rejects with `model_cancelled`. */
  readonly signal?: AbortSignal;
  /** Pieces of the answer as they come. */
  readonly onText?: (piece: string) => void;
}

export interface ModelAnswer {
  readonly text: string;
  /** As its provider names it. */
  readonly model: string;
  /** Null where the provider does not say. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly finish: 'stop' | 'length' | 'refused';
}

/** A language model that the user chose. Asked only when the user acts or has said so in a setting; never at activation. */
export interface Models {
  /** The model that would answer now, or null when none is set up. Sends nothing. */
  selected(): Promise<string | null>;
  /** Null where the provider cannot count. */
  countTokens(text: string): Promise<number | null>;
  /**
   * @throws BeaverError `model_unavailable`, `model_not_allowed` (no consent, bad key), `model_busy` (rate limit, after its retries),
   * `model_timeout`, `model_failed`, `model_cancelled`.
   */
  generate(request: ModelRequest): Promise<ModelAnswer>;
}

/** The programs of this machine. Looked for, never started. */
export interface Programs {
  /** True when `command`, a name on the PATH or a path, is a program that this person may start. */
  exists(command: string): Promise<boolean>;
}

/** The quiet moments of agents' sessions. */
export interface QuietBoundary {
  /** False while a session of an agent that works in this folder, inside it or around it, is known to be in the middle of a turn. */
  isQuiet(folder: string): Promise<boolean>;
}

export interface Ports {
  readonly files: FileSystem;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Absent where nothing may ask a model. */
  readonly models?: Models;
  /** Absent where nothing may be fetched. */
  readonly packages?: Packages;
  /** Absent where nothing is known of the machine's programs: then none is missed. */
  readonly programs?: Programs;
  /** Absent where nothing is known of sessions: then nothing waits for their turns. */
  readonly quiet?: QuietBoundary;
}
