import * as path from 'node:path';
import type { FileSystem } from '../../ports.ts';
import { MAX_BYTES, MAX_FILES } from '../../tree-listing.ts';
import { foldName, nameProblem, shown } from '../../tree-names.ts';
import type { Draft } from './finding.ts';

/** A regular file of a plugin, in memory. */
export interface SourceFile {
  /** POSIX, relative to the plugin. */
  readonly path: string;
  /** Undefined where the file is too large to be searched. */
  readonly bytes: Uint8Array | undefined;
  /** Undefined where the file system has no such bit. */
  readonly executable: boolean | undefined;
}

/** Everything a plugin would bring, and what is off with the tree itself. */
export interface PluginSource {
  /** By path, sorted. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Of files and of everything above them. */
  readonly folders: ReadonlySet<string>;
  /** Paths of symbolic links. */
  readonly links: ReadonlySet<string>;
  readonly findings: readonly Draft[];
}

/** No host installs these. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules', '.DS_Store', 'Thumbs.db']);
/** Bytes. */
const LARGEST_SEARCHED = 5 * 1024 * 1024;

/** Bounds of what one plugin may bring. */
export interface SourceLimits {
  readonly maxFiles?: number;
  readonly maxBytes?: number;
}

/** Reads a plugin's whole folder, links not followed, within bounds: past them it stops and says so. */
export async function readPluginSource(
  files: FileSystem,
  root: string,
  limits: SourceLimits = {},
): Promise<PluginSource> {
  const walk = new SourceWalk(files, limits);
  await walk.folder(root, '');
  return {
    files: new Map([...walk.found].sort(([a], [b]) => (a < b ? -1 : 1))),
    folders: walk.folders,
    links: walk.links,
    findings: walk.findings,
  };
}

/** Text of a file that is UTF-8; undefined for anything else. */
export function textOf(file: SourceFile | undefined): string | undefined {
  if (file?.bytes === undefined || file.bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.bytes);
  } catch {
    return undefined;
  }
}

class SourceWalk {
  readonly found = new Map<string, SourceFile>();
  readonly folders = new Set<string>(['.']);
  readonly links = new Set<string>();
  readonly findings: Draft[] = [];
  readonly #files: FileSystem;
  readonly #maxFiles: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #full = false;

  constructor(files: FileSystem, limits: SourceLimits) {
    this.#files = files;
    this.#maxFiles = limits.maxFiles ?? MAX_FILES;
    this.#maxBytes = limits.maxBytes ?? MAX_BYTES;
  }

  async folder(absolute: string, relative: string): Promise<void> {
    const entries = (await this.#files.readDirectory(absolute)) ?? [];
    const names = new Map<string, string>();
    for (const { name, kind } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (this.#full) return;
      if (LEFT_OUT.has(name)) {
        if (name === '.git' && relative !== '') this.#tell('PF-PATH-REPOSITORY', `${relative}/.git`);
        continue;
      }
      const below = relative === '' ? name : `${relative}/${name}`;
      this.#checkName(names, name, below);
      switch (kind) {
        case 'directory':
          this.folders.add(below);
          await this.folder(path.join(absolute, name), below);
          break;
        case 'file':
          await this.#file(path.join(absolute, name), below);
          break;
        case 'symlink':
          this.links.add(below);
          this.#tell('PF-PATH-SYMLINK', below, `${shown(below)} is a symbolic link.`);
          break;
        case 'other':
          this.#tell('PF-PATH-SPECIAL', below, `${shown(below)} is neither a file nor a folder.`);
          break;
      }
    }
  }

  async #file(absolute: string, below: string): Promise<void> {
    const stat = await this.#files.lstat(absolute);
    if (stat?.kind !== 'file') return;
    this.#bytes += stat.size;
    if (this.found.size >= this.#maxFiles) {
      this.#stop('PF-SIZE-FILES', `The plugin has more than ${this.#maxFiles} files.`);
      return;
    }
    if (this.#bytes > this.#maxBytes) {
      const limit = Math.ceil(this.#maxBytes / (1024 * 1024));
      this.#stop('PF-SIZE-BYTES', `The plugin has more than ${limit} MiB of files.`);
      return;
    }
    const large = stat.size > LARGEST_SEARCHED;
    if (large) this.#tell('PF-SIZE-FILE', below);
    const bytes = large ? undefined : await this.#files.readFile(absolute, stat.size);
    this.found.set(below, { path: below, bytes, executable: stat.executable });
  }

  #checkName(names: Map<string, string>, name: string, below: string): void {
    const problem = nameProblem(name);
    if (problem !== undefined) this.#tell('PF-PATH-NAME', below, problem.message);
    const folded = foldName(name);
    const other = names.get(folded);
    if (other !== undefined) {
      const message = `The names ${shown(other)} and ${shown(name)} are one name on some systems.`;
      this.#tell('PF-PATH-COLLISION', below, message);
    }
    names.set(folded, name);
  }

  #stop(code: 'PF-SIZE-FILES' | 'PF-SIZE-BYTES', message: string): void {
    this.#full = true;
    this.#tell(code, '.', message);
  }

  #tell(code: Draft['code'], file: string, message?: string): void {
    this.findings.push({ code, file, ...(message === undefined ? {} : { message }) });
  }
}
