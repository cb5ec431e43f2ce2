import * as path from 'node:path';
import { BeaverError } from '../base/errors.ts';
import { foldName, nameProblem, shown } from './tree-names.ts';

/**
 * Which files a package is made of, whatever brought it: a commit, an archive, a folder. A pure plan from what the source lists; nothing
 * is written before the whole list has passed.
 */

/** One thing that a source lists. */
export interface PackageEntry {
  /** As the source has it; POSIX or not, checked here. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Bytes that a file has when it is unpacked, as the source says; 0 for everything else. */
  readonly size: number;
  readonly executable: boolean;
  /** Where a link points: relative to its own folder, or with `fromRoot` to the root of the package. */
  readonly target?: string;
  readonly fromRoot?: boolean;
}

export interface PackageLimits {
  /** Files, and also folders. */
  readonly maxFiles: number;
  /** All files together, unpacked. */
  readonly maxBytes: number;
}

/** Anything larger is no set of skills. */
export const PACKAGE_LIMITS: PackageLimits = { maxFiles: 20_000, maxBytes: 256 * 1024 * 1024 };

/** A regular file of the package, and the entry that has its content: another one where it is a link. */
export interface PlannedFile {
  /** POSIX, relative to the root of the package. */
  readonly path: string;
  readonly entry: number;
  readonly size: number;
  readonly executable: boolean;
}

/** Characters of a path inside a package: with the folders of a workspace before it, it still fits on every system. */
const LONGEST_PATH = 400;
const DEEPEST = 32;
/** Links that lead to links. */
const LONGEST_CHAIN = 8;
/** Bookkeeping of a source and not content. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * The files that `entries` come to below `root`. Links to a file or folder inside the list become that content; `.git` and `node_modules` are left
 * out unless `wanted` is everything.
 * @param root POSIX folder of the list that is the package; empty for all of it.
 * @throws BeaverError `package_unsafe`, `fetch_too_large`, `source_not_found` when nothing is at `root`.
 */
export function planPackage(
  entries: readonly PackageEntry[],
  root: string,
  limits: PackageLimits = PACKAGE_LIMITS,
  wanted: 'content' | 'everything' = 'content',
): readonly PlannedFile[] {
  const listing = new Listing(entries, wanted === 'content' ? LEFT_OUT : new Set());
  const start = root === '' ? [] : splitPath(root);
  const plan = new Plan(listing, limits);
  const at = listing.resolve(start);
  if (at.kind === 'absent') throw notThere(root);
  if (at.kind === 'file') throw unsafe(`${shown(root)} is a file; a package is a folder.`);
  plan.folder(at.names, '', 0, []);
  return plan.files;
}

/** A single folder around everything, as archives of repositories have it; empty where the top is the package itself. */
export function enclosingFolder(entries: readonly PackageEntry[]): string {
  const tops = new Set<string>();
  for (const entry of entries) {
    const names = splitPath(entry.path);
    const [top] = names;
    if (top === undefined) continue;
    if (names.length === 1 && entry.kind !== 'directory') return '';
    tops.add(top);
    if (tops.size > 1) return '';
  }
  const [only] = tops;
  return only === undefined || PLUGIN_FOLDERS.has(only) || only.startsWith('.') ? '' : only;
}

/** What a plugin has at its top: a package with nothing else is not wrapped in it. */
const PLUGIN_FOLDERS: ReadonlySet<string> = new Set([
  'skills',
  'commands',
  'agents',
  'hooks',
  'workflows',
  'output-styles',
  'bin',
]);

type Node =
  | { readonly kind: 'file'; readonly index: number }
  | { readonly kind: 'link'; readonly index: number }
  | { readonly kind: 'directory'; readonly children: Map<string, Node> };

type Found =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly index: number }
  | { readonly kind: 'directory'; readonly names: readonly string[]; readonly children: Map<string, Node> };

/** What is listed, as a tree in memory. */
class Listing {
  readonly entries: readonly PackageEntry[];
  readonly #leftOut: ReadonlySet<string>;
  readonly #root: Node & { readonly kind: 'directory' } = { kind: 'directory', children: new Map() };

  constructor(entries: readonly PackageEntry[], leftOut: ReadonlySet<string>) {
    this.entries = entries;
    this.#leftOut = leftOut;
    for (const [index, entry] of entries.entries()) this.#add(entry, index);
  }

  /** What is at these names when links are followed inside the list. Names of the answer hold no link. */
  resolve(names: readonly string[], chain = 0): Found {
    let node: Node = this.#root;
    const walked: string[] = [];
    for (const [position, name] of names.entries()) {
      const next: Node | undefined = node.kind === 'directory' ? node.children.get(name) : undefined;
      if (next === undefined) return { kind: 'absent' };
      walked.push(name);
      if (next.kind === 'link') {
        if (chain >= LONGEST_CHAIN)
          throw unsafe(`${shown(walked.join('/'))} is a link that leads in circles.`);
        const target = this.#target(next.index, walked.slice(0, -1));
        return this.resolve([...target, ...names.slice(position + 1)], chain + 1);
      }
      node = next;
    }
    if (node.kind === 'directory') return { kind: 'directory', names: walked, children: node.children };
    return { kind: 'file', index: node.index };
  }

  #target(index: number, folder: readonly string[]): readonly string[] {
    const entry = this.entries[index];
    const written = entry?.target ?? '';
    const where = shown(entry?.path ?? '');
    if (written === '' || written.includes('\0') || written.includes('\\') || /^(?:\/|[a-z]:)/i.test(written))
      throw unsafe(`The link ${where} leads out of the package.`);
    const names = entry?.fromRoot === true ? [] : [...folder];
    for (const name of written.split('/')) {
      if (name === '' || name === '.') continue;
      if (name !== '..') names.push(name);
      else if (names.pop() === undefined) throw unsafe(`The link ${where} leads out of the package.`);
    }
    return names;
  }

  #add(entry: PackageEntry, index: number): void {
    const names = splitPath(entry.path);
    if (names.some((name) => this.#leftOut.has(foldName(name)))) return;
    if (entry.kind === 'other') throw unsafe(`${shown(entry.path)} is neither a file nor a folder.`);
    if (names.length === 0 && entry.kind === 'directory') return;
    const last = names.at(-1);
    if (last === undefined) throw unsafe(`The name ${shown(entry.path)} is none.`);
    let node: Node & { kind: 'directory' } = this.#root;
    for (const name of names.slice(0, -1)) node = this.#folder(node, name, entry.path);
    if (entry.kind === 'directory') {
      this.#folder(node, last, entry.path);
      return;
    }
    // Content comes from one place only: whatever could be written twice, or through a link, is refused.
    if (node.children.has(last)) throw unsafe(`${shown(entry.path)} is in the package twice.`);
    node.children.set(last, { kind: entry.kind, index });
  }

  #folder(
    parent: Node & { readonly kind: 'directory' },
    name: string,
    shownPath: string,
  ): Node & { readonly kind: 'directory' } {
    const known = parent.children.get(name);
    if (known === undefined) {
      const made: Node & { readonly kind: 'directory' } = { kind: 'directory', children: new Map() };
      parent.children.set(name, made);
      return made;
    }
    if (known.kind !== 'directory') throw unsafe(`${shown(shownPath)} lies below a file or a link.`);
    return known;
  }
}

class Plan {
  readonly files: PlannedFile[] = [];
  readonly #listing: Listing;
  readonly #limits: PackageLimits;
  #folders = 0;
  #bytes = 0;

  constructor(listing: Listing, limits: PackageLimits) {
    this.#listing = listing;
    this.#limits = limits;
  }

  /** @param above The folders that this one lies in, by where they really are: one that is among them contains itself. */
  folder(names: readonly string[], below: string, depth: number, above: readonly string[]): void {
    const here = names.join('/');
    if (above.includes(here)) throw unsafe(`${shown(below)} is a link to a folder around it.`);
    if (depth > DEEPEST) throw unsafe(`${shown(below)} is more than ${DEEPEST} folders deep.`);
    this.#folders += 1;
    if (this.#folders > this.#limits.maxFiles) throw this.#tooMany();
    const found = this.#listing.resolve(names);
    if (found.kind !== 'directory') return;
    const folded = new Map<string, string>();
    for (const name of found.children.keys()) {
      const file = below === '' ? name : `${below}/${name}`;
      checkName(folded, name, file);
      const child = this.#listing.resolve([...names, name]);
      if (child.kind === 'absent') throw unsafe(`The link ${shown(file)} leads nowhere in the package.`);
      if (child.kind === 'directory') this.folder(child.names, file, depth + 1, [...above, here]);
      else this.#file(child.index, file);
    }
  }

  #file(index: number, file: string): void {
    const entry = this.#listing.entries[index];
    if (entry === undefined) return;
    this.#bytes += entry.size;
    if (this.files.length >= this.#limits.maxFiles) throw this.#tooMany();
    if (this.#bytes > this.#limits.maxBytes) throw tooLarge(this.#limits.maxBytes);
    this.files.push({ path: file, entry: index, size: entry.size, executable: entry.executable });
  }

  #tooMany(): BeaverError {
    return new BeaverError(
      'fetch_too_large',
      `The package has more than ${this.#limits.maxFiles} files or folders.`,
      { nextStep: 'Ask its author to leave out what is not part of the plugin.' },
    );
  }
}

function checkName(folded: Map<string, string>, name: string, file: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw unsafe(problem.message);
  if (file.length > LONGEST_PATH) throw unsafe(`The path ${shown(file)} is too long.`);
  const key = foldName(name);
  const other = folded.get(key);
  if (other !== undefined)
    throw unsafe(`The names ${shown(other)} and ${shown(name)} are one name on some systems.`);
  folded.set(key, name);
}

/** The names of a listed path. Refused where any part could lead somewhere else, before it is looked up anywhere. */
function splitPath(written: string): readonly string[] {
  if (written.includes('\0')) throw unsafe(`The name ${shown(written)} has a NUL character.`);
  if (written.includes('\\')) throw unsafe(`The name ${shown(written)} has a backslash.`);
  if (written.startsWith('/') || /^[a-z]:/i.test(written) || path.win32.isAbsolute(written))
    throw unsafe(`The name ${shown(written)} is absolute.`);
  const names = written.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw unsafe(`The name ${shown(written)} leaves the package.`);
  return names;
}

/** False for what {@link planPackage} would refuse to look up: of a repository, such names count only where they are part of the package. */
export function isPlainPath(written: string): boolean {
  try {
    return splitPath(written).length > 0;
  } catch {
    return false;
  }
}

export function tooLarge(maxBytes: number): BeaverError {
  return new BeaverError(
    'fetch_too_large',
    `The package is larger than ${Math.floor(maxBytes / (1024 * 1024))} MiB.`,
    { nextStep: 'Ask its author to leave out what is not part of the plugin.' },
  );
}

export function unsafe(message: string): BeaverError {
  return new BeaverError('package_unsafe', message, {
    nextStep: 'Do not install it; tell its author what is wrong with it.',
  });
}

function notThere(root: string): BeaverError {
  return new BeaverError('source_not_found', `The source has no folder ${shown(root)}.`, {
    nextStep: 'Check the path in the source; it may have moved upstream.',
    field: 'subpath',
  });
}
