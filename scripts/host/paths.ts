import { homedir } from 'node:os';
import * as path from 'node:path';

/** The checkout. */
export const projectRoot = path.resolve(import.meta.dirname, '..', '..');

/** Ignored by git, kept between runs: hosts, profiles, screenshots, results. */
export const testRoot = path.join(projectRoot, '.vscode-test');

/**
 * Where installed hosts are shared between checkouts, so that a clean clone does not fetch them again.
 * `XDG_CACHE_HOME` moves it.
 */
export function cacheRoot(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return path.join(
    base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'),
    'beaver-skills',
  );
}
