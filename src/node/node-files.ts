import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DirectoryEntry, FileStat, FileSystem, NewTree, Scan } from '../core/ports.ts';
import { DiskWorkers } from './disk-workers.ts';
import { Durability } from './durability.ts';
import {
  directoryEntry,
  EXECUTABLE_MODE,
  GUARDED,
  isExecutable,
  IS_WINDOWS,
  joined,
  kindOf,
  openForReading,
  PLAIN_MODE,
  PRIVATE_MODE,
  refuseLink,
  removeEntry,
  unlessMissing,
  writeFully,
} from './file-calls.ts';
import { loadNativePart, type NativePart } from './native-part.ts';
import { scanWith } from './scan.ts';
import { hasCode } from '../base/system-errors.ts';
import { TimeSlice } from './time-slice.ts';

export interface NodeFileSystemOptions {
  /** False where the file system has no executable bit; see `probeExecutableBit`. Default: true except on Windows. */
  readonly executableBit?: boolean;
  readonly loadNative?: () => Promise<NativePart>;
  /** For work on many files. Default: threads of its own, started when they are first needed. */
  readonly workers?: DiskWorkers;
}

const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_APPEND } = fs.constants;
/** Bytes per system call; most files of a skill fit into one. */
const CHUNK = 256 * 1024;
const RENAME_RETRY_DELAYS = [10, 20, 40, 80, 160, 320, 640] as const;
const CANNOT_EXCHANGE = new Set(['ENOSYS', 'EINVAL', 'EXDEV', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * The real file system. System calls are synchronous within time slices of 8 ms: on 16,000 small files that takes a quarter of the time of
 * the thread pool, and the extension host never freezes. What waits for the disk (`flush`, `flushTrees`) runs in the background.
 * Errors are the system's, unchanged; `toBeaverError` puts them in words.
 */
export class NodeFileSystem implements FileSystem {
  readonly #slice = new TimeSlice();
  readonly #durability = new Durability(this);
  readonly #scratch = Buffer.allocUnsafeSlow(CHUNK);
  readonly #executableBit: boolean;
  readonly #workers: DiskWorkers;
  readonly #loadNative: () => Promise<NativePart>;
  #native: Promise<NativePart | undefined> | undefined;

  constructor(options: NodeFileSystemOptions = {}) {
    this.#executableBit = options.executableBit ?? !IS_WINDOWS;
    this.#workers = options.workers ?? new DiskWorkers();
    this.#loadNative = options.loadNative ?? loadNativePart;
  }

  lstat(target: string): Promise<FileStat | undefined> {
    return this.#slice.run(() => unlessMissing(() => this.#stat(target)));
  }

  realpath(target: string): Promise<string> {
    return this.#slice.run(() => fs.realpathSync.native(target));
  }

  readDirectory(target: string): Promise<readonly DirectoryEntry[] | undefined> {
    return this.#slice.run(() => {
      try {
        return fs.readdirSync(target, { withFileTypes: true }).map(directoryEntry);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    });
  }

  async readFile(target: string, maxBytes = Infinity): Promise<Uint8Array | undefined> {
    await this.#slice.breathe();
    const fd = unlessMissing(() => openForReading(target));
    if (fd === undefined) return undefined;
    try {
      const limit = maxBytes + 1;
      const parts: Uint8Array[] = [];
      let total = 0;
      for (;;) {
        // Read and copied out in one go: the scratch buffer is free again before the loop can yield.
        const count = fs.readSync(fd, this.#scratch, 0, Math.min(CHUNK, limit - total), null);
        if (count > 0) parts.push(Uint8Array.from(this.#scratch.subarray(0, count)));
        total += count;
        if (count === 0 || total >= limit) break;
        if (total >= CHUNK) await this.#slice.breathe();
      }
      return joined(parts, total);
    } finally {
      fs.closeSync(fd);
    }
  }

  async writeFile(
    target: string,
    bytes: Uint8Array,
    options: { executable?: boolean; exclusive?: boolean; private?: boolean } = {},
  ): Promise<void> {
    await this.#slice.breathe();
    const fd = this.#openForWriting(
      target,
      options.exclusive === true ? O_EXCL : O_TRUNC,
      options.executable,
      options.private === true ? PRIVATE_MODE : undefined,
    );
    await this.#writeAndClose(fd, bytes);
  }

  async appendFile(target: string, bytes: Uint8Array): Promise<void> {
    await this.#slice.breathe();
    const fd = this.#openForWriting(target, O_APPEND, undefined);
    await this.#writeAndClose(fd, bytes);
  }

  /** Creates or truncates `to`; keeps the source's executable bit unless the option says otherwise. Follows no link at either end. */
  async copyFile(from: string, to: string, options: { executable?: boolean } = {}): Promise<void> {
    await this.#slice.breathe();
    // Reading and writing beats copy_file_range 2.5 times on small files, and never follows a link.
    const source = openForReading(from);
    try {
      const executable = options.executable ?? isExecutable(fs.fstatSync(source).mode);
      // The first read comes before the target is made: a directory or a failing disk leaves nothing behind.
      let count = fs.readSync(source, this.#scratch, 0, CHUNK, null);
      const target = this.#openForWriting(to, O_TRUNC, executable);
      try {
        while (count > 0) {
          writeFully(target, this.#scratch.subarray(0, count));
          // Only between writing and reading: others use the scratch buffer while this one waits.
          if (count === CHUNK) await this.#slice.breathe();
          count = fs.readSync(source, this.#scratch, 0, CHUNK, null);
        }
      } finally {
        fs.closeSync(target);
      }
    } finally {
      fs.closeSync(source);
    }
  }

  makeDirectory(target: string): Promise<void> {
    return this.#slice.run(() => {
      fs.mkdirSync(target, { recursive: true });
    });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#slice.breathe();
    if (!IS_WINDOWS) {
      fs.renameSync(from, to);
      return;
    }
    // Scanners and indexers hold files open for moments; nothing else tells a passing EPERM from a lasting one.
    for (const pause of RENAME_RETRY_DELAYS) {
      try {
        fs.renameSync(from, to);
        return;
      } catch (error) {
        if (!hasCode(error, 'EPERM', 'EBUSY', 'EACCES')) throw error;
      }
      await delay(pause);
    }
    fs.renameSync(from, to);
  }

  async exchange(a: string, b: string): Promise<boolean> {
    // The package's exchange is three renames on Windows: a crash between them would lose a path.
    if (IS_WINDOWS) return false;
    this.#native ??= this.#loadNative().catch(() => undefined);
    const native = await this.#native;
    if (native === undefined) return false;
    return this.#slice.run(() => {
      try {
        native.swapSync(a, b);
        return true;
      } catch (error) {
        if (hasCode(error, ...CANNOT_EXCHANGE)) return false;
        throw error;
      }
    });
  }

  async remove(target: string): Promise<void> {
    await this.#slice.breathe();
    const stat = unlessMissing(() => fs.lstatSync(target, { throwIfNoEntry: false }));
    if (stat === undefined) return;
    if (stat.isDirectory()) await this.#removeDirectory(target);
    else removeEntry(target, fs.unlinkSync);
  }

  scan(roots: readonly string[]): Promise<Scan | undefined> {
    return scanWith(this.#workers, this, this.#executableBit, roots);
  }

  writeTrees(trees: readonly NewTree[]): Promise<void> {
    return this.#workers.write(trees);
  }

  flush(paths: readonly string[]): Promise<void> {
    return this.#durability.flush(paths);
  }

  flushTrees(roots: readonly string[]): Promise<void> {
    return this.#durability.flushTrees(roots);
  }

  async #removeDirectory(directory: string): Promise<void> {
    for (const entry of (await this.readDirectory(directory)) ?? []) {
      const child = path.join(directory, entry.name);
      if (entry.kind === 'directory') await this.#removeDirectory(child);
      else
        await this.#slice.run(() => {
          removeEntry(child, fs.unlinkSync);
        });
    }
    await this.#slice.run(() => {
      removeEntry(directory, fs.rmdirSync);
    });
  }

  #stat(target: string): FileStat | undefined {
    const stat = fs.lstatSync(target, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return {
      kind: kindOf(stat),
      size: Number(stat.size),
      executable: this.#executableBit ? isExecutable(Number(stat.mode)) : undefined,
      dev: stat.dev,
      ino: stat.ino,
      mtimeNs: stat.mtimeNs,
      ctimeNs: stat.ctimeNs,
    };
  }

  #openForWriting(target: string, how: number, executable: boolean | undefined, only?: number): number {
    if (IS_WINDOWS && how !== O_EXCL) refuseLink(target);
    const mode = only ?? (executable === true ? EXECUTABLE_MODE : PLAIN_MODE);
    const fd = fs.openSync(target, O_WRONLY | O_CREAT | how | GUARDED, mode);
    // The mode of `open` is for new files only.
    if (executable !== undefined && how === O_TRUNC && this.#executableBit) {
      try {
        if (isExecutable(fs.fstatSync(fd).mode) !== executable) fs.fchmodSync(fd, mode);
      } catch (error) {
        fs.closeSync(fd);
        throw error;
      }
    }
    return fd;
  }

  async #writeAndClose(fd: number, bytes: Uint8Array): Promise<void> {
    try {
      for (let start = 0; start < bytes.byteLength; start += CHUNK) {
        if (start > 0) await this.#slice.breathe();
        writeFully(fd, bytes.subarray(start, start + CHUNK));
      }
    } finally {
      fs.closeSync(fd);
    }
  }
}
