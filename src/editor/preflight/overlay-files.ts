import type { DirectoryEntry, FileStat, FileSystem } from '../../core/ports.ts';

/** A file system for reading in which some files have the text that an editor shows and not yet saved. It refuses to write. */
export class OverlayFiles implements FileSystem {
  readonly #files: FileSystem;
  /** By absolute path. */
  readonly #bytes: ReadonlyMap<string, Uint8Array>;

  constructor(files: FileSystem, texts: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#bytes = new Map([...texts].map(([path, text]) => [path, new TextEncoder().encode(text)]));
  }

  async lstat(path: string): Promise<FileStat | undefined> {
    const stat = await this.#files.lstat(path);
    const bytes = this.#bytes.get(path);
    return stat?.kind !== 'file' || bytes === undefined ? stat : { ...stat, size: bytes.byteLength };
  }

  async readFile(path: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    const bytes = this.#bytes.get(path);
    if (bytes === undefined) return this.#files.readFile(path, maxBytes);
    return maxBytes === undefined ? bytes : bytes.subarray(0, maxBytes + 1);
  }

  readDirectory(path: string): Promise<readonly DirectoryEntry[] | undefined> {
    return this.#files.readDirectory(path);
  }

  realpath(path: string): Promise<string> {
    return this.#files.realpath(path);
  }

  writeFile = refuse;
  appendFile = refuse;
  copyFile = refuse;
  makeDirectory = refuse;
  rename = refuse;
  exchange = refuse;
  remove = refuse;
  flush = refuse;
  flushTrees = refuse;
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('An overlay is for reading only.'));
}
