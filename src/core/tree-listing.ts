import * as path from 'node:path';
import { sha256, type Sha256 } from '../base/digest.ts';
import { BeaverError } from '../base/errors.ts';
import type { DirectoryEntry, FileStat, Look } from './ports.ts';
import { compareUtf8, foldName, nameProblem, shown } from './tree-names.ts';

/** Bounds of one skill tree. */
export interface TreeLimits {
  /** Files, and also folders. Default 10,000. */
  readonly maxFiles?: number;
  /** All files together. Default 100 MiB. */
  readonly maxBytes?: number;
}

export interface ListingOptions {
  readonly limits?: TreeLimits;
  /** By POSIX path relative to the root: what is left out, whatever it is. Nothing below a folder that is left out is looked at. */
  readonly ignore?: (file: string) => boolean;
  /** Display path of the root, for errors. */
  readonly display?: string;
  /** What the tree is of, for errors. Default: a skill. */
  readonly noun?: 'skill' | 'package';
}

export interface ListedFile {
  /** POSIX, relative to the root. */
  readonly path: string;
  readonly absolute: string;
  readonly stat: FileStat;
}

export const MAX_FILES = 10_000;
export const MAX_BYTES = 100 * 1024 * 1024;

/**
 * The regular files below `root`, sorted by the UTF-8 bytes of their paths. Empty folders are not part of a tree.
 * @returns undefined when something went away meanwhile: the caller lists again.
 * @throws BeaverError `skill_missing`, `symlink_not_allowed`, `not_a_regular_file`, `nested_repository`, `name_collision`,
 * `name_not_portable`, `too_many_files`, `tree_too_large`.
 */
export async function listTree(
  files: Look,
  root: string,
  options: ListingOptions = {},
): Promise<readonly ListedFile[] | undefined> {
  const stat = await files.lstat(root);
  if (stat === undefined) {
    throw treeError(
      options,
      'skill_missing',
      `The folder of the ${nounOf(options)} does not exist.`,
      'Restore the folder.',
    );
  }
  if (stat.kind === 'symlink') throw symlinkError(options, '.');
  if (stat.kind !== 'directory') {
    throw treeError(
      options,
      'skill_missing',
      'The skill is not a folder.',
      'Point to the folder that holds SKILL.md.',
    );
  }
  const walk = new TreeWalk(files, options);
  return (await walk.folder(root, '')) ? walk.found.sort((a, b) => compareUtf8(a.path, b.path)) : undefined;
}

/** Equal for two listings exactly when nothing that a stat can tell has changed between them. */
export function listingFingerprint(listing: readonly ListedFile[]): Sha256 {
  // Names hold no control characters, so lines cannot be mistaken for one another.
  let text = '';
  for (const { path: file, stat } of listing) {
    const executable = stat.executable === undefined ? '?' : stat.executable ? 'x' : '-';
    text += `${file}\n${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${executable}\n`;
  }
  return sha256(text);
}

class TreeWalk {
  readonly found: ListedFile[] = [];
  readonly #files: Look;
  readonly #options: ListingOptions;
  readonly #maxFiles: number;
  readonly #maxBytes: number;
  #folders = 0;
  #bytes = 0;

  constructor(files: Look, options: ListingOptions) {
    this.#files = files;
    this.#options = options;
    this.#maxFiles = options.limits?.maxFiles ?? MAX_FILES;
    this.#maxBytes = options.limits?.maxBytes ?? MAX_BYTES;
  }

  /** @returns false when something went away. */
  async folder(absolute: string, relative: string): Promise<boolean> {
    this.#folders += 1;
    if (this.#folders > this.#maxFiles) throw this.#tooMany();
    const entries = await this.#files.readDirectory(absolute);
    if (entries === undefined) return false;
    const names = new Map<string, string>();
    for (const entry of entries) {
      const below = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (this.#options.ignore?.(below) === true) continue;
      this.#checkName(names, entry.name, below);
      if (!(await this.#entry(entry, path.join(absolute, entry.name), below))) return false;
    }
    return true;
  }

  async #entry(entry: DirectoryEntry, absolute: string, below: string): Promise<boolean> {
    if (entry.kind === 'directory') return this.folder(absolute, below);
    if (entry.kind === 'symlink') throw symlinkError(this.#options, below);
    const stat = entry.kind === 'file' ? await this.#files.lstat(absolute) : undefined;
    if (entry.kind === 'file' && stat?.kind !== 'file') return false;
    if (stat === undefined) {
      throw treeError(
        this.#options,
        'not_a_regular_file',
        `${shown(below)} is neither a file nor a folder.`,
        `Remove the pipe, socket or device from the ${nounOf(this.#options)}.`,
        below,
      );
    }
    this.#bytes += stat.size;
    if (this.found.length >= this.#maxFiles) throw this.#tooMany();
    if (this.#bytes > this.#maxBytes) {
      const limit = `${Math.ceil(this.#maxBytes / (1024 * 1024))} MiB`;
      throw treeError(
        this.#options,
        'tree_too_large',
        `The ${nounOf(this.#options)} has more than ${limit} of files.`,
        `Remove what does not belong to the ${nounOf(this.#options)}, or raise beaver.limits.maxBytes.`,
      );
    }
    this.found.push({ path: below, absolute, stat });
    return true;
  }

  #checkName(names: Map<string, string>, name: string, below: string): void {
    const problem = nameProblem(name);
    if (problem !== undefined) {
      throw treeError(this.#options, problem.code, problem.message, problem.nextStep, below);
    }
    const folded = foldName(name);
    if (folded === '.git') {
      throw treeError(
        this.#options,
        'nested_repository',
        `The ${nounOf(this.#options)} holds a Git repository of its own.`,
        `Use a copy of the ${nounOf(this.#options)} without its .git.`,
        below,
      );
    }
    const other = names.get(folded);
    if (other !== undefined) {
      throw treeError(
        this.#options,
        'name_collision',
        `The names ${shown(other)} and ${shown(name)} are one name on some systems.`,
        'Rename one of the two.',
        below,
      );
    }
    names.set(folded, name);
  }

  #tooMany(): BeaverError {
    return treeError(
      this.#options,
      'too_many_files',
      `The ${nounOf(this.#options)} has more than ${this.#maxFiles} files or folders.`,
      `Remove what does not belong to the ${nounOf(this.#options)}, or raise beaver.limits.maxFiles.`,
    );
  }
}

function nounOf({ noun = 'skill' }: ListingOptions): string {
  return noun;
}

/** An error about a tree, or about the entry `below` in it. */
export function treeError(
  options: ListingOptions,
  code: string,
  message: string,
  nextStep: string,
  below?: string,
  cause?: unknown,
): BeaverError {
  const { display } = options;
  return new BeaverError(code, message, {
    nextStep,
    ...(display === undefined ? {} : { path: below === undefined ? display : `${display}/${below}` }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function symlinkError(options: ListingOptions, below: string): BeaverError {
  const what = below === '.' ? `The folder of the ${nounOf(options)}` : shown(below);
  return treeError(
    options,
    'symlink_not_allowed',
    `${what} is a symbolic link or a junction.`,
    'Replace the link by the files themselves; links are not followed.',
    below === '.' ? undefined : below,
  );
}
