import * as path from 'node:path';
import { isBeaverError } from '../../base/errors.ts';
import {
  isPlainPath,
  PACKAGE_LIMITS,
  type PackageEntry,
  planPackage,
  unsafe,
} from '../../core/package-entries.ts';
import type {
  FetchOptions,
  MarketplaceRevision,
  PackageOffers,
  PackageSource,
} from '../../core/package-ports.ts';
import type { FileSystem } from '../../core/ports.ts';
import { readStoredJson, writeStoredJson } from '../../core/stored-json.ts';
import { withDeadline } from './deadline.ts';
import { failed, missing, offline } from './fetch-problems.ts';
import { GitClone, gitProblem, type GitTreeEntry } from './git-clone.ts';
import { GitFailure, type GitProcess } from './git-process.ts';
import { commitOf, type GitRefs, gitRefsSchema, offersOf, parseRefs } from './git-refs.ts';
import type { CachePlace, PackageCache } from './package-cache.ts';
import { PackageWriter } from './package-writer.ts';

export type GitPackage = Extract<PackageSource, { kind: 'git' }>;

/** Seconds. */
const REFS_PATIENCE = 60;
const FETCH_PATIENCE = 15 * 60;
/** Bytes of one transfer. */
const LARGEST_TRANSFER = 512 * 1024 * 1024;
/** Bytes of a catalog. */
const LARGEST_CATALOG = 16 * 1024 * 1024;
const REFS = { name: 'list of branches and tags', schemaVersion: 1 } as const;
const SUBMODULE = '160000';
const LINK = '120000';
const EXECUTABLE = '100755';
/** Bytes of what a link points to. */
const LONGEST_LINK = 4096;

/** Packages in git repositories: what branches and tags stand for, and the files of a commit. Nothing is ever checked out. */
export class GitSource {
  readonly #files: FileSystem;
  readonly #cache: PackageCache;
  readonly #git: GitProcess;

  constructor(files: FileSystem, cache: PackageCache, git: GitProcess) {
    this.#files = files;
    this.#cache = cache;
    this.#git = git;
  }

  async offers(source: GitPackage, options: FetchOptions): Promise<PackageOffers> {
    const refs = await this.#refs(source, options);
    return offersOf(refs, source.ref, source.commit);
  }

  async marketplace(
    source: GitPackage,
    candidates: readonly string[],
    known: string | null,
    options: FetchOptions,
  ): Promise<MarketplaceRevision | 'unchanged'> {
    const commit = source.commit ?? commitOf(await this.#refs(source, options), source.ref);
    if (commit === null)
      throw missing(source.ref === null ? shownUrl(source) : `${source.ref} of ${shownUrl(source)}`);
    if (commit === known) return 'unchanged';
    return this.#atCommit(source, commit, options, async (clone) => {
      const entries = await clone.tree(commit);
      const below = source.subpath === '' ? '' : `${source.subpath}/`;
      for (const candidate of candidates) {
        const entry = entries.find((one) => one.path === `${below}${candidate}`);
        if (entry === undefined || entry.mode === LINK || entry.mode === SUBMODULE) continue;
        const size = (await clone.sizes([entry.oid], options.offline !== true)).get(entry.oid) ?? 0;
        if (size > LARGEST_CATALOG) throw failed(shownUrl(source), 'its catalog is too large');
        const parts: Buffer[] = [];
        await clone.read([entry.oid], (_, bytes) => parts.push(Buffer.from(bytes)));
        return { revision: commit, file: candidate, bytes: Buffer.concat(parts) };
      }
      throw noCatalog(source);
    });
  }

  async folderIds(
    source: GitPackage,
    commit: string,
    folders: readonly string[],
    options: FetchOptions,
  ): Promise<ReadonlyMap<string, string>> {
    return this.#atCommit(source, commit, options, (clone) => clone.folderIds(commit, folders));
  }

  async fetch(source: GitPackage, commit: string, into: string, options: FetchOptions): Promise<void> {
    await this.#atCommit(source, commit, options, async (clone, signal) => {
      // Of a first try with a clone that was damaged.
      await this.#files.remove(into);
      const all = (await clone.tree(commit)).filter(
        (entry) =>
          entry.mode !== SUBMODULE && (isBelow(source.subpath, entry.path) || isPlainPath(entry.path)),
      );
      const targets = await linkTargets(clone, all, source.subpath, options);
      // Sizes come later: only the blobs of this package are fetched, and until then git cannot tell them.
      const bare = all.map((entry): PackageEntry => {
        const target = targets.get(entry.path);
        const common = { path: entry.path, size: 0, executable: entry.mode === EXECUTABLE };
        return target === undefined ? { ...common, kind: 'file' } : { ...common, kind: 'link', target };
      });
      const wanted = planPackage(bare, source.subpath);
      const oidOf = (index: number): string => all[index]?.oid ?? '';
      const sizes = await clone.sizes(
        wanted.map(({ entry }) => oidOf(entry)),
        options.offline !== true,
      );
      const planned = planPackage(
        bare.map((entry, index) => ({ ...entry, size: sizes.get(oidOf(index)) ?? 0 })),
        source.subpath,
        PACKAGE_LIMITS,
      );
      const writer = new PackageWriter(into, planned);
      signal.throwIfAborted();
      await writer.start();
      await clone.read(
        planned.map(({ entry }) => oidOf(entry)),
        (index, bytes) => {
          writer.write(index, bytes);
        },
      );
    });
  }

  /** For `beaver cache verify`. */
  async isSound(folder: string, signal: AbortSignal): Promise<boolean> {
    const [repository, url, what] = [path.join(folder, 'repository'), '', 'The clone'];
    const common = { files: this.#files, git: this.#git, maxBytes: LARGEST_TRANSFER, onProgress: undefined };
    return new GitClone({ ...common, repository, url, what, signal }).isSound();
  }

  /** Runs `body` with a clone that has `commit`; one that turns out to be damaged is made anew, once. */
  async #atCommit<T>(
    source: GitPackage,
    commit: string,
    options: FetchOptions,
    body: (clone: GitClone, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const what = shownUrl(source);
    return this.#cache.use({ kind: 'git', source: source.url }, options.signal, (place) =>
      withDeadline(what, FETCH_PATIENCE, options.signal, async (signal) => {
        const attempt = async (): Promise<T> => {
          const clone = this.#clone(source, place, signal, options);
          if (!(await clone.hasCommit(commit))) {
            if (options.offline === true) throw offline(what);
            place.changed();
            await clone.fetchCommit(commit);
          }
          const result = await body(clone, signal);
          return result;
        };
        try {
          return await attempt();
        } catch (error) {
          const failure = error instanceof GitFailure || isBeaverError(error, 'fetch_failed');
          if (!failure || options.offline === true || signal.aborted) throw gitProblem(error, what);
          // A server that fails says nothing about what is here.
          if (await this.#clone(source, place, signal, options).isSound()) throw gitProblem(error, what);
          place.changed();
          await this.#files.remove(path.join(place.folder, 'repository'));
          return await attempt().catch((again: unknown) => {
            throw gitProblem(again, what);
          });
        }
      }),
    );
  }

  #clone(source: GitPackage, place: CachePlace, signal: AbortSignal, options: FetchOptions): GitClone {
    return new GitClone({
      files: this.#files,
      git: this.#git,
      repository: path.join(place.folder, 'repository'),
      url: source.url,
      what: shownUrl(source),
      maxBytes: LARGEST_TRANSFER,
      signal,
      onProgress: (received, expected) => {
        place.changed();
        options.onProgress?.(received, expected);
      },
    });
  }

  async #refs(source: GitPackage, options: FetchOptions): Promise<GitRefs> {
    const key = { kind: 'git', source: source.url } as const;
    const fileOf = (place: CachePlace): string => path.join(place.folder, 'refs.json');
    if (options.offline === true) {
      const kept = await this.#cache.use(key, options.signal, (place) =>
        readStoredJson(this.#files, fileOf(place), 'refs.json', REFS, gitRefsSchema).catch(() => undefined),
      );
      if (kept === undefined) throw offline(shownUrl(source));
      return kept;
    }
    const output = await withDeadline(shownUrl(source), REFS_PATIENCE, options.signal, async (signal) => {
      try {
        return await this.#git.run({
          repository: null,
          url: source.url,
          args: ['ls-remote', '--quiet', '--symref', '--', source.url, 'HEAD', 'refs/heads/*', 'refs/tags/*'],
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        throw gitProblem(error, shownUrl(source));
      }
    });
    const refs = parseRefs(output.toString('utf8'));
    await this.#cache.use(key, options.signal, (place) => writeStoredJson(this.#files, fileOf(place), refs));
    return refs;
  }
}

/** What links of the repository point to. Blobs like any other: those in the package, and those outside it that one could lead through. */
async function linkTargets(
  clone: GitClone,
  entries: readonly GitTreeEntry[],
  subpath: string,
  options: FetchOptions,
): Promise<ReadonlyMap<string, string>> {
  const links = entries.filter(({ mode }) => mode === LINK);
  const targets = new Map<string, string>();
  // A package without a link in it needs none of the others.
  if (!links.some((entry) => isBelow(subpath, entry.path) || isBelow(entry.path, subpath)))
    return new Map(links.map((entry) => [entry.path, '']));
  const sizes = await clone.sizes(
    links.map(({ oid }) => oid),
    options.offline !== true,
  );
  if ([...sizes.values()].some((size) => size > LONGEST_LINK))
    throw unsafe('A link in the repository is too long.');
  await clone.read(
    links.map(({ oid }) => oid),
    (index, bytes) => targets.set(links[index]?.path ?? '', bytes.toString('utf8')),
  );
  return targets;
}

function isBelow(folder: string, file: string): boolean {
  return folder === '' || file === folder || file.startsWith(`${folder}/`);
}

/** What a person is told: the last two names of the address. */
function shownUrl({ url }: GitPackage): string {
  const names = url
    .replace(/[\\/]+$/, '')
    .replace(/\.git$/, '')
    .split(/[\\/]/);
  return `The repository ${names.slice(/^[a-z]+:/.test(url) ? -2 : -1).join('/')}`;
}

function noCatalog(source: GitPackage): Error {
  return missing(`A marketplace.json in ${shownUrl(source).replace(/^The/, 'the')}`);
}
