import { BeaverError } from './errors.ts';

interface SystemErrorWords {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

const DISK_FULL = {
  code: 'disk_full',
  message: 'There is no space left where Beaver writes.',
  nextStep: 'Free some space on the disk (or raise the quota) and try again; nothing was published.',
};
const DISK_ERROR = {
  code: 'disk_error',
  message: 'The disk reported an error.',
  nextStep: 'Check the disk and its connection, then run `beaver doctor`.',
};
const READ_ONLY = {
  code: 'read_only',
  message: 'The file system is mounted read-only.',
  nextStep: 'Make the folder writable, or open a copy of the workspace on a writable disk.',
};
const PERMISSION_DENIED = {
  code: 'permission_denied',
  message: 'The system does not allow access to a file that Beaver needs.',
  nextStep: 'Check who owns the workspace folder and its permissions, then try again.',
};
const BUSY = {
  code: 'busy',
  message: 'Another program keeps a file that Beaver needs busy.',
  nextStep: 'Close the program that uses the file (an editor, a terminal, a virus scanner) and try again.',
};
const TOO_MANY_FILES = {
  code: 'too_many_open_files',
  message: 'The limit of open files is reached.',
  nextStep: 'Close other programs or raise the limit of open files, then try again.',
};

const WORDS: ReadonlyMap<string, SystemErrorWords> = new Map([
  ['ENOSPC', DISK_FULL],
  ['EDQUOT', DISK_FULL],
  ['EIO', DISK_ERROR],
  ['ENXIO', DISK_ERROR],
  ['EROFS', READ_ONLY],
  ['EPERM', PERMISSION_DENIED],
  ['EACCES', PERMISSION_DENIED],
  ['EBUSY', BUSY],
  ['ETXTBSY', BUSY],
  ['EMFILE', TOO_MANY_FILES],
  ['ENFILE', TOO_MANY_FILES],
]);

/**
 * The coded error that says in words what a system call failed with; the original is its `cause`, and no path is in the words (invariant 9).
 * A BeaverError is answered as it is. Undefined for everything else, which is a defect or needs words of its own.
 */
export function toBeaverError(error: unknown): BeaverError | undefined {
  if (error instanceof BeaverError) return error;
  const words = WORDS.get(systemCode(error) ?? '');
  if (words === undefined) return undefined;
  return new BeaverError(words.code, words.message, { nextStep: words.nextStep, cause: error });
}

/** The `code` of a system's error: `ENOENT`, `EIO`, … */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = systemCode(error);
  return code !== undefined && codes.includes(code);
}
