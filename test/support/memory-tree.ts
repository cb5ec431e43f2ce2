import * as path from 'node:path';
import { systemError } from './system-error.ts';

interface NodeTimes {
  readonly ino: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

export interface FileNode extends NodeTimes {
  readonly kind: 'file';
  bytes: Uint8Array;
  executable: boolean;
}

export interface DirectoryNode extends NodeTimes {
  readonly kind: 'directory';
  /** By folded name; `name` is as it was given first. */
  readonly entries: Map<string, { readonly name: string; readonly node: TreeNode }>;
}

export interface LinkNode extends NodeTimes {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface OtherNode extends NodeTimes {
  readonly kind: 'other';
}

export type TreeNode = FileNode | DirectoryNode | LinkNode | OtherNode;

/** One name in a directory, there or not. */
export interface Place {
  readonly parent: DirectoryNode;
  readonly name: string;
  readonly node: TreeNode | undefined;
}

const MOST_LINKS = 40;

/** Directories, names and links in memory: what a kernel's path walk does. */
export class MemoryTree {
  readonly root: DirectoryNode;
  readonly #fold: (name: string) => string;

  constructor(root: DirectoryNode, fold: (name: string) => string) {
    this.root = root;
    this.#fold = fold;
  }

  /** Follows links in all components but the last. Undefined for the root. Throws ENOENT, ENOTDIR or ELOOP for the way there. */
  place(target: string, syscall: string): Place | undefined {
    return this.#walk(target, syscall, { links: 0, target });
  }

  /** The node at `target` itself, a link not followed; undefined when the last component is missing. */
  node(target: string, syscall: string): TreeNode | undefined {
    const place = this.place(target, syscall);
    return place === undefined ? this.root : place.node;
  }

  /** As `node` with a link at the end followed, and the path by its real names. */
  follow(target: string, syscall: string): { readonly node: TreeNode; readonly path: string } {
    let current = path.resolve(target);
    for (let links = 0; links < MOST_LINKS; links += 1) {
      const node = this.node(current, syscall);
      if (node === undefined) throw systemError('ENOENT', syscall, target);
      const parent = path.dirname(current);
      if (parent === current) return { node, path: current };
      if (node.kind !== 'symlink') {
        const place = this.place(current, syscall);
        const name = place === undefined ? '' : this.entryName(place);
        return { node, path: path.join(this.follow(parent, syscall).path, name) };
      }
      current = path.resolve(parent, node.target);
    }
    throw systemError('ELOOP', syscall, target);
  }

  link(parent: DirectoryNode, name: string, node: TreeNode): void {
    const key = this.#fold(name);
    parent.entries.set(key, { name: parent.entries.get(key)?.name ?? name, node });
  }

  unlink(parent: DirectoryNode, name: string): void {
    parent.entries.delete(this.#fold(name));
  }

  entryName(place: Place): string {
    return place.parent.entries.get(this.#fold(place.name))?.name ?? place.name;
  }

  #walk(target: string, syscall: string, asked: { links: number; target: string }): Place | undefined {
    const absolute = path.resolve(target);
    const parts = absolute.slice(path.parse(absolute).root.length).split(path.sep).filter(Boolean);
    const last = parts.pop();
    if (last === undefined) return undefined;
    let parent = this.root;
    let walked = path.parse(absolute).root;
    for (const part of parts) {
      walked = path.join(walked, part);
      const next = parent.entries.get(this.#fold(part))?.node;
      if (next === undefined) throw systemError('ENOENT', syscall, asked.target);
      parent = this.#directory(next, walked, syscall, asked);
    }
    return { parent, name: last, node: parent.entries.get(this.#fold(last))?.node };
  }

  #directory(
    node: TreeNode,
    at: string,
    syscall: string,
    asked: { links: number; target: string },
  ): DirectoryNode {
    if (node.kind === 'directory') return node;
    if (node.kind !== 'symlink') throw systemError('ENOTDIR', syscall, asked.target);
    asked.links += 1;
    if (asked.links > MOST_LINKS) throw systemError('ELOOP', syscall, asked.target);
    const resolved = path.resolve(path.dirname(at), node.target);
    const place = this.#walk(resolved, syscall, asked);
    if (place === undefined) return this.root;
    if (place.node === undefined) throw systemError('ENOENT', syscall, asked.target);
    return this.#directory(place.node, resolved, syscall, asked);
  }
}
