import * as fs from 'node:fs';
import * as path from 'node:path';
import type { NewTree } from '../core/ports.ts';
import { EXECUTABLE_MODE, NEW_FILE, PLAIN_MODE, writeFully } from './file-calls.ts';
import { type ScannedTrees, scanTrees } from './tree-scan.ts';

/** Trees with the bytes of all their files in one piece, which changes hands between threads instead of being copied file by file. */
export interface PackedTrees {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly trees: readonly PackedTree[];
}

interface PackedTree {
  readonly root: string;
  readonly files: readonly {
    readonly path: string;
    readonly start: number;
    readonly end: number;
    readonly executable: boolean;
  }[];
}

export function packTrees(trees: readonly NewTree[]): PackedTrees {
  const size = trees.reduce(
    (sum, { files }) => files.reduce((all, file) => all + file.bytes.byteLength, sum),
    0,
  );
  const bytes = new Uint8Array(size);
  let end = 0;
  const packed = trees.map(({ root, files }) => ({
    root,
    files: files.map((file) => {
      const start = end;
      bytes.set(file.bytes, start);
      end += file.bytes.byteLength;
      return { path: file.path, start, end, executable: file.executable };
    }),
  }));
  return { bytes, trees: packed };
}

/** What a thread can be asked to do. */
export type DiskTask =
  | { readonly kind: 'scan'; readonly roots: readonly string[] }
  | { readonly kind: 'write'; readonly packed: PackedTrees };

export interface DiskAnswer {
  readonly value: ScannedTrees | undefined;
  /** Buffers that change hands instead of being copied. */
  readonly moved: readonly ArrayBuffer[];
}

/** Throws the system's error. */
export function runDiskTask(task: DiskTask): DiskAnswer {
  switch (task.kind) {
    case 'scan': {
      const value = scanTrees(task.roots);
      return { value, moved: [value.counts.buffer, value.kinds.buffer, value.stats.buffer] };
    }
    case 'write':
      for (const tree of task.packed.trees) writeTree(tree, task.packed.bytes);
      return { value: undefined, moved: [] };
  }
}

function writeTree(tree: PackedTree, bytes: Uint8Array): void {
  fs.mkdirSync(tree.root, { recursive: true });
  const made = new Set<string>(['.']);
  const make = (folder: string): void => {
    if (made.has(folder)) return;
    make(path.posix.dirname(folder));
    fs.mkdirSync(`${tree.root}${path.sep}${folder.replaceAll('/', path.sep)}`);
    made.add(folder);
  };
  for (const file of tree.files) {
    make(path.posix.dirname(file.path));
    const target = `${tree.root}${path.sep}${file.path.replaceAll('/', path.sep)}`;
    const fd = fs.openSync(target, NEW_FILE, file.executable ? EXECUTABLE_MODE : PLAIN_MODE);
    try {
      writeFully(fd, bytes.subarray(file.start, file.end));
    } finally {
      fs.closeSync(fd);
    }
  }
}
