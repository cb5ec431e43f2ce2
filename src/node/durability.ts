import { execFile } from 'node:child_process';
import { constants, type FileHandle, lstat, open } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { FileSystem } from '../core/ports.ts';
import { IS_WINDOWS } from './file-calls.ts';
import { hasCode } from '../base/system-errors.ts';

/** As many as the thread pool runs at once; the file system joins their commits. */
const CONCURRENCY = 4;
/** Paths from which flushing the file system as a whole is cheaper, measured on ext4: it costs one process and one commit. */
const MANY = 32;
/** The first Linux whose syncfs reports write errors. */
const SYNCFS_REPORTS_ERRORS = [5, 8] as const;

/** The two ways to the device; tests put others in their place. */
export interface FlushTools {
  flushPath(target: string): Promise<void>;
  /** Flushes the file systems that these paths are on. False when that cannot be done here, or failed. */
  flushFileSystems(targets: readonly string[]): Promise<boolean>;
}

/**
 * Waits until data is on the device. One path at a time that is `fsync` on Linux, F_FULLFSYNC on macOS and FlushFileBuffers on Windows, for
 * files and (except on Windows, where NTFS journals them in order and offers no flush) for directories.
 *
 * From 32 paths on, Linux 5.8 or newer is asked for one `sync -f` per file system instead, which is syncfs(2): it returns when all data
 * and metadata that the file system held before the call are on the device, and since 5.8 reports write errors. On 23,000 paths that takes
 * a tenth of the time. Where the command is missing or fails, each path is flushed by itself, and the first failure is the caller's.
 */
export class Durability {
  readonly #files: Pick<FileSystem, 'lstat' | 'readDirectory'>;
  readonly #tools: FlushTools;

  constructor(files: Pick<FileSystem, 'lstat' | 'readDirectory'>, tools: FlushTools = SYSTEM_TOOLS) {
    this.#files = files;
    this.#tools = tools;
  }

  async flush(targets: readonly string[]): Promise<void> {
    if (targets.length >= MANY && (await this.#flushFileSystemsOf(targets))) return;
    await this.#flushEach(targets);
  }

  async flushTrees(roots: readonly string[]): Promise<void> {
    const paths: string[] = [];
    for (const root of roots) {
      if (paths.length < MANY) paths.push(...(await this.#below(root, MANY)));
    }
    if (paths.length < MANY) {
      await this.#flushEach(paths);
      return;
    }
    if (await this.#flushFileSystemsOf(roots)) return;
    for (const root of roots) await this.#flushEach(await this.#below(root, Infinity));
  }

  async #flushEach(targets: readonly string[]): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let target = targets[next++]; target !== undefined; target = targets[next++]) {
        await this.#tools.flushPath(target);
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, targets.length) }, worker));
  }

  async #flushFileSystemsOf(targets: readonly string[]): Promise<boolean> {
    const byDevice = new Map<bigint, string>();
    for (const target of targets) {
      const stat = await this.#files.lstat(target);
      // Missing: flushing each path says so with the system's own error.
      if (stat === undefined) return false;
      if (!byDevice.has(stat.dev)) byDevice.set(stat.dev, target);
    }
    return this.#tools.flushFileSystems([...byDevice.values()]);
  }

  /** `root` with the files and directories below it, the deepest first, not many more than `limit`. Links are entries of their directory. */
  async #below(root: string, limit: number): Promise<string[]> {
    const paths: string[] = [];
    const visit = async (directory: string): Promise<void> => {
      for (const entry of (await this.#files.readDirectory(directory)) ?? []) {
        if (paths.length >= limit) return;
        const child = path.join(directory, entry.name);
        if (entry.kind === 'directory') await visit(child);
        else if (entry.kind === 'file') paths.push(child);
      }
      paths.push(directory);
    };
    await visit(root);
    return paths;
  }
}

const run = promisify(execFile);

const SYSTEM_TOOLS: FlushTools = {
  async flushPath(target) {
    const handle = await openForFlush(target);
    try {
      await handle?.sync();
    } catch (error) {
      // Some network and user-space file systems have no flush for directories; there is nothing better to ask them for.
      if (!hasCode(error, 'EINVAL', 'ENOTSUP', 'EISDIR') || !(await isDirectory(target))) throw error;
    } finally {
      await handle?.close();
    }
  },

  async flushFileSystems(targets) {
    if (process.platform !== 'linux' || !isAtLeast(os.release(), SYNCFS_REPORTS_ERRORS)) return false;
    try {
      await run('sync', ['-f', '--', ...targets]);
      return true;
    } catch {
      return false;
    }
  },
};

/** Undefined where there is nothing to flush. Windows flushes through a writable handle only. */
async function openForFlush(target: string): Promise<FileHandle | undefined> {
  if (!IS_WINDOWS) {
    return await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  }
  try {
    return await open(target, 'r+');
  } catch (error) {
    if (hasCode(error, 'EISDIR', 'EPERM', 'EACCES') && (await isDirectory(target))) return undefined;
    throw error;
  }
}

async function isDirectory(target: string): Promise<boolean> {
  return (await lstat(target)).isDirectory();
}

function isAtLeast(release: string, [major, minor]: readonly [number, number]): boolean {
  const [, actualMajor = '0', actualMinor = '0'] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return Number(actualMajor) > major || (Number(actualMajor) === major && Number(actualMinor) >= minor);
}
