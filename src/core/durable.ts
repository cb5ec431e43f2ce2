import * as path from 'node:path';
import type { FileSystem } from './ports.ts';

const NEWLINE = 0x0a;

/**
 * The one protocol for a file that must survive a power cut (invariant 4): write a temporary beside it, flush it, rename it into place,
 * flush the folder. At every instant the path holds the old bytes or the new ones, whole. Missing folders are made, durably.
 *
 * The temporary is `<path>.tmp`: callers hold the write lock, so nobody else uses it, and one that a crash left behind is replaced.
 * Rejects with the system's error, after removing the temporary where that is possible.
 */
export async function writeFileDurably(
  files: FileSystem,
  target: string,
  bytes: Uint8Array,
  options: { readonly private?: boolean } = {},
): Promise<void> {
  const temporary = `${target}.tmp`;
  try {
    await createFile(files, temporary, bytes, options);
    await files.flush([temporary]);
    await files.rename(temporary, target);
  } catch (error) {
    // The first failure is the one to report; a disk that fails here too leaves a temporary that the next write replaces.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await files.flush([path.dirname(target)]);
}

/** As `makeDirectory`, and the new entries survive a power cut: each parent that gained one is flushed. */
export async function makeDirectoryDurably(files: FileSystem, directory: string): Promise<void> {
  const changed: string[] = [];
  let missing = directory;
  while ((await files.lstat(missing)) === undefined) {
    const parent = path.dirname(missing);
    if (parent === missing) break;
    changed.push(parent);
    missing = parent;
  }
  await files.makeDirectory(directory);
  if (changed.length > 0) await files.flush(changed);
}

/**
 * Adds one line to a file of JSON Lines and returns when it would survive a power cut. `line` has no line break.
 * A last line that an earlier crash tore (no newline at its end, or NUL bytes where data never arrived) is dropped first: it was never
 * reported as written. A torn line in the middle cannot arise, because each append starts from a repaired, flushed end.
 */
export async function appendLineDurably(files: FileSystem, target: string, line: string): Promise<void> {
  const bytes = Buffer.from(`${line}\n`, 'utf8');
  const before = await files.readFile(target);
  if (before === undefined) {
    await writeFileDurably(files, target, bytes);
    return;
  }
  const whole = endOfWholeLines(before);
  if (whole < before.byteLength) {
    await writeFileDurably(files, target, Buffer.concat([before.subarray(0, whole), bytes]));
    return;
  }
  await files.appendFile(target, bytes);
  await files.flush([target]);
}

/** As `appendLineDurably` for several lines at once: after a power cut either all of them are there or none. */
export async function appendLinesDurably(
  files: FileSystem,
  target: string,
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  const before = (await files.readFile(target)) ?? new Uint8Array();
  const added = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
  const whole = before.subarray(0, endOfWholeLines(before));
  await writeFileDurably(files, target, Buffer.concat([whole, added]));
}

/** The length of `bytes` without a torn last line. */
function endOfWholeLines(bytes: Uint8Array): number {
  let end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end === 0) return 0;
  const start = bytes.lastIndexOf(NEWLINE, end - 2) + 1;
  if (end >= 2 && bytes.subarray(start, end).includes(0)) end = start;
  return end;
}

/** A new file even where a crash left one behind, or somebody put a link there. */
async function createFile(
  files: FileSystem,
  target: string,
  bytes: Uint8Array,
  options: { readonly private?: boolean },
): Promise<void> {
  try {
    await files.writeFile(target, bytes, { ...options, exclusive: true });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) await files.remove(target);
    else if (hasCode(error, 'ENOENT')) await makeDirectoryDurably(files, path.dirname(target));
    else throw error;
    await files.writeFile(target, bytes, { ...options, exclusive: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
