import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { BeaverError } from '../base/errors.ts';
import { systemCode } from '../base/system-errors.ts';
import type { CommandContext } from './answer.ts';

/**
 * The text of a file that was named on the command line, byte order mark and line ends as they are; `-` is standard input.
 * Links and pipes are followed: the person chose the file. `field` is what the argument is called.
 * @throws BeaverError `file_unreadable` or `not_text`.
 */
export async function readTextArgument(
  context: Pick<CommandContext, 'directory' | 'input'>,
  argument: string,
  field: string,
): Promise<string> {
  const bytes = await readFileArgument(context, argument, field);
  if (bytes.includes(0)) throw notText(argument, field);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notText(argument, field);
  }
}

/** The bytes of a file that was named on the command line; `-` is standard input. @throws BeaverError `file_unreadable`. */
export async function readFileArgument(
  context: Pick<CommandContext, 'directory' | 'input'>,
  argument: string,
  field: string,
): Promise<Uint8Array> {
  return argument === '-' ? context.input() : readBytes(context.directory, argument, field);
}

/** The last part of a file's name: all that a message says of it (invariant 9). */
export function shownName(argument: string): string {
  return path.basename(argument);
}

async function readBytes(directory: string, argument: string, field: string): Promise<Uint8Array> {
  try {
    return await readFile(path.resolve(directory, argument));
  } catch (cause) {
    const code = systemCode(cause);
    if (code !== 'ENOENT' && code !== 'EISDIR' && code !== 'ENOTDIR') throw cause;
    const what = code === 'EISDIR' ? 'is a folder' : 'does not exist';
    throw new BeaverError('file_unreadable', `The ${field} file "${shownName(argument)}" ${what}.`, {
      nextStep: 'Check the path; it is relative to the folder given with -C.',
      field,
      cause,
    });
  }
}

function notText(argument: string, field: string): BeaverError {
  return new BeaverError('not_text', `The ${field} file "${shownName(argument)}" is not UTF-8 text.`, {
    nextStep: 'Only text can be merged or resolved; choose one side for a binary file.',
    field,
  });
}
