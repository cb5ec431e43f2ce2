import * as path from 'node:path';
import { pathInPlugin } from '../install/preflight/plugin-path.ts';
import type { MarketplaceSource, PackageSource } from '../package-ports.ts';
import { gitScheme, sourceProblem } from '../package-source-rules.ts';
import { shown } from '../tree-names.ts';
import { githubRepository, repositoryUrl } from './written-source.ts';

/** Where a marketplace lies itself, for entries that lie in it. */
export interface MarketplacePlace {
  readonly source: MarketplaceSource;
  /** As `MarketplaceRevision` has it. */
  readonly revision: string;
  /** `metadata.pluginRoot`: what bare names start from; empty for the root. */
  readonly pluginRoot: string;
}

export type EntrySource =
  | { readonly kind: 'good'; readonly source: PackageSource; readonly note: EntryProblem | null }
  | { readonly kind: 'bad'; readonly problem: EntryProblem };

export interface EntryProblem {
  readonly code:
    'market_source_unknown' | 'market_source_unsafe' | 'market_source_incomplete' | 'market_source_prefix';
  readonly message: string;
}

/**
 * The source of an entry, in whatever form public marketplaces write it. Lenient where that is harmless (paths without `./`), strict where
 * it is not: nothing that runs, leaves the marketplace, holds credentials or is not encrypted.
 */
export function entrySource(written: unknown, place: MarketplacePlace): EntrySource {
  const read = typeof written === 'string' ? relative(written, place) : object(written, place);
  if (read.kind === 'bad') return read;
  const problem = sourceProblem(read.source) ?? folderProblem(read.source, place.source);
  return problem === undefined ? read : bad('market_source_unsafe', problem);
}

/** A marketplace that comes from elsewhere does not say what is read on this machine. */
function folderProblem(source: PackageSource, marketplace: MarketplaceSource): string | undefined {
  const isFolder = source.kind === 'git' && gitScheme(source.url) === 'file';
  const isHere =
    marketplace.kind === 'local' || (marketplace.kind === 'git' && gitScheme(marketplace.url) === 'file');
  return isFolder && !isHere ? 'The source is a folder of this machine.' : undefined;
}

function object(written: unknown, place: MarketplacePlace): EntrySource {
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    return bad('market_source_incomplete', 'The source is neither a path nor an object.');
  const fields = new Map<string, unknown>(Object.entries(written));
  const text = (key: string): string | null => {
    const value = fields.get(key);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const kind = text('source') ?? text('type');
  switch (kind) {
    case 'local':
    case 'relative':
    case 'directory': {
      const folder = text('path');
      return folder === null ? incomplete('path') : relative(folder, place);
    }
    case 'github': {
      const repo = text('repo') ?? text('repository');
      if (repo === null) return incomplete('repo');
      return git(githubRepository(repo) ?? repo, text);
    }
    case 'url':
    case 'git':
    case 'git-subdir': {
      const url = text('url') ?? text('repo');
      return url === null ? incomplete('url') : git(repositoryUrl(url), text);
    }
    case 'npm': {
      const name = text('package') ?? text('name');
      if (name === null) return incomplete('package');
      const [range, registry] = [text('version'), text('registry')];
      return good({ kind: 'npm', name, range, registry, subpath: subpathOf(text('path')) });
    }
    case 'archive': {
      const url = text('url');
      return url === null
        ? incomplete('url')
        : good({ kind: 'archive', url, sha256: text('sha256')?.toLowerCase() ?? null });
    }
    case 'command':
      return bad('market_source_unsafe', 'The source runs a command; such plugins are not installed.');
    case null:
      return incomplete('source');
    default:
      return bad('market_source_unknown', `Sources of the kind ${shown(kind)} are not known.`);
  }
}

function git(url: string, text: (key: string) => string | null): EntrySource {
  const commit = text('sha') ?? text('commit');
  if (commit !== null && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(commit))
    return bad('market_source_incomplete', 'The commit of the source is not a whole one.');
  const common = { url, ref: text('ref') ?? text('branch'), commit: commit?.toLowerCase() ?? null };
  return good({ kind: 'git', ...common, subpath: subpathOf(text('path') ?? text('subdir')) });
}

/** Left as it is where it cannot be read as a path inside: the rules for sources then refuse it. */
function subpathOf(written: string | null): string {
  if (written === null) return '';
  const inside = pathInPlugin(written);
  if (inside === undefined) return written;
  return inside === '.' ? '' : inside;
}

function relative(written: string, { source, revision, pluginRoot }: MarketplacePlace): EntrySource {
  if (/^[a-z+.-]+:/i.test(written) || /^[^/\s]+@[^/\s]+:/.test(written))
    return bad('market_source_unsafe', 'A source that is an address has to be written as an object.');
  const bare = !/^\.{0,2}\//.test(written) && written !== '.';
  const rooted = bare && pluginRoot !== '';
  const folder = pathInPlugin(rooted ? `${pluginRoot}/${written}` : written);
  if (folder === undefined)
    return bad('market_source_unsafe', `The source ${shown(written)} leaves the marketplace.`);
  const subpath = folder === '.' ? '' : folder;
  const note: EntryProblem | null =
    bare && !rooted
      ? { code: 'market_source_prefix', message: `The source ${shown(written)} does not start with "./".` }
      : null;
  switch (source.kind) {
    case 'git':
      return {
        kind: 'good',
        note,
        source: { ...source, subpath: joined(source.subpath, subpath), commit: revision },
      };
    case 'npm':
      return { kind: 'good', note, source: { ...source, subpath: joined(source.subpath, subpath) } };
    case 'local':
      return {
        kind: 'good',
        note,
        source: { kind: 'local', path: path.join(source.path, ...subpath.split('/')) },
      };
    case 'url':
      return bad('market_source_unsafe', 'The marketplace is a single file: it has no folder to look in.');
  }
}

function joined(above: string, below: string): string {
  return [above, below].filter((part) => part !== '').join('/');
}

function good(source: PackageSource): EntrySource {
  return { kind: 'good', source, note: null };
}

function incomplete(field: string): EntrySource {
  return bad('market_source_incomplete', `The source does not say its "${field}".`);
}

function bad(code: EntryProblem['code'], message: string): EntrySource {
  return { kind: 'bad', problem: { code, message } };
}
