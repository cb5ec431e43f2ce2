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
  /** Creates or truncates. `exclusive` fails with EEXIST. Never follows a symbolic link at the last component. */
  writeFile(
    path: string,
    bytes: Uint8Array,
    options?: { executable?: boolean; exclusive?: boolean },
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

export interface Ports {
  readonly files: FileSystem;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}
