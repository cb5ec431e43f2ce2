import * as fs from 'node:fs';
import type { ReadEntry } from 'tar';
import {
  type PackageEntry,
  PACKAGE_LIMITS,
  type PackageLimits,
  type PlannedFile,
  tooLarge,
  unsafe,
} from '../../core/package-entries.ts';
import { writeFully } from '../file-calls.ts';
import { PackageWriter } from './package-writer.ts';

const FILES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);
const FOLDERS: ReadonlySet<string> = new Set(['Directory', 'GNUDumpDir']);
/** Times the size of the archive: text packs ten times, and what packs a thousand times was made to. */
const LARGEST_RATIO = 200;
const HARMLESS_BYTES = 16 * 1024 * 1024;

/** What a tar, compressed or not, lists. Reads it once to its end, and stops where it is too much. */
export async function listTar(
  file: string,
  signal: AbortSignal,
  limits: PackageLimits = PACKAGE_LIMITS,
): Promise<readonly PackageEntry[]> {
  const packed = fs.statSync(file).size;
  const entries: PackageEntry[] = [];
  let bytes = 0;
  await eachEntry(file, signal, (entry) => {
    bytes += entry.size;
    if (entries.length >= limits.maxFiles * 2 || bytes > limits.maxBytes) throw tooLarge(limits.maxBytes);
    if (bytes > HARMLESS_BYTES && bytes > packed * LARGEST_RATIO)
      throw unsafe('The archive grows far more than text does when it is unpacked.');
    entries.push(listed(entry));
    entry.resume();
  });
  return entries;
}

/** The content of one file, by its place in what {@link listTar} gave. */
export async function readTarFile(file: string, wanted: number, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let index = -1;
  await eachEntry(file, signal, (entry) => {
    index += 1;
    if (index === wanted) entry.on('data', (piece: Uint8Array) => pieces.push(piece));
    else entry.resume();
  });
  return Buffer.concat(pieces);
}

/** Writes the files of a plan that was made from what {@link listTar} gave. */
export async function unpackTar(
  file: string,
  plan: readonly PlannedFile[],
  into: string,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Map<number, number[]>();
  for (const [index, { entry }] of plan.entries()) wanted.set(entry, [...(wanted.get(entry) ?? []), index]);
  const writer = new PackageWriter(into, plan);
  await writer.start();
  let index = -1;
  let written = 0;
  const open = new Set<number>();
  try {
    await eachEntry(file, signal, (entry) => {
      index += 1;
      const places = wanted.get(index);
      if (places === undefined) {
        entry.resume();
        return;
      }
      // As it comes: a program may be larger than what one would hold in memory.
      for (const place of places) open.add(writer.open(place));
      entry.on('data', (piece: Uint8Array) => {
        for (const fd of open) writeFully(fd, piece);
      });
      entry.on('end', () => {
        written += open.size;
        closeAll(open);
      });
    });
  } finally {
    closeAll(open);
  }
  if (written !== plan.length) throw unsafe('The archive is damaged.');
}

function closeAll(open: Set<number>): void {
  for (const fd of open) fs.closeSync(fd);
  open.clear();
}

function listed(entry: ReadEntry): PackageEntry {
  const { path, linkpath = '', type } = entry;
  const common = { path, executable: ((entry.mode ?? 0) & 0o100) !== 0, size: 0 };
  if (FILES.has(type)) return { ...common, kind: 'file', size: entry.size };
  if (FOLDERS.has(type)) return { ...common, kind: 'directory' };
  if (type === 'SymbolicLink') return { ...common, kind: 'link', target: linkpath };
  if (type === 'Link') return { ...common, kind: 'link', target: linkpath, fromRoot: true };
  return { ...common, kind: 'other' };
}

/** Hands over every entry; whatever `take` throws ends the reading and is thrown. */
async function eachEntry(file: string, signal: AbortSignal, take: (entry: ReadEntry) => void): Promise<void> {
  const { TarParser } = await import('./package-libraries.ts');
  const source = fs.createReadStream(file);
  try {
    await new Promise<void>((resolve, reject) => {
      const parser = new TarParser({
        strict: true,
        onReadEntry: (entry) => {
          try {
            take(entry);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            parser.abort(error instanceof Error ? error : new Error(String(error)));
          }
        },
      });
      parser.on('end', resolve);
      parser.on('error', (error: unknown) => {
        reject(damaged(error));
      });
      source.on('error', reject);
      source.on('data', (piece) => {
        if (signal.aborted) {
          reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
          source.destroy();
          return;
        }
        try {
          if (!parser.write(typeof piece === 'string' ? Buffer.from(piece) : piece)) {
            source.pause();
            parser.once('drain', () => source.resume());
          }
        } catch (error) {
          // A disk that is full while an entry is written, say.
          reject(error instanceof Error ? error : new Error(String(error)));
          source.destroy();
        }
      });
      source.on('end', () => {
        try {
          parser.end();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  } finally {
    source.destroy();
  }
}

function damaged(cause: unknown): Error {
  const problem = unsafe('The archive cannot be read.');
  problem.cause = cause;
  return problem;
}
