import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DirectoryEntry, FileKind, FileStat, Look, Scan } from '../core/ports.ts';
import { kindOf, unlessMissing } from './file-calls.ts';

/** What was found below some folders, in a form that goes from one thread to another in few pieces. */
export interface ScannedTrees {
  /** Absolute paths of the folders that were listed, joined by NUL. */
  readonly folders: string;
  /** How many entries each folder has. */
  readonly counts: Uint32Array<ArrayBuffer>;
  /** Names of all entries, folder by folder, joined by NUL. */
  readonly names: string;
  /** The kind of each entry, as an index into {@link KINDS}. */
  readonly kinds: Uint8Array<ArrayBuffer>;
  /** {@link FIELDS} numbers for each entry; zeros where it went away meanwhile. */
  readonly stats: BigInt64Array<ArrayBuffer>;
}

const KINDS: readonly FileKind[] = ['file', 'directory', 'symlink', 'other'];
/** dev, ino, size, mode, mtime and ctime in nanoseconds. */
const FIELDS = 6;
const OWNER_EXECUTES = 0o100n;

/** Lists `roots` and everything below them; links are entries and not followed. What cannot be read is left out: whoever asks for it meets the error itself. */
export function scanTrees(roots: readonly string[]): ScannedTrees {
  const folders: string[] = [];
  const counts: number[] = [];
  const names: string[] = [];
  const kinds: number[] = [];
  let stats = new BigInt64Array(FIELDS * 4096);
  const visit = (folder: string): void => {
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    folders.push(folder);
    counts.push(entries.length);
    const below: string[] = [];
    for (const entry of entries) {
      const child = `${folder}${path.sep}${entry.name}`;
      const stat = unlessMissing(() => fs.lstatSync(child, { bigint: true, throwIfNoEntry: false }));
      const at = names.length * FIELDS;
      if (at === stats.length) stats = doubled(stats);
      names.push(entry.name);
      kinds.push(KINDS.indexOf(kindOf(entry)));
      if (stat !== undefined) {
        stats[at] = stat.dev;
        stats[at + 1] = stat.ino;
        stats[at + 2] = stat.size;
        stats[at + 3] = stat.mode;
        stats[at + 4] = stat.mtimeNs;
        stats[at + 5] = stat.ctimeNs;
      }
      if (entry.isDirectory() && !isAside(entry.name)) below.push(child);
    }
    for (const child of below) visit(child);
  };
  for (const root of roots) visit(root);
  return {
    folders: folders.join('\0'),
    counts: Uint32Array.from(counts),
    names: names.join('\0'),
    kinds: Uint8Array.from(kinds),
    stats: stats.slice(0, names.length * FIELDS),
  };
}

function doubled(stats: BigInt64Array<ArrayBuffer>): BigInt64Array<ArrayBuffer> {
  const larger = new BigInt64Array(stats.length * 2);
  larger.set(stats);
  return larger;
}

/** Folders that may hold a thousand times what is asked for: repositories, packages, caches. Whoever does ask for one asks the disk. */
function isAside(name: string): boolean {
  return name === 'node_modules' || (name.startsWith('.') && !name.endsWith('-plugin'));
}

interface Folder {
  readonly scanned: Decoded;
  /** Index of its first entry. */
  readonly first: number;
  readonly count: number;
}

interface Decoded {
  readonly names: readonly string[];
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly stats: BigInt64Array<ArrayBuffer>;
}

/** Answers from scans what they hold, and asks the disk for the rest. */
export class ScannedLook implements Scan {
  readonly #disk: Look;
  readonly #executableBit: boolean;
  readonly #folders = new Map<string, Folder>();
  readonly #scans: ScannedTrees[] = [];
  readonly #undecoded: ScannedTrees[] = [];
  /** Of the folder that was asked last: files are asked for folder by folder. */
  #last: { readonly folder: string; readonly index: ReadonlyMap<string, number> } | undefined;

  constructor(disk: Look, executableBit: boolean) {
    this.#disk = disk;
    this.#executableBit = executableBit;
  }

  add(scanned: ScannedTrees): void {
    if (scanned.folders === '') return;
    this.#scans.push(scanned);
    this.#undecoded.push(scanned);
  }

  /** Nothing is decoded before the first question: whoever only compares fingerprints has none. */
  get #found(): ReadonlyMap<string, Folder> {
    for (const scanned of this.#undecoded.splice(0)) this.#decode(scanned);
    return this.#folders;
  }

  #decode(scanned: ScannedTrees): void {
    const decoded: Decoded = {
      names: scanned.names === '' ? [] : scanned.names.split('\0'),
      kinds: scanned.kinds,
      stats: scanned.stats,
    };
    let first = 0;
    for (const [index, folder] of scanned.folders.split('\0').entries()) {
      const count = scanned.counts[index] ?? 0;
      this.#folders.set(folder, { scanned: decoded, first, count });
      first += count;
    }
  }

  get fingerprint(): string {
    const hash = createHash('sha256');
    for (const { folders, counts, names, kinds, stats } of this.#scans)
      for (const part of [Buffer.from(folders), counts, Buffer.from(names), kinds, stats])
        hash.update(`${part.byteLength} `).update(part);
    return hash.digest('hex');
  }

  get newestNs(): bigint {
    let newest = 0n;
    for (const { stats } of this.#scans) {
      for (let at = 0; at < stats.length; at += FIELDS) {
        for (const stamp of [stats[at + 4] ?? 0n, stats[at + 5] ?? 0n]) if (stamp > newest) newest = stamp;
      }
    }
    return newest;
  }

  holdsEntry(target: string): boolean {
    const parent = path.dirname(target);
    const folder = this.#found.get(parent);
    return folder !== undefined && this.#indexOf(parent, folder).has(path.basename(target));
  }

  holdsFolder(target: string): boolean {
    return this.#found.has(target);
  }

  readDirectory(target: string): Promise<readonly DirectoryEntry[] | undefined> {
    const folder = this.#found.get(target);
    if (folder === undefined) return this.#disk.readDirectory(target);
    const entries: DirectoryEntry[] = [];
    for (let at = folder.first; at < folder.first + folder.count; at++) {
      entries.push({
        name: folder.scanned.names[at] ?? '',
        kind: KINDS[folder.scanned.kinds[at] ?? 3] ?? 'other',
      });
    }
    return Promise.resolve(entries);
  }

  lstat(target: string): Promise<FileStat | undefined> {
    const parent = path.dirname(target);
    const folder = this.#found.get(parent);
    const at = folder === undefined ? undefined : this.#indexOf(parent, folder).get(path.basename(target));
    if (folder === undefined || at === undefined) return this.#disk.lstat(target);
    const field = (offset: number): bigint => folder.scanned.stats[at * FIELDS + offset] ?? 0n;
    const mode = field(3);
    if (mode === 0n) return Promise.resolve(undefined);
    return Promise.resolve({
      kind: KINDS[folder.scanned.kinds[at] ?? 3] ?? 'other',
      size: Number(field(2)),
      executable: this.#executableBit ? (mode & OWNER_EXECUTES) !== 0n : undefined,
      dev: field(0),
      ino: field(1),
      mtimeNs: field(4),
      ctimeNs: field(5),
    });
  }

  #indexOf(parent: string, folder: Folder): ReadonlyMap<string, number> {
    if (this.#last?.folder !== parent) {
      const index = new Map<string, number>();
      for (let at = folder.first; at < folder.first + folder.count; at++)
        index.set(folder.scanned.names[at] ?? '', at);
      this.#last = { folder: parent, index };
    }
    return this.#last.index;
  }
}
