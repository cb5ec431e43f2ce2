import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { BeaverError } from '../base/errors.ts';

/** Bytes of names; more changed files than that are not one change. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** Milliseconds. */
const PATIENCE = 60_000;

/**
 * Files that differ from the commit where `ref` and HEAD parted: committed, staged, edited or not yet tracked. Absolute paths; of a renamed
 * file both names. No hook and no program of the repository is run.
 * @throws BeaverError `git_missing`, `not_a_repository`, `ref_unknown`.
 */
export async function changedFiles(directory: string, ref: string): Promise<readonly string[]> {
  if (ref === '' || ref.startsWith('-')) throw unknownRef(ref);
  const root = (await git(directory, ['rev-parse', '--show-toplevel'], 'not_a_repository', ref)).trim();
  const base = await mergeBase(directory, ref);
  const diff = ['diff', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '-z', base, '--'];
  const changed = await git(root, diff, 'ref_unknown', ref);
  const untracked = await git(
    root,
    ['ls-files', '--others', '--exclude-standard', '-z'],
    'not_a_repository',
    ref,
  );
  const names = new Set([...changed.split('\0'), ...untracked.split('\0')].filter((name) => name !== ''));
  return [...names].sort().map((name) => path.join(path.resolve(root), ...name.split('/')));
}

/** Where the two parted; the ref itself where they share no history, as in a shallow clone. */
async function mergeBase(directory: string, ref: string): Promise<string> {
  const commit = (
    await git(directory, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], 'ref_unknown', ref)
  ).trim();
  try {
    return (await git(directory, ['merge-base', commit, 'HEAD'], 'ref_unknown', ref)).trim();
  } catch {
    return commit;
  }
}

function git(
  directory: string,
  args: readonly string[],
  code: 'not_a_repository' | 'ref_unknown',
  ref: string,
): Promise<string> {
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.quotePath=false'];
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      [...safe, ...args],
      {
        cwd: directory,
        encoding: 'utf8',
        maxBuffer: LARGEST_ANSWER,
        timeout: PATIENCE,
        windowsHide: true,
        env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
      },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else if (error.code === 'ENOENT') reject(missingGit(error));
        else reject(code === 'ref_unknown' ? unknownRef(ref, error) : notARepository(error));
      },
    );
  });
}

function missingGit(cause: unknown): BeaverError {
  return new BeaverError('git_missing', 'The command git was not found.', {
    nextStep: 'Install git, or check all plugins.',
    cause,
  });
}

function notARepository(cause: unknown): BeaverError {
  return new BeaverError('not_a_repository', 'The folder is not in a Git repository.', {
    nextStep: 'Run the command in a repository, or check all plugins.',
    cause,
  });
}

function unknownRef(ref: string, cause?: unknown): BeaverError {
  return new BeaverError('ref_unknown', `The repository has no commit ${JSON.stringify(ref.slice(0, 80))}.`, {
    nextStep: 'Fetch it first (a shallow clone has few commits), or name another.',
    field: 'changed_since',
    ...(cause === undefined ? {} : { cause }),
  });
}
