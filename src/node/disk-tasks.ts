import * as fs from 'node:fs';
import * as path from 'node:path';
import type { NewTree } from '../core/ports.ts';
import { EXECUTABLE_MODE, NEW_FILE, PLAIN_MODE, writeFully } from './file-calls.ts';
import { type ScannedTrees, scanTrees } from './tree-scan.ts';

/** What a thread can be asked to do. */
export type DiskTask =
  | { readonly kind: 'scan'; readonly roots: readonly string[] }
  | { readonly kind: 'write'; readonly trees: readonly NewTree[] };

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
      for (const tree of task.trees) writeNewTree(tree);
      return { value: undefined, moved: [] };
  }
}

function writeNewTree(tree: NewTree): void {
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
      writeFully(fd, file.bytes);
    } finally {
      fs.closeSync(fd);
    }
  }
}
