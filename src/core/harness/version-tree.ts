import * as path from 'node:path';
import { FieldDigest } from '../../base/digest.ts';
import type { HarnessMachine } from '../harness-ports.ts';
import { refusal } from '../harness-refusal.ts';
import type { FileSystem } from '../ports.ts';

export interface TreeDeps {
  readonly files: FileSystem;
  readonly machine: Pick<HarnessMachine, 'digestFile'>;
}

export interface TreeDigest {
  readonly sha256: string;
  /** Bytes of all files. */
  readonly size: number;
  readonly files: number;
}

/** Files of one version at most. */
export const MOST_FILES = 100_000;

/**
 * What a folder holds: path, executable bit, size and content of every file, in the order of their paths. Empty folders do not count.
 * @throws BeaverError `unsafe_archive` for anything that is neither a file nor a folder, or too many of them.
 */
export async function digestTree({ files, machine }: TreeDeps, root: string): Promise<TreeDigest> {
  const found = await listFiles(files, root);
  const digest = new FieldDigest('beaver harness tree 1').field(String(found.length));
  let size = 0;
  for (const { name, executable } of found) {
    const content = await machine.digestFile(path.join(root, ...name.split('/')));
    if (content === undefined) throw refusal('unsafe_archive', 'A file went away while it was read.');
    size += content.size;
    digest.field(name).flag(executable).field(String(content.size)).field(content.sha256);
  }
  return { sha256: digest.hex(), size, files: found.length };
}

async function listFiles(
  files: FileSystem,
  root: string,
): Promise<readonly { readonly name: string; readonly executable: boolean }[]> {
  const found: { name: string; executable: boolean }[] = [];
  const walk = async (below: string): Promise<void> => {
    const folder = path.join(root, ...below.split('/'));
    for (const entry of (await files.readDirectory(folder)) ?? []) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.kind === 'directory') await walk(name);
      else if (entry.kind === 'file' && found.length < MOST_FILES) {
        const stat = await files.lstat(path.join(folder, entry.name));
        found.push({ name, executable: stat?.executable === true });
      } else throw refusal('unsafe_archive', 'The version holds a link or a device, or too many files.');
    }
  };
  await walk('');
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
