import * as path from 'node:path';
import type { FileSystem } from '../../src/core/ports.ts';
import type { DiskOperation, EntryAt } from './recording-files.ts';

export type Inode = number;

export const ROOT_INODE: Inode = 0;

type Entries = ReadonlyMap<string, Inode>;

export interface DiskSeed {
  readonly directories: ReadonlyMap<Inode, Entries>;
  readonly files: ReadonlyMap<Inode, Uint8Array>;
}

/** Directories as tables of inodes. Operations that have nothing to act on are passed over: on a disk that lost what came before, they are lost too. */
export class DiskModel {
  readonly #directories: Map<Inode, Map<string, Inode>>;
  readonly #files = new Map<Inode, Uint8Array>();
  readonly #executables = new Set<Inode>();
  #last = ROOT_INODE;

  constructor(seed?: DiskSeed) {
    this.#directories = new Map([[ROOT_INODE, new Map<string, Inode>()]]);
    for (const [inode, entries] of seed?.directories ?? []) this.#directories.set(inode, new Map(entries));
  }

  /** Takes in what is below `root` now. Throws on links and special files. */
  async load(files: FileSystem, root: string, inode: Inode = ROOT_INODE): Promise<void> {
    for (const entry of (await files.readDirectory(root)) ?? []) {
      const child = path.join(root, entry.name);
      const number = this.newInode();
      this.#directory(inode).set(entry.name, number);
      if (entry.kind === 'directory') {
        this.#directories.set(number, new Map());
        await this.load(files, child, number);
      } else if (entry.kind === 'file') {
        this.#files.set(number, (await files.readFile(child)) ?? new Uint8Array());
        if ((await files.lstat(child))?.executable === true) this.#executables.add(number);
      } else {
        throw new Error(`A ${entry.kind} cannot be recorded: ${child}`);
      }
    }
  }

  seed(): DiskSeed {
    return {
      directories: new Map([...this.#directories].map(([inode, entries]) => [inode, new Map(entries)])),
      files: new Map(this.#files),
    };
  }

  executables(): ReadonlySet<Inode> {
    return new Set(this.#executables);
  }

  setExecutable(inode: Inode, executable: boolean): void {
    if (executable) this.#executables.add(inode);
    else this.#executables.delete(inode);
  }

  newInode(): Inode {
    this.#last += 1;
    return this.#last;
  }

  /** The entry for a path whose parents exist; it may itself be missing. */
  locate(parts: readonly string[]): EntryAt | undefined {
    let directory = ROOT_INODE;
    for (const part of parts.slice(0, -1)) {
      const next = this.#directories.get(directory)?.get(part);
      if (next === undefined) return undefined;
      directory = next;
    }
    const name = parts.at(-1);
    return name === undefined || !this.#directories.has(directory) ? undefined : { directory, name };
  }

  /** As `locate`, undefined also where nothing is there. */
  find(parts: readonly string[]): EntryAt | undefined {
    const at = this.locate(parts);
    return at === undefined || this.inodeAt(at) === undefined ? undefined : at;
  }

  inodeAt(at: EntryAt): Inode | undefined {
    return this.#directories.get(at.directory)?.get(at.name);
  }

  expect(at: EntryAt): Inode {
    const inode = this.inodeAt(at);
    if (inode === undefined) throw new Error(`The recording does not know ${at.name}.`);
    return inode;
  }

  /** The names in a directory; none for a file. */
  names(inode: Inode): string[] {
    return [...(this.#directories.get(inode)?.keys() ?? [])];
  }

  /** `inode` and all below it. */
  below(inode: Inode): Inode[] {
    const entries = [...(this.#directories.get(inode)?.values() ?? [])];
    return [inode, ...entries.flatMap((child) => this.below(child))];
  }

  /** Changes names only; what files contain is for the caller to know. */
  apply(operation: DiskOperation): void {
    switch (operation.kind) {
      case 'create':
        if (operation.node === 'directory' && !this.#directories.has(operation.inode)) {
          this.#directories.set(operation.inode, new Map());
        }
        this.#directory(operation.at.directory).set(operation.at.name, operation.inode);
        break;
      case 'unlink':
        if (this.inodeAt(operation.at) === operation.inode) {
          this.#directory(operation.at.directory).delete(operation.at.name);
        }
        break;
      case 'rename':
        if (this.inodeAt(operation.from) !== operation.inode) break;
        this.#directory(operation.from.directory).delete(operation.from.name);
        this.#directory(operation.to.directory).set(operation.to.name, operation.inode);
        break;
      case 'exchange': {
        const [first, second] = operation.inodes;
        if (this.inodeAt(operation.a) !== first || this.inodeAt(operation.b) !== second) break;
        this.#directory(operation.a.directory).set(operation.a.name, second);
        this.#directory(operation.b.directory).set(operation.b.name, first);
        break;
      }
      case 'write':
      case 'append':
      case 'flush':
        break;
    }
  }

  /** Every path that can be reached, by POSIX path relative to the root, sorted, with its inode. */
  paths(): { readonly files: Map<string, Inode>; readonly directories: string[] } {
    const files = new Map<string, Inode>();
    const directories: string[] = [];
    const visit = (inode: Inode, prefix: string): void => {
      for (const [name, child] of [...this.#directory(inode)].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const at = `${prefix}${name}`;
        if (!this.#directories.has(child)) {
          files.set(at, child);
          continue;
        }
        directories.push(at);
        visit(child, `${at}/`);
      }
    };
    visit(ROOT_INODE, '');
    return { files, directories };
  }

  /** A directory whose own creation was lost still takes entries: nobody can reach them. */
  #directory(inode: Inode): Map<string, Inode> {
    let entries = this.#directories.get(inode);
    if (entries === undefined) this.#directories.set(inode, (entries = new Map<string, Inode>()));
    return entries;
  }
}
