import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { mergeText } from '../../core/merge/text-merge.ts';
import { hasCode } from '../../base/system-errors.ts';
import type { Action } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { readTextArgument } from '../text-files.ts';

export interface MergeOptions {
  /** Where the result goes instead of standard output. */
  readonly output?: string;
  /** What the file is called in its repository: it decides which rules apply. */
  readonly path?: string;
}

/**
 * `merge BASE LOCAL UPSTREAM`: opens no workspace and reads nothing but the three files. All of them are read before anything is
 * written, so that `-o` may name one of them, as git's merge drivers do. Exits with 1 when the result holds conflict markers.
 */
export function mergeFiles(
  files: { readonly base: string; readonly local: string; readonly upstream: string },
  options: MergeOptions,
): Action {
  return async (context) => {
    const base = await readTextArgument(context, files.base, 'base');
    const local = await readTextArgument(context, files.local, 'local');
    const upstream = await readTextArgument(context, files.upstream, 'upstream');
    const name = options.path ?? options.output;
    const merge = mergeText(base, local, upstream, name === undefined ? {} : { path: posix(name) });
    const { text, conflicts, decisions } = merge;
    if (options.output !== undefined)
      await replaceFile(path.resolve(context.directory, options.output), text);
    return {
      payload: { text, conflicts, decisions },
      text: () => (options.output === undefined ? text : ''),
      exit: conflicts.length === 0 ? EXIT.done : EXIT.found,
    };
  };
}

/** Whole or not at all, through any symbolic link, with the permissions that the file has. */
async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realTarget(file);
  const temporary = `${target}.beaver-${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', 0o666);
    try {
      const mode = await modeOf(target);
      if (mode !== undefined) await handle.chmod(mode);
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function realTarget(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return file;
    throw error;
  }
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o7777;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function posix(name: string): string {
  return name.split(path.sep).join('/');
}
