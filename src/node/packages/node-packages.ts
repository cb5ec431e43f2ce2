import { BeaverError } from '../../base/errors.ts';
import type {
  FetchOptions,
  MarketplaceRevision,
  MarketplaceSource,
  PackageOffers,
  Packages,
  PackageSource,
  ResolvedPackage,
} from '../../core/package-ports.ts';
import { isPlainPath } from '../../core/package-entries.ts';
import { assertSource } from '../../core/package-source-rules.ts';
import type { Clock, FileSystem, Lock } from '../../core/ports.ts';
import { ArchiveSource } from './archive-source.ts';
import { GitProcess } from './git-process.ts';
import { GitSource } from './git-source.ts';
import { HttpDownloads } from './http-download.ts';
import { LocalSource } from './local-source.ts';
import { NpmSource } from './npm-source.ts';
import { type CacheEntry, PackageCache } from './package-cache.ts';

export interface NodePackagesOptions {
  /** Absolute; made when something is fetched. */
  readonly cache: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ports: { readonly files: FileSystem; readonly lock: Lock; readonly clock: Clock };
  /** The editor's own proxy setting; without one the environment counts. */
  readonly proxy?: string;
  /** Bytes that the cache keeps. Default 2 GiB. */
  readonly maxCacheBytes?: number;
}

const CACHE_BYTES = 2 * 1024 * 1024 * 1024;

/** The real doors for packages: the system's git, the npm registry, https, and folders. Whatever is asked for is checked here once more. */
export class NodePackages implements Packages {
  readonly cache: PackageCache;
  readonly #git: GitSource;
  readonly #local = new LocalSource();
  readonly #downloads: HttpDownloads;
  readonly #archive: ArchiveSource;
  readonly #npm: NpmSource;

  constructor(options: NodePackagesOptions) {
    const { ports, environment, proxy } = options;
    this.cache = new PackageCache(options.cache, ports, options.maxCacheBytes ?? CACHE_BYTES);
    const http = { environment, proxy };
    this.#downloads = new HttpDownloads(ports.files, this.cache, http);
    this.#archive = new ArchiveSource(this.#downloads);
    this.#npm = new NpmSource(this.cache, http);
    this.#git = new GitSource(ports.files, this.cache, new GitProcess(environment, proxy));
  }

  /** Checks everything in the cache and removes what is damaged. */
  async verifyCache(
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ readonly checked: number; readonly removed: readonly CacheEntry[] }> {
    const checked = (await this.cache.list()).length;
    const removed = await this.cache.verify((entry, folder) => this.#isSound(entry, folder, signal), signal);
    return { checked, removed };
  }

  async #isSound({ kind }: CacheEntry, folder: string, signal: AbortSignal): Promise<boolean> {
    switch (kind) {
      case 'git':
        return this.#git.isSound(folder, signal);
      case 'http':
        return this.#downloads.isSound(folder);
      case 'npm':
        return this.#npm.isSound(folder);
    }
  }

  async marketplace(
    source: MarketplaceSource,
    candidates: readonly string[],
    known: string | null,
    options: FetchOptions = {},
  ): Promise<MarketplaceRevision | 'unchanged'> {
    assertSource(source);
    switch (source.kind) {
      case 'git':
        return this.#git.marketplace(source, candidates, known, options);
      case 'local':
        return this.#local.marketplace(source.path, candidates, known);
      case 'npm':
        return this.#npm.marketplace(source, candidates, known, options);
      case 'url':
        return this.#archive.marketplace(source.url, known, options);
    }
  }

  async folderIds(
    source: MarketplaceSource,
    revision: string,
    folders: readonly string[],
    options: FetchOptions = {},
  ): Promise<ReadonlyMap<string, string>> {
    assertSource(source);
    if (source.kind !== 'git') return new Map();
    assertSource({ ...source, commit: revision });
    return this.#git.folderIds(source, revision, folders.filter(isPlainPathOrRoot), options);
  }

  async offers(source: PackageSource, options: FetchOptions = {}): Promise<PackageOffers> {
    assertSource(source);
    switch (source.kind) {
      case 'git':
        return this.#git.offers(source, options);
      case 'local':
        return this.#local.offers(source.path, options);
      case 'npm':
        return this.#npm.offers(source, options);
      case 'archive':
        return this.#archive.offers(source, options);
    }
  }

  async fetch(wanted: ResolvedPackage, into: string, options: FetchOptions = {}): Promise<void> {
    const { source, identity } = wanted;
    assertSource(source);
    switch (source.kind) {
      case 'git':
        if (identity.kind !== 'commit') throw mismatched();
        assertSource({ ...source, commit: identity.commit });
        return this.#git.fetch(source, identity.commit, into, options);
      case 'local':
        if (identity.kind !== 'tree') throw mismatched();
        return this.#local.fetch(source.path, identity.tree_hash, into, options);
      case 'npm':
        if (identity.kind !== 'integrity') throw mismatched();
        return this.#npm.fetch(source, identity.integrity, into, options);
      case 'archive':
        if (identity.kind !== 'sha256') throw mismatched();
        return this.#archive.fetch(source, identity.sha256, into, options);
    }
  }
}

/** Nothing that would be another line for git. */
function isPlainPathOrRoot(folder: string): boolean {
  return folder === '' || (isPlainPath(folder) && !folder.includes('\n'));
}

function mismatched(): BeaverError {
  return new BeaverError(
    'package_integrity_mismatch',
    'The source and its identity do not belong together.',
    {
      nextStep: 'Resolve the package again.',
    },
  );
}
