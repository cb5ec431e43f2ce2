import * as path from 'node:path';
import type { FileSystem } from '../core/ports.ts';

/** What is shown of a package: enough to see what changed, and never so much that an editor stops. */
const LARGEST_FILE = 256 * 1024;
const MOST_FILES = 500;

/** The text files of a package by their POSIX paths; links, large and binary files are left out. Bytes that are no UTF-8 are no text. */
export async function readTextFiles(files: FileSystem, root: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = (await files.readDirectory(path.join(root, folder))) ?? [];
    for (const { name, kind } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const relative = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'directory') folders.push(relative);
      if (kind !== 'file' || texts.size >= MOST_FILES) continue;
      const file = path.join(root, relative);
      const stat = await files.lstat(file);
      if (stat === undefined || stat.size > LARGEST_FILE) continue;
      const text = textOf(await files.readFile(file));
      if (text !== undefined) texts.set(relative, text);
    }
  }
  return texts;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
