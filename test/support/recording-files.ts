import * as path from 'node:path';
import type { DirectoryEntry, FileStat, FileSystem } from '../../src/core/ports.ts';
import { DiskModel, type DiskSeed, type Inode, ROOT_INODE } from './disk-model.ts';

/** One name in one directory. */
export interface EntryAt {
  readonly directory: Inode;
  readonly name: string;
}

/** What a port call does to the disk, in the steps that a power cut can keep apart. */
export type DiskOperation =
  | {
      readonly kind: 'create';
      readonly at: EntryAt;
      readonly inode: Inode;
      readonly node: 'file' | 'directory';
    }
  | { readonly kind: 'unlink'; readonly at: EntryAt; readonly inode: Inode }
  | { readonly kind: 'rename'; readonly from: EntryAt; readonly to: EntryAt; readonly inode: Inode }
  | {
      readonly kind: 'exchange';
      readonly a: EntryAt;
      readonly b: EntryAt;
      readonly inodes: readonly [Inode, Inode];
    }
  /** Truncates, then writes all. */
  | { readonly kind: 'write'; readonly inode: Inode; readonly bytes: Uint8Array }
  | { readonly kind: 'append'; readonly inode: Inode; readonly bytes: Uint8Array }
  | { readonly kind: 'flush'; readonly inodes: readonly Inode[] };

/** Those that change names; the others change or secure contents. */
export type NameOperation = Extract<DiskOperation, { kind: 'create' | 'unlink' | 'rename' | 'exchange' }>;

export function isNameOperation(operation: DiskOperation): operation is NameOperation {
  return operation.kind !== 'write' && operation.kind !== 'append' && operation.kind !== 'flush';
}

export interface Recording {
  /** The disk before the first operation: durable as a whole. */
  readonly seed: DiskSeed;
  readonly operations: readonly DiskOperation[];
  /** By inode; modes count as durable with the file. */
  readonly executables: ReadonlySet<Inode>;
}

/**
 * Passes every call on and writes down what it does to the disk below `root`: the input of `crashStates`.
 * Recording starts from what is there, which must be files and directories only. Changes outside of `root` are refused.
 */
export class RecordingFileSystem implements FileSystem {
  readonly #inner: FileSystem;
  readonly #root: string;
  readonly #disk: DiskModel;
  readonly #seed: DiskSeed;
  readonly #operations: DiskOperation[] = [];

  private constructor(inner: FileSystem, root: string, disk: DiskModel) {
    this.#inner = inner;
    this.#root = root;
    this.#disk = disk;
    this.#seed = disk.seed();
  }

  static async start(inner: FileSystem, root: string): Promise<RecordingFileSystem> {
    const disk = new DiskModel();
    await disk.load(inner, root);
    return new RecordingFileSystem(inner, root, disk);
  }

  /** The operations so far; a promise kept before this many must hold in every later crash state. */
  get length(): number {
    return this.#operations.length;
  }

  recording(): Recording {
    return { seed: this.#seed, operations: [...this.#operations], executables: this.#disk.executables() };
  }

  lstat(target: string): Promise<FileStat | undefined> {
    return this.#inner.lstat(target);
  }

  realpath(target: string): Promise<string> {
    return this.#inner.realpath(target);
  }

  readDirectory(target: string): Promise<readonly DirectoryEntry[] | undefined> {
    return this.#inner.readDirectory(target);
  }

  readFile(target: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    return this.#inner.readFile(target, maxBytes);
  }

  async writeFile(
    target: string,
    bytes: Uint8Array,
    options?: { executable?: boolean; exclusive?: boolean; private?: boolean },
  ): Promise<void> {
    const content = new Uint8Array(bytes);
    await this.#inner.writeFile(target, bytes, options);
    this.#write(target, content, options?.executable);
  }

  async appendFile(target: string, bytes: Uint8Array): Promise<void> {
    const content = new Uint8Array(bytes);
    await this.#inner.appendFile(target, bytes);
    this.#record({ kind: 'append', inode: this.#fileAt(target), bytes: content });
  }

  async copyFile(from: string, to: string, options?: { executable?: boolean }): Promise<void> {
    await this.#inner.copyFile(from, to, options);
    const content = (await this.#inner.readFile(to)) ?? new Uint8Array();
    this.#write(to, content, (await this.#inner.lstat(to))?.executable);
  }

  async makeDirectory(target: string): Promise<void> {
    await this.#inner.makeDirectory(target);
    this.#makeDirectory(this.#parts(target));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#inner.rename(from, to);
    const [source, target] = [this.#entry(from), this.#entry(to)];
    this.#record({ kind: 'rename', from: source, to: target, inode: this.#disk.expect(source) });
  }

  async exchange(a: string, b: string): Promise<boolean> {
    const exchanged = await this.#inner.exchange(a, b);
    if (exchanged) {
      const [first, second] = [this.#entry(a), this.#entry(b)];
      const inodes = [this.#disk.expect(first), this.#disk.expect(second)] as const;
      this.#record({ kind: 'exchange', a: first, b: second, inodes });
    }
    return exchanged;
  }

  async remove(target: string): Promise<void> {
    await this.#inner.remove(target);
    const at = this.#disk.find(this.#parts(target));
    if (at !== undefined) this.#remove(at);
  }

  async flush(paths: readonly string[]): Promise<void> {
    await this.#inner.flush(paths);
    if (paths.length === 0) return;
    this.#record({ kind: 'flush', inodes: paths.map((target) => this.#inode(target)) });
  }

  async flushTrees(roots: readonly string[]): Promise<void> {
    await this.#inner.flushTrees(roots);
    if (roots.length === 0) return;
    const inodes = roots.flatMap((root) => this.#disk.below(this.#inode(root)));
    this.#record({ kind: 'flush', inodes });
  }

  #write(target: string, bytes: Uint8Array, executable: boolean | undefined): void {
    const inode = this.#fileAt(target);
    if (executable !== undefined) this.#disk.setExecutable(inode, executable);
    this.#record({ kind: 'write', inode, bytes });
  }

  #fileAt(target: string): Inode {
    const at = this.#entry(target);
    const existing = this.#disk.inodeAt(at);
    if (existing !== undefined) return existing;
    const inode = this.#disk.newInode();
    this.#record({ kind: 'create', at, inode, node: 'file' });
    return inode;
  }

  #makeDirectory(parts: readonly string[]): Inode {
    const name = parts.at(-1);
    if (name === undefined) return ROOT_INODE;
    const at: EntryAt = { directory: this.#makeDirectory(parts.slice(0, -1)), name };
    const existing = this.#disk.inodeAt(at);
    if (existing !== undefined) return existing;
    const inode = this.#disk.newInode();
    this.#record({ kind: 'create', at, inode, node: 'directory' });
    return inode;
  }

  /** The deepest first, as the system calls go. */
  #remove(at: EntryAt): void {
    const inode = this.#disk.expect(at);
    for (const name of this.#disk.names(inode)) this.#remove({ directory: inode, name });
    this.#record({ kind: 'unlink', at, inode });
  }

  #record(operation: DiskOperation): void {
    this.#operations.push(operation);
    this.#disk.apply(operation);
  }

  #inode(target: string): Inode {
    const parts = this.#parts(target);
    return parts.length === 0 ? ROOT_INODE : this.#disk.expect(this.#entry(target));
  }

  #entry(target: string): EntryAt {
    const parts = this.#parts(target);
    const at = this.#disk.locate(parts);
    if (at === undefined) throw new Error(`The recording lost sight of ${parts.join('/')}.`);
    return at;
  }

  #parts(target: string): string[] {
    const relative = path.relative(this.#root, path.resolve(target));
    if (relative.startsWith('..') || path.isAbsolute(relative)) {
      throw new Error(`${target} is outside of what is recorded.`);
    }
    return relative.split(path.sep).filter(Boolean);
  }
}
