import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import type { MarketplaceSource, PackageSource } from '../package-ports.ts';
import { assertSource } from '../package-source-rules.ts';
import { shown } from '../tree-names.ts';

/** What relative words of a person start from. */
export interface WrittenFrom {
  /** Absolute. */
  readonly directory: string;
  /** Absolute; what `~` stands for. */
  readonly home: string;
}

type GitPlace = Extract<PackageSource, { kind: 'git' }>;

/** Hosts whose pages of a repository are read as the repository. */
const FORGES: ReadonlySet<string> = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org']);
const SHORTHAND = /^([A-Za-z0-9][\w-]*)\/([A-Za-z0-9_.][\w.-]*)((?:\/[\w.-]+)*)$/;
const SCP = /^([A-Za-z0-9_.-]+)@([A-Za-z0-9.-]+):(?!\/\/)(.+)$/;

/**
 * Reads where a marketplace is, as a person writes it: `owner/repo`, `owner/repo#ref`, an address of a repository, the https address of a
 * marketplace.json, `npm:NAME@RANGE`, `file:///x` for a repository of this machine, or a folder (`./x`, `../x`, `~/x`, `/x`, `C:\x`).
 * @throws BeaverError `source_unreadable`, `source_refused`.
 */
export function parseMarketplaceSource(written: string, from: WrittenFrom): MarketplaceSource {
  const text = written.trim();
  const source = folderOf(text, from) ?? npmOf(text) ?? catalogOf(text) ?? gitOf(text);
  if (source === undefined) throw unreadable(text);
  assertSource(source);
  return source;
}

/**
 * As {@link parseMarketplaceSource}, for a plugin by itself: also `owner/repo/folder` and the https address of a zip or tar.gz, with
 * `#sha256=…` where its digest is known.
 * @throws BeaverError `source_unreadable`, `source_refused`.
 */
export function parsePackageSource(written: string, from: WrittenFrom): PackageSource {
  const text = written.trim();
  const source = folderOf(text, from) ?? npmOf(text) ?? archiveOf(text) ?? gitOf(text);
  if (source === undefined) throw unreadable(text);
  assertSource(source);
  return source;
}

/** A source as it can be written again. A folder is shown by its last name (invariant 9). */
export function writtenSource(source: MarketplaceSource | PackageSource): string {
  switch (source.kind) {
    case 'git': {
      const at = source.commit ?? source.ref;
      const known = /^https:\/\/github\.com\/([^/]+\/[^/]+?)(?:\.git)?$/.exec(source.url)?.[1];
      const local = !/^[a-z]+:\/\//.test(source.url);
      const place = known ?? (local ? `<local>/${lastName(source.url)}` : source.url);
      return `${place}${source.subpath === '' ? '' : `/${source.subpath}`}${at === null ? '' : `#${at}`}`;
    }
    case 'npm':
      return `npm:${source.name}${source.range === null ? '' : `@${source.range}`}`;
    case 'archive':
    case 'url':
      return source.url;
    case 'local':
      return `<local>/${lastName(source.path)}`;
  }
}

/** `owner/repo` as it stands in a marketplace.json; undefined for anything else. */
export function githubRepository(written: string): string | undefined {
  const found = SHORTHAND.exec(written.replace(/\.git$/, ''));
  return found === null || found[3] !== ''
    ? undefined
    : `https://github.com/${found[1] ?? ''}/${found[2] ?? ''}.git`;
}

/** The address of a repository in one form: scp-like ones as ssh, shorthands as GitHub's. */
export function repositoryUrl(written: string): string {
  const scp = SCP.exec(written);
  if (scp !== null && !/^[a-z]+:\/\//i.test(written)) {
    const [, user = '', host = '', place = ''] = scp;
    return `ssh://${user}@${host}/${place.replace(/^\//, '')}`;
  }
  return githubRepository(written) ?? written;
}

function folderOf(
  text: string,
  { directory, home }: WrittenFrom,
): { kind: 'local'; path: string } | undefined {
  if (text === '~' || /^~[\\/]/.test(text)) return { kind: 'local', path: path.resolve(home, text.slice(2)) };
  if (text === '.' || text === '..' || /^\.{0,2}[\\/]/.test(text) || /^[A-Za-z]:[\\/]/.test(text))
    return { kind: 'local', path: path.resolve(directory, text) };
  return undefined;
}

function npmOf(text: string): Extract<PackageSource, { kind: 'npm' }> | undefined {
  const found = /^npm:((?:@[^@/\s]+\/)?[^@/\s]+)(?:@(.+))?$/.exec(text);
  if (found === null) return undefined;
  return { kind: 'npm', name: found[1] ?? '', range: found[2] ?? null, registry: null, subpath: '' };
}

function catalogOf(text: string): { kind: 'url'; url: string } | undefined {
  return /^https?:\/\/[^#]+\.json(?:\?[^#]*)?$/i.test(text) ? { kind: 'url', url: text } : undefined;
}

function archiveOf(text: string): Extract<PackageSource, { kind: 'archive' }> | undefined {
  const found = /^(https?:\/\/[^#]+?\.(?:zip|tgz|tar\.gz)(?:\?[^#]*)?)(?:#sha256=([0-9a-fA-F]{64}))?$/i.exec(
    text,
  );
  if (found === null) return undefined;
  return { kind: 'archive', url: found[1] ?? '', sha256: found[2]?.toLowerCase() ?? null };
}

function gitOf(text: string): GitPlace | undefined {
  const hash = text.indexOf('#');
  const place = hash === -1 ? text : text.slice(0, hash);
  const ref = hash === -1 || hash === text.length - 1 ? null : text.slice(hash + 1);
  const at = refOrCommit(ref);
  const file = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(place)?.[1];
  if (file !== undefined) return { kind: 'git', url: path.resolve(decoded(file)), subpath: '', ...at };
  const short = SHORTHAND.exec(place);
  if (short !== null) {
    const [, owner = '', repo = '', below = ''] = short;
    const url = `https://github.com/${owner}/${repo.replace(/\.git$/, '')}.git`;
    return { kind: 'git', url, subpath: below.slice(1), ...at };
  }
  const page = pageOf(place);
  if (page !== undefined) return ref === null ? page : { ...page, ...at };
  if (/^(?:https?|ssh|git):\/\//i.test(place) || SCP.test(place))
    return { kind: 'git', url: repositoryUrl(place), subpath: '', ...at };
  return undefined;
}

/** `https://github.com/owner/repo/tree/REF/folder`, or the page of the repository itself. */
function pageOf(place: string): GitPlace | undefined {
  const url = URL.parse(place);
  if (url?.protocol !== 'https:' || !FORGES.has(url.hostname) || url.username !== '' || url.password !== '')
    return undefined;
  const [owner = '', repo = '', marker, ...rest] = url.pathname.split('/').filter((name) => name !== '');
  if (owner === '' || repo === '') return undefined;
  const repository = `https://${url.host}/${owner}/${repo.replace(/\.git$/, '')}.git`;
  if (marker === undefined) return { kind: 'git', url: repository, subpath: '', ref: null, commit: null };
  if (marker !== 'tree' || rest.length === 0) return undefined;
  const [ref = '', ...below] = rest;
  return { kind: 'git', url: repository, subpath: below.join('/'), ...refOrCommit(ref) };
}

/** A whole commit id names content, anything else a branch or a tag. */
function refOrCommit(ref: string | null): Pick<GitPlace, 'ref' | 'commit'> {
  return ref !== null && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)
    ? { ref: null, commit: ref }
    : { ref, commit: null };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function lastName(file: string): string {
  return file.split(/[\\/]/).findLast((name) => name !== '') ?? '';
}

function unreadable(text: string): BeaverError {
  return new BeaverError('source_unreadable', `${shown(text)} is no source.`, {
    nextStep:
      'Write owner/repo, the address of a repository, an https address, npm:NAME, or a folder that starts with "./".',
    field: 'source',
  });
}
