import * as fs from 'node:fs';
import type { DirectoryEntry, FileKind } from '../core/ports.ts';
import { hasCode } from '../base/system-errors.ts';

export const IS_WINDOWS = process.platform === 'win32';

/** Flags of every open. Not defined on Windows, where links are found by `lstat`. O_NONBLOCK keeps a named pipe from hanging the open. */
export const GUARDED = IS_WINDOWS ? 0 : fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

export const PLAIN_MODE = 0o644;
export const PRIVATE_MODE = 0o600;
export const EXECUTABLE_MODE = 0o755;
/** How a file is opened that must not be there yet. */
export const NEW_FILE = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL | GUARDED;

/** Undefined where the path is missing, or a parent of it is not a directory. */
export function unlessMissing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** A descriptor that the caller closes; fails with ELOOP on a symbolic link. */
export function openForReading(target: string): number {
  if (IS_WINDOWS) refuseLink(target);
  return fs.openSync(target, fs.constants.O_RDONLY | GUARDED);
}

/** Stands in for O_NOFOLLOW on Windows: throws ELOOP when `target` is a symbolic link or a junction. */
export function refuseLink(target: string): void {
  if (fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw Object.assign(new Error(`ELOOP: too many symbolic links encountered, open '${target}'`), {
    code: 'ELOOP',
    syscall: 'open',
    path: target,
  });
}

/** A write may take less than it was given, when the disk is about to be full. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.byteLength;) {
    start += fs.writeSync(fd, bytes, start, bytes.byteLength - start, null);
  }
}

/** Removes one entry with `call`; it may have gone meanwhile. */
export function removeEntry(target: string, call: (target: string) => void): void {
  try {
    call(target);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** The bit of the owner, as git reads it. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

export function kindOf(entry: fs.Dirent | fs.BigIntStats): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

export function directoryEntry(entry: fs.Dirent): DirectoryEntry {
  return { name: entry.name, kind: kindOf(entry) };
}

export function joined(parts: readonly Uint8Array[], total: number): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const result = new Uint8Array(total);
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.byteLength;
  }
  return result;
}
