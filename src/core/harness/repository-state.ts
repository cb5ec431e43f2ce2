import * as path from 'node:path';
import type { FileSystem } from '../ports.ts';

/** Bytes; a file that says where the repository of a work tree is. */
const POINTER = 4096;
/** What git leaves in its folder while something is going on, and what that is. */
const MARKS: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['index.lock', 'a change by git'],
];

/** What the repository around a folder is in the middle of (Q25); null for nothing, or where there is none. */
export async function repositoryBusy(
  files: Pick<FileSystem, 'lstat' | 'readFile'>,
  folder: string,
): Promise<string | null> {
  const git = await gitFolder(files, path.resolve(folder));
  if (git === undefined) return null;
  for (const [name, what] of MARKS) {
    if ((await files.lstat(path.join(git, name))) !== undefined) return what;
  }
  return null;
}

async function gitFolder(
  files: Pick<FileSystem, 'lstat' | 'readFile'>,
  folder: string,
): Promise<string | undefined> {
  for (let at = folder; ; at = path.dirname(at)) {
    const git = path.join(at, '.git');
    const stat = await files.lstat(git);
    if (stat?.kind === 'directory') return git;
    if (stat?.kind === 'file') {
      // A work tree of its own, or a submodule.
      const text = Buffer.from((await files.readFile(git, POINTER)) ?? []).toString('utf8');
      const target = /^gitdir: (.+)$/m.exec(text)?.[1];
      return target === undefined ? undefined : path.resolve(at, target.trim());
    }
    if (path.dirname(at) === at) return undefined;
  }
}
