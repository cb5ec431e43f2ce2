import * as path from 'node:path';
import { MemoryFileSystem, type MemoryFilesOptions } from './memory-files.ts';

/** Texts by POSIX path; what is not a text is written as JSON. */
export type PluginTree = Readonly<Record<string, unknown>>;

export const WORKSPACE = path.resolve('/workspace');
export const PLUGIN = path.join(WORKSPACE, 'plugins', 'comic');

export const MANIFEST = {
  schema_version: 1,
  id: 'baoyu-comic',
  name: 'Baoyu Comic',
  version: '1.2.0',
  skills: [{ name: 'baoyu-comic', path: 'skills/comic' }],
} as const;

export const DOCUMENT = '---\nname: comic\ndescription: Draws comics\n---\n\n# Comic\n';

/** Files in memory below `root`. */
export async function pluginFiles(
  tree: PluginTree,
  root: string = PLUGIN,
  options?: MemoryFilesOptions,
): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem(options);
  await addFiles(files, tree, root);
  return files;
}

export async function addFiles(
  files: MemoryFileSystem,
  tree: PluginTree,
  root: string = PLUGIN,
): Promise<void> {
  await files.makeDirectory(root);
  for (const [name, content] of Object.entries(tree)) {
    const target = path.join(root, ...name.split('/'));
    await files.makeDirectory(path.dirname(target));
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await files.writeFile(target, Buffer.from(text));
  }
}
