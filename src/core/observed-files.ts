import * as path from 'node:path';
import { FieldDigest, type Sha256 } from '../base/digest.ts';
import type { DirectoryEntry, FileStat, FileSystem, Look, NewTree, Scan } from './ports.ts';

/** What was asked of a file system, and a digest of what it answered. Paths are relative to a root, in the platform's notation. */
export interface Observation {
  readonly stats: readonly string[];
  readonly folders: readonly string[];
  readonly links: readonly string[];
  readonly scans: readonly (readonly string[])[];
  readonly digest: Sha256;
}

/** The coarsest time stamps in use, those of FAT: within them a file can change and keep its stamp. Milliseconds. */
const GRANULARITY = 2000;

/**
 * A file system that takes note of everything that is looked at through it. What follows from these looks alone still holds while
 * {@link isAsObserved} is true: a file that is read is known by its stat, which changes with its content once its stamps are older than
 * the first look (git's rule for racily clean files).
 */
export class ObservedFiles implements FileSystem {
  /** As there, so that who writes through this takes the same way. */
  readonly writeTrees?: (trees: readonly NewTree[]) => Promise<void>;
  readonly #files: FileSystem;
  readonly #answers = new Answers();
  readonly #scans: Scan[] = [];
  /** False once something was written, or was found to be what a stat does not tell. */
  #repeatable = true;

  constructor(files: FileSystem) {
    this.#files = files;
    if (files.writeTrees !== undefined) this.writeTrees = async (trees) => this.#write().writeTrees?.(trees);
  }

  /**
   * What was seen; undefined when it could not be told that it changed: something was written through this, a link was read, or a stamp is
   * not older than `startedAt` (milliseconds since the epoch, before the first look).
   */
  observation(root: string, startedAt: number): Observation | undefined {
    const limit = BigInt(startedAt - GRANULARITY) * 1_000_000n;
    if (!this.#repeatable || !this.#answers.steady || this.#answers.newestNs >= limit) return undefined;
    const relative = (paths: Iterable<string>): readonly string[] =>
      [...paths].map((one) => path.relative(root, one));
    return {
      stats: relative(this.#answers.stats.keys()),
      folders: relative(this.#answers.folders.keys()),
      links: relative(this.#answers.links.keys()),
      scans: this.#answers.scans.map(({ roots }) => relative(roots)),
      digest: this.#answers.digest(),
    };
  }

  async lstat(target: string): Promise<FileStat | undefined> {
    const stat = await this.#files.lstat(target);
    this.#answers.stat(target, stat);
    return stat;
  }

  async realpath(target: string): Promise<string> {
    const real = await this.#files.realpath(target);
    this.#answers.link(target, real);
    return real;
  }

  async readDirectory(target: string): Promise<readonly DirectoryEntry[] | undefined> {
    const entries = await this.#files.readDirectory(target);
    this.#answers.folder(target, entries);
    return entries;
  }

  async readFile(target: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    // Before its bytes: what is written in between has a newer stamp than the one that is kept.
    if (!this.#scans.some((scan) => scan.holdsEntry(target))) {
      const stat = await this.lstat(target);
      if (stat?.kind === 'symlink') this.#repeatable = false;
    }
    return this.#files.readFile(target, maxBytes);
  }

  async scan(roots: readonly string[]): Promise<Scan | undefined> {
    const scan = await this.#files.scan?.(roots);
    if (scan === undefined) return undefined;
    this.#scans.push(scan);
    this.#answers.scan(roots, scan);
    return new ObservedScan(scan, this);
  }

  writeFile(...args: Parameters<FileSystem['writeFile']>): Promise<void> {
    return this.#write().writeFile(...args);
  }

  appendFile(...args: Parameters<FileSystem['appendFile']>): Promise<void> {
    return this.#write().appendFile(...args);
  }

  copyFile(...args: Parameters<FileSystem['copyFile']>): Promise<void> {
    return this.#write().copyFile(...args);
  }

  makeDirectory(target: string): Promise<void> {
    return this.#write().makeDirectory(target);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#write().rename(from, to);
  }

  exchange(a: string, b: string): Promise<boolean> {
    return this.#write().exchange(a, b);
  }

  remove(target: string): Promise<void> {
    return this.#write().remove(target);
  }

  flush(paths: readonly string[]): Promise<void> {
    return this.#files.flush(paths);
  }

  flushTrees(roots: readonly string[]): Promise<void> {
    return this.#files.flushTrees(roots);
  }

  #write(): FileSystem {
    this.#repeatable = false;
    return this.#files;
  }
}

/** Asks `files` again what was asked then. @returns whether every answer is the same; false where something cannot be read. */
export async function isAsObserved(files: FileSystem, root: string, seen: Observation): Promise<boolean> {
  // Thousands of paths, and all of them normalised: what is joined needs no second look.
  const at = (relative: string): string =>
    relative === '' || path.isAbsolute(relative)
      ? path.resolve(root, relative)
      : `${root}${path.sep}${relative}`;
  const answers = new Answers();
  const scanning = Promise.all(seen.scans.map(async (roots) => files.scan?.(roots.map(at))));
  // Awaited below, unless a look before it fails.
  scanning.catch(() => undefined);
  try {
    for (const one of seen.links) answers.link(at(one), await files.realpath(at(one)));
    for (const one of seen.folders) answers.folder(at(one), await files.readDirectory(at(one)));
    for (const one of seen.stats) answers.stat(at(one), await files.lstat(at(one)));
    for (const [index, scan] of (await scanning).entries()) {
      if (scan === undefined) return false;
      answers.scan((seen.scans[index] ?? []).map(at), scan);
    }
  } catch {
    return false;
  }
  return answers.digest() === seen.digest;
}

class ObservedScan implements Scan {
  readonly #scan: Scan;
  readonly #rest: Look;

  constructor(scan: Scan, rest: Look) {
    this.#scan = scan;
    this.#rest = rest;
  }

  get fingerprint(): string {
    return this.#scan.fingerprint;
  }

  get newestNs(): bigint {
    return this.#scan.newestNs;
  }

  holdsEntry(target: string): boolean {
    return this.#scan.holdsEntry(target);
  }

  holdsFolder(target: string): boolean {
    return this.#scan.holdsFolder(target);
  }

  lstat(target: string): Promise<FileStat | undefined> {
    return (this.#scan.holdsEntry(target) ? this.#scan : this.#rest).lstat(target);
  }

  readDirectory(target: string): Promise<readonly DirectoryEntry[] | undefined> {
    return (this.#scan.holdsFolder(target) ? this.#scan : this.#rest).readDirectory(target);
  }
}

/** By path, in the order in which they were first asked for. */
class Answers {
  readonly stats = new Map<string, string>();
  readonly folders = new Map<string, string>();
  readonly links = new Map<string, string>();
  readonly scans: { readonly roots: readonly string[]; readonly fingerprint: string }[] = [];
  newestNs = 0n;
  /** False once the same question had two answers. */
  steady = true;

  link(target: string, real: string): void {
    this.#keep(this.links, target, real);
  }

  folder(target: string, entries: readonly DirectoryEntry[] | undefined): void {
    this.#keep(this.folders, target, listed(entries));
  }

  stat(target: string, stat: FileStat | undefined): void {
    this.#keep(this.stats, target, stat === undefined ? '' : told(stat));
    if (stat !== undefined) this.#note(stat.mtimeNs, stat.ctimeNs);
  }

  scan(roots: readonly string[], scan: Scan): void {
    this.scans.push({ roots, fingerprint: scan.fingerprint });
    this.#note(scan.newestNs);
  }

  /** Over the answers alone: whoever compares has asked the same questions in the same order. */
  digest(): Sha256 {
    const digest = new FieldDigest('observation');
    for (const kind of [this.stats, this.folders, this.links]) digest.field([...kind.values()].join('\n'));
    for (const { fingerprint } of this.scans) digest.field(fingerprint);
    return digest.hex();
  }

  #keep(kind: Map<string, string>, target: string, answer: string): void {
    if ((kind.get(target) ?? answer) !== answer) this.steady = false;
    kind.set(target, answer);
  }

  #note(...stamps: readonly bigint[]): void {
    for (const stamp of stamps) if (stamp > this.newestNs) this.newestNs = stamp;
  }
}

function told(stat: FileStat): string {
  const { kind, size, executable, dev, ino, mtimeNs, ctimeNs } = stat;
  return [kind, size, executable, dev, ino, mtimeNs, ctimeNs].join(' ');
}

function listed(entries: readonly DirectoryEntry[] | undefined): string {
  if (entries === undefined) return '';
  return JSON.stringify(entries.map(({ name, kind }) => `${kind} ${name}`).sort());
}
