import * as path from 'node:path';
import type { FileSystem } from '../../src/core/ports.ts';

export interface ImageFile {
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** Every file below a folder, by POSIX path: all that an observer from the outside knows. Empty folders are not in it. */
export type WorkspaceImage = ReadonlyMap<string, ImageFile>;

export async function readImage(files: FileSystem, root: string): Promise<WorkspaceImage> {
  const image = new Map<string, ImageFile>();
  const walk = async (relative: string): Promise<void> => {
    const entries = (await files.readDirectory(path.join(root, relative))) ?? [];
    for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.kind === 'directory') {
        await walk(name);
        continue;
      }
      const bytes = (await files.readFile(path.join(root, name))) ?? new Uint8Array();
      const executable = (await files.lstat(path.join(root, name)))?.executable === true;
      image.set(name, { bytes, executable });
    }
  };
  await walk('');
  return image;
}

/** Makes the folder hold exactly the image. */
export async function writeImage(files: FileSystem, root: string, image: WorkspaceImage): Promise<void> {
  await files.remove(root);
  await files.makeDirectory(root);
  const made = new Set<string>();
  for (const [name, { bytes, executable }] of image) {
    const target = path.join(root, name);
    const folder = path.dirname(target);
    if (!made.has(folder)) await files.makeDirectory(folder);
    made.add(folder);
    await files.writeFile(target, bytes, { executable });
  }
}

export function imageText(image: WorkspaceImage, name: string): string | undefined {
  const file = image.get(name);
  return file === undefined ? undefined : Buffer.from(file.bytes).toString('utf8');
}

/** The files below a folder, by path relative to it, as text that is equal for equal trees and readable in a difference. */
export function treeOf(image: WorkspaceImage, folder: string): Readonly<Record<string, string>> {
  const prefix = `${folder}/`;
  const tree: Record<string, string> = {};
  for (const [name, { bytes, executable }] of image) {
    if (!name.startsWith(prefix)) continue;
    const text = Buffer.from(bytes).toString('utf8');
    tree[name.slice(prefix.length)] = executable ? `(executable) ${text}` : text;
  }
  return tree;
}

/** The names of the folders right below a folder that hold files, sorted. */
export function foldersIn(image: WorkspaceImage, folder: string): readonly string[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = new Set<string>();
  for (const name of image.keys()) {
    if (!name.startsWith(prefix)) continue;
    const rest = name.slice(prefix.length);
    if (rest.includes('/')) names.add(rest.slice(0, rest.indexOf('/')));
  }
  return [...names].sort();
}
