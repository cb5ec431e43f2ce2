import * as path from 'node:path';
import type { Clock, DirectoryEntry, FileStat, FileSystem } from '../../src/core/ports.ts';
import { type DirectoryNode, type FileNode, MemoryTree, type Place, type TreeNode } from './memory-tree.ts';
import { systemError } from './system-error.ts';

export interface MemoryFilesOptions {
  /** As on macOS and Windows: names are kept as first given, and found in any case. */
  readonly caseInsensitive?: boolean;
  /** False as on FAT and Windows: `executable` is undefined. */
  readonly executableBit?: boolean;
  /** False where the system cannot exchange two paths. */
  readonly exchange?: boolean;
  /** Time stamps. Default: every change is one millisecond later than the one before. */
  readonly clock?: Clock;
}

const DEVICE = 1n;
const FIRST_STAMP_NS = 1_700_000_000_000_000_000n;

/** The file system port in memory, with the outcomes and error codes of POSIX. A directory never replaces a directory, not even an empty one. */
export class MemoryFileSystem implements FileSystem {
  readonly #options: MemoryFilesOptions;
  readonly #tree: MemoryTree;
  #inodes = 0n;
  #stamps = 0n;

  constructor(options: MemoryFilesOptions = {}) {
    this.#options = options;
    const fold = options.caseInsensitive === true ? foldCase : (name: string): string => name;
    this.#tree = new MemoryTree({ kind: 'directory', entries: new Map(), ...this.#birth() }, fold);
  }

  async lstat(target: string): Promise<FileStat | undefined> {
    return await this.#run(() => {
      const node = unlessMissing(() => this.#tree.node(target, 'lstat'));
      return node === undefined ? undefined : this.#stat(node);
    });
  }

  async realpath(target: string): Promise<string> {
    return await this.#run(() => this.#tree.follow(target, 'realpath').path);
  }

  async readDirectory(target: string): Promise<readonly DirectoryEntry[] | undefined> {
    return await this.#run(() => {
      const node = unless('ENOENT', () => this.#tree.follow(target, 'scandir').node);
      if (node === undefined) return undefined;
      if (node.kind !== 'directory') throw systemError('ENOTDIR', 'scandir', target);
      return [...node.entries.values()].map((entry) => ({ name: entry.name, kind: entry.node.kind }));
    });
  }

  async readFile(target: string, maxBytes = Infinity): Promise<Uint8Array | undefined> {
    return await this.#run(() => {
      const node = unlessMissing(() => this.#tree.node(target, 'open'));
      if (node === undefined) return undefined;
      const { bytes } = expectFile(node, 'read', target);
      return new Uint8Array(bytes.subarray(0, Math.min(maxBytes + 1, bytes.byteLength)));
    });
  }

  async writeFile(
    target: string,
    bytes: Uint8Array,
    options: { executable?: boolean; exclusive?: boolean; private?: boolean } = {},
  ): Promise<void> {
    await this.#run(() => {
      const place = this.#expectPlace(target, 'open');
      if (place.node !== undefined && options.exclusive === true) throw systemError('EEXIST', 'open', target);
      this.#put(place, target, new Uint8Array(bytes), options.executable);
    });
  }

  async appendFile(target: string, bytes: Uint8Array): Promise<void> {
    await this.#run(() => {
      const place = this.#expectPlace(target, 'open');
      const before =
        place.node === undefined ? new Uint8Array() : expectFile(place.node, 'open', target).bytes;
      this.#put(place, target, concatenated(before, bytes), undefined);
    });
  }

  async copyFile(from: string, to: string, options: { executable?: boolean } = {}): Promise<void> {
    await this.#run(() => {
      const node = this.#tree.node(from, 'open');
      if (node === undefined) throw systemError('ENOENT', 'open', from);
      const source = expectFile(node, 'read', from);
      this.#put(this.#expectPlace(to, 'open'), to, source.bytes, options.executable ?? source.executable);
    });
  }

  async makeDirectory(target: string): Promise<void> {
    await this.#run(() => {
      this.#makeDirectory(path.resolve(target));
    });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#run(() => {
      const source = this.#expectPlace(from, 'rename');
      const target = this.#expectPlace(to, 'rename');
      if (source.node === undefined) throw systemError('ENOENT', 'rename', from);
      if (source.node.kind === 'directory' && isBelow(from, to)) throw systemError('EINVAL', 'rename', from);
      if (isBelow(to, from)) throw systemError('ENOTEMPTY', 'rename', from);
      if (target.node !== undefined && target.node !== source.node) {
        if (source.node.kind === 'directory') {
          throw systemError(target.node.kind === 'directory' ? 'ENOTEMPTY' : 'ENOTDIR', 'rename', from);
        }
        if (target.node.kind === 'directory') throw systemError('EISDIR', 'rename', from);
        this.#tree.unlink(target.parent, target.name);
      }
      this.#tree.unlink(source.parent, source.name);
      this.#tree.link(target.parent, target.name, source.node);
      this.#changed(source.parent, target.parent);
      source.node.ctimeNs = this.#stamp();
    });
  }

  async exchange(a: string, b: string): Promise<boolean> {
    return await this.#run(() => {
      if (this.#options.exchange === false) return false;
      const first = this.#expectPlace(a, 'rename');
      const second = this.#expectPlace(b, 'rename');
      if (first.node === undefined) throw systemError('ENOENT', 'rename', a);
      if (second.node === undefined) throw systemError('ENOENT', 'rename', b);
      if (isBelow(a, b) || isBelow(b, a)) return false;
      this.#tree.link(first.parent, first.name, second.node);
      this.#tree.link(second.parent, second.name, first.node);
      this.#changed(first.parent, second.parent);
      return true;
    });
  }

  async remove(target: string): Promise<void> {
    await this.#run(() => {
      const place = unlessMissing(() => this.#expectPlace(target, 'unlink'));
      if (place?.node === undefined) return;
      this.#tree.unlink(place.parent, place.name);
      this.#changed(place.parent);
    });
  }

  async flush(paths: readonly string[]): Promise<void> {
    await this.#run(() => {
      for (const target of paths) {
        if (this.#tree.node(target, 'open') === undefined) throw systemError('ENOENT', 'open', target);
      }
    });
  }

  async flushTrees(roots: readonly string[]): Promise<void> {
    await this.flush(roots);
  }

  /** For tests: what no port makes. `target` may be missing and is relative to the link. */
  symlink(target: string, at: string): void {
    const place = this.#expectPlace(at, 'symlink');
    if (place.node !== undefined) throw systemError('EEXIST', 'symlink', at);
    this.#tree.link(place.parent, place.name, { kind: 'symlink', target, ...this.#birth() });
    this.#changed(place.parent);
  }

  /** For tests: a named pipe, a socket or a device. */
  special(at: string): void {
    const place = this.#expectPlace(at, 'mknod');
    this.#tree.link(place.parent, place.name, { kind: 'other', ...this.#birth() });
    this.#changed(place.parent);
  }

  #put(place: Place, target: string, bytes: Uint8Array, executable: boolean | undefined): void {
    if (place.node === undefined) {
      const file: FileNode = { kind: 'file', bytes, executable: executable ?? false, ...this.#birth() };
      this.#tree.link(place.parent, place.name, file);
      this.#changed(place.parent);
      return;
    }
    const file = expectFile(place.node, 'open', target);
    file.bytes = bytes;
    file.executable = executable ?? file.executable;
    this.#changed(file);
  }

  #makeDirectory(target: string): void {
    const existing = unless('ENOENT', () => this.#tree.follow(target, 'mkdir').node);
    if (existing?.kind === 'directory') return;
    if (existing !== undefined) throw systemError('EEXIST', 'mkdir', target);
    this.#makeDirectory(path.dirname(target));
    const place = this.#expectPlace(target, 'mkdir');
    if (place.node !== undefined) throw systemError('EEXIST', 'mkdir', target);
    this.#tree.link(place.parent, place.name, { kind: 'directory', entries: new Map(), ...this.#birth() });
    this.#changed(place.parent);
  }

  #expectPlace(target: string, syscall: string): Place {
    const place = this.#tree.place(target, syscall);
    if (place === undefined) throw systemError('EISDIR', syscall, target);
    return place;
  }

  #stat(node: TreeNode): FileStat {
    const hasBit = this.#options.executableBit !== false;
    return {
      kind: node.kind,
      size: node.kind === 'file' ? node.bytes.byteLength : 0,
      executable: hasBit ? node.kind === 'directory' || (node.kind === 'file' && node.executable) : undefined,
      dev: DEVICE,
      ino: node.ino,
      mtimeNs: node.mtimeNs,
      ctimeNs: node.ctimeNs,
    };
  }

  #birth(): { ino: bigint; mtimeNs: bigint; ctimeNs: bigint } {
    const stamp = this.#stamp();
    this.#inodes += 1n;
    return { ino: this.#inodes, mtimeNs: stamp, ctimeNs: stamp };
  }

  #changed(...nodes: readonly (FileNode | DirectoryNode)[]): void {
    for (const node of nodes) node.mtimeNs = node.ctimeNs = this.#stamp();
  }

  #stamp(): bigint {
    if (this.#options.clock !== undefined) return BigInt(this.#options.clock.now()) * 1_000_000n;
    this.#stamps += 1n;
    return FIRST_STAMP_NS + this.#stamps * 1_000_000n;
  }

  /** Every call takes a turn of the microtask queue, so that code under test cannot rely on an answer at once. */
  async #run<T>(call: () => T): Promise<T> {
    await Promise.resolve();
    return call();
  }
}

function foldCase(name: string): string {
  return name.toLowerCase();
}

function expectFile(node: TreeNode, syscall: string, target: string): FileNode {
  if (node.kind === 'file') return node;
  if (node.kind === 'symlink') throw systemError('ELOOP', 'open', target);
  throw systemError(node.kind === 'directory' ? 'EISDIR' : 'ENXIO', syscall, target);
}

function unlessMissing<T>(call: () => T): T | undefined {
  return unless('ENOTDIR', () => unless('ENOENT', call));
}

function unless<T>(code: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  }
}

function isBelow(outer: string, inner: string): boolean {
  return path.resolve(inner).startsWith(path.resolve(outer) + path.sep);
}

function concatenated(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.byteLength + b.byteLength);
  result.set(a);
  result.set(b, a.byteLength);
  return result;
}
