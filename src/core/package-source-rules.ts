import { BeaverError } from '../base/errors.ts';
import type { MarketplaceSource, PackageSource } from './package-ports.ts';
import { isPlainPath } from './package-entries.ts';
import { shown } from './tree-names.ts';

/**
 * What a source may be, wherever it was written: https or ssh, without credentials; http and git only from this machine; paths that stay
 * inside; nothing that a program could take for an option. Checked where a source is read and again where it is fetched.
 */

const CONTROL = /[\u0000-\u0020\u007f-\u009f\u2028\u2029]/u;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHA256 = /^[0-9a-f]{64}$/;
const NPM_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
/** Versions, ranges and dist-tags; nothing that names a file, an address or another package. */
const NPM_RANGE = /^[0-9A-Za-z .^~<>=|*+_-]{1,200}$/;
const LONGEST_URL = 2048;

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** @throws BeaverError `source_refused`. */
export function assertSource(source: PackageSource | MarketplaceSource): void {
  const problem = sourceProblem(source);
  if (problem !== undefined) throw refused(problem);
}

/** What is wrong with a source, as a sentence; undefined when it may be fetched. */
export function sourceProblem(source: PackageSource | MarketplaceSource): string | undefined {
  switch (source.kind) {
    case 'git':
      return (
        gitUrlProblem(source.url) ??
        subpathProblem(source.subpath) ??
        (source.ref === null ? undefined : refProblem(source.ref)) ??
        (source.commit === null || COMMIT.test(source.commit)
          ? undefined
          : 'The commit is not a full hash in lower-case hexadecimal digits.')
      );
    case 'npm':
      return (
        npmProblem(source.name, source.range) ??
        (source.registry === null ? undefined : webUrlProblem(source.registry)) ??
        subpathProblem(source.subpath)
      );
    case 'archive':
      return (
        webUrlProblem(source.url) ??
        (source.sha256 === null || SHA256.test(source.sha256)
          ? undefined
          : 'The SHA-256 is not 64 lower-case hexadecimal digits.')
      );
    case 'url':
      return webUrlProblem(source.url);
    case 'local':
      if (isNetworkFolder(source.path)) return NETWORK_FOLDER;
      return source.path.includes('\0') || !isAbsolute(source.path)
        ? 'The folder is not an absolute path.'
        : undefined;
  }
}

export type GitScheme = 'https' | 'http' | 'ssh' | 'git' | 'file';

/** How git reaches an address that {@link gitUrlProblem} has passed. */
export function gitScheme(url: string): GitScheme {
  const scheme = /^([a-z]+):\/\//.exec(url)?.[1];
  return scheme === 'https' || scheme === 'http' || scheme === 'ssh' || scheme === 'git' ? scheme : 'file';
}

function gitUrlProblem(url: string): string | undefined {
  if (isNetworkFolder(url)) return NETWORK_FOLDER;
  if (isAbsolute(url))
    return url.includes('\0') || url.includes('\n') ? 'The folder has a bad name.' : undefined;
  const parsed = parse(url);
  if (typeof parsed === 'string') return parsed;
  if (parsed.protocol !== 'ssh:' && parsed.username !== '') return CREDENTIALS;
  if (parsed.password !== '') return CREDENTIALS;
  if (parsed.hostname === '' || parsed.hostname.startsWith('-')) return 'The address names no host.';
  if (parsed.pathname.startsWith('/-')) return 'The address could be taken for an option.';
  if (parsed.protocol === 'https:' || parsed.protocol === 'ssh:') return undefined;
  if ((parsed.protocol === 'http:' || parsed.protocol === 'git:') && isLoopback(parsed.hostname))
    return undefined;
  return ENCRYPTED;
}

function webUrlProblem(url: string): string | undefined {
  const parsed = parse(url);
  if (typeof parsed === 'string') return parsed;
  if (parsed.username !== '' || parsed.password !== '') return CREDENTIALS;
  if (parsed.protocol === 'https:') return undefined;
  return parsed.protocol === 'http:' && isLoopback(parsed.hostname) ? undefined : ENCRYPTED;
}

const CREDENTIALS = 'The address holds credentials.';
const NETWORK_FOLDER = 'The folder is on another machine, which would be told who asks for it.';
const ENCRYPTED = 'The address is not https (http is for this machine only).';

function parse(url: string): URL | string {
  if (url.length > LONGEST_URL) return 'The address is too long.';
  // A parser of addresses drops some of these without a word.
  if (CONTROL.test(url) || url.includes('\\'))
    return 'The address has a character that does not belong there.';
  return URL.parse(url) ?? 'The address cannot be understood.';
}

function subpathProblem(subpath: string): string | undefined {
  if (subpath === '') return undefined;
  return isPlainPath(subpath) && !/^[/.-]*$/.test(subpath)
    ? undefined
    : `The path ${shown(subpath)} leaves its source.`;
}

/** As `git check-ref-format` has it, and nothing that begins like an option. */
function refProblem(ref: string): string | undefined {
  const bad =
    ref === '' ||
    ref.length > 255 ||
    CONTROL.test(ref) ||
    /[~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\/\.|\.lock(?:\/|$)/.test(ref);
  return bad ? `${shown(ref)} cannot be the name of a branch or a tag.` : undefined;
}

function npmProblem(name: string, range: string | null): string | undefined {
  if (name.length > 214 || !NPM_NAME.test(name)) return `${shown(name)} cannot be the name of a package.`;
  if (range === null || NPM_RANGE.test(range)) return undefined;
  return `${shown(range)} is not a version, a range or a tag.`;
}

function isAbsolute(file: string): boolean {
  return file.startsWith('/') || /^[A-Za-z]:[\\/]/.test(file);
}

/** `//server/share`: on Windows a look at it sends the person's credentials there. */
function isNetworkFolder(file: string): boolean {
  return /^[\\/]{2}/.test(file);
}

function refused(problem: string): BeaverError {
  return new BeaverError('source_refused', problem, {
    nextStep: 'Give an https address without credentials, owner/repo, npm:NAME, or a folder.',
    field: 'source',
  });
}
