import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import * as path from 'node:path';

/**
 * All that a write to a tree would change: the names below `root`, and of each file its mode, inode, modification time in nanoseconds
 * and SHA-256. Sorted. Files that were written again with the same bytes differ.
 */
export async function treeFingerprint(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const lines = entries.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const { mode, ino, mtimeNs } = await lstat(file, { bigint: true });
    const content = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(file))
          .digest('hex')
      : '';
    return [path.relative(root, file), mode, ino, mtimeNs, content].join(' ');
  });
  return (await Promise.all(lines)).sort();
}
