import * as path from 'node:path';
import type { FileKind, FileSystem, Look } from '../ports.ts';

/** What stands at a path of a plugin. `at` is the first part of it that is not a folder: a link is never looked behind. */
export interface Located {
  readonly kind: FileKind | 'missing';
  /** POSIX, relative to the plugin. */
  readonly at: string;
}

/**
 * A plugin's folder, each folder in it listed at most once. Names are compared as they are on disk, so that a path means the same on a
 * file system that ignores case. Paths are POSIX and relative to the plugin; `.` is the plugin itself.
 */
export class PluginFolder {
  readonly files: FileSystem;
  /** Absolute. */
  readonly root: string;
  /** What may be shown of the root. */
  readonly display: string;
  /** What a plugin without a manifest is called. */
  readonly name: string;
  readonly #look: Look;
  readonly #listings = new Map<string, Promise<ReadonlyMap<string, FileKind>>>();

  /** `look` is where its folders are listed, default: on the disk, now; `name` is that of the folder unless it is given. */
  constructor(
    files: FileSystem,
    root: string,
    display: string,
    look: Look = files,
    name = path.basename(root),
  ) {
    this.files = files;
    this.#look = look;
    this.root = root;
    this.display = display;
    this.name = name;
  }

  absolute(relative: string): string {
    return relative === '.' ? this.root : path.join(this.root, ...relative.split('/'));
  }

  shown(relative: string): string {
    return relative === '.' ? this.display : `${this.display}/${relative}`;
  }

  /** Kinds by name; empty for a folder that is not there. `relative` must have been located as a folder. */
  entries(relative: string): Promise<ReadonlyMap<string, FileKind>> {
    let listing = this.#listings.get(relative);
    if (listing === undefined) {
      listing = this.#list(relative);
      this.#listings.set(relative, listing);
    }
    return listing;
  }

  /** Walks from the root to `relative`, one listing per folder. */
  async locate(relative: string): Promise<Located> {
    if (relative === '.') return { kind: 'directory', at: '.' };
    let parent = '.';
    const parts = relative.split('/');
    for (const [index, part] of parts.entries()) {
      const at = childOf(parent, part);
      const kind = (await this.entries(parent)).get(part) ?? 'missing';
      if (kind !== 'directory' || index === parts.length - 1) {
        // Only a folder can be walked through: a file with something below it is as good as missing.
        return { kind: kind === 'file' && index < parts.length - 1 ? 'missing' : kind, at };
      }
      parent = at;
    }
    return { kind: 'directory', at: relative };
  }

  async #list(relative: string): Promise<ReadonlyMap<string, FileKind>> {
    const entries = (await this.#look.readDirectory(this.absolute(relative))) ?? [];
    return new Map(entries.map((entry) => [entry.name, entry.kind]));
  }
}

export function childOf(parent: string, name: string): string {
  return parent === '.' ? name : `${parent}/${name}`;
}
