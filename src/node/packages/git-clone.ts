import * as path from 'node:path';
import type { FileSystem } from '../../core/ports.ts';
import { isBeaverError } from '../../base/errors.ts';
import { tooLarge } from '../../core/package-entries.ts';
import { BatchReader } from './batch-reader.ts';
import { assertGoingOn } from './deadline.ts';
import { failed, missing, offline } from './fetch-problems.ts';
import { GitFailure, type GitProcess } from './git-process.ts';
import { PackWatch } from './pack-watch.ts';

/** A file or a submodule in a commit. */
export interface GitTreeEntry {
  /** Six octal digits, as git writes them. */
  readonly mode: string;
  readonly oid: string;
  /** POSIX, from the root of the repository. */
  readonly path: string;
}

export interface CloneOptions {
  readonly files: FileSystem;
  readonly git: GitProcess;
  /** Of the bare repository. */
  readonly repository: string;
  readonly url: string;
  /** What a person is told instead of the address. */
  readonly what: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: ((received: number, expected: number | null) => void) | undefined;
}

/** Milliseconds between two looks at what has come so far. */
const WATCH = 100;

/**
 * A bare, partial, shallow clone in the cache: commits and their trees, and the blobs that somebody wanted. Not marked as partial in its own
 * configuration, so that git never fetches anything by itself: what is missing is missing until it is asked for here, all at once.
 */
export class GitClone {
  readonly #options: CloneOptions;

  constructor(options: CloneOptions) {
    this.#options = options;
  }

  async hasCommit(commit: string): Promise<boolean> {
    if (!(await this.#isThere())) return false;
    const [first] = await this.#check([`${commit}^{tree}`]);
    return first !== undefined && first.size !== undefined;
  }

  /** Brings one commit and its trees. @throws BeaverError `source_not_found`, `fetch_offline`, `fetch_failed`, `fetch_too_large`. */
  async fetchCommit(commit: string): Promise<void> {
    await this.#prepare(commit.length === 64);
    try {
      await this.#fetch(['--depth=1', '--filter=blob:none'], [commit]);
    } catch (error) {
      // Some servers give only what a branch or a tag names: then the commit is looked for in the history of all of them.
      if (!isUnadvertised(error)) throw this.#inWords(error);
      const shallow = await this.#options.files.lstat(path.join(this.#options.repository, 'shallow'));
      await this.#try(
        ['--filter=blob:none', ...(shallow === undefined ? [] : ['--unshallow'])],
        ['+refs/heads/*:refs/beaver/heads/*', '+refs/tags/*:refs/beaver/tags/*'],
      );
      if (!(await this.hasCommit(commit)))
        throw missing(`The commit ${commit.slice(0, 12)} of ${this.#options.what}`, error);
    }
  }

  /** Everything in a commit but folders. */
  async tree(commit: string): Promise<readonly GitTreeEntry[]> {
    const listed = await this.#local(['ls-tree', '-r', '-z', '--full-tree', commit]);
    return listed
      .toString('utf8')
      .split('\0')
      .flatMap((line) => {
        const found = /^(\d{6}) (?:blob|commit) ([0-9a-f]+)\t(.+)$/s.exec(line);
        if (found === null) return [];
        const [, mode = '', oid = '', name = ''] = found;
        return [{ mode, oid, path: name }];
      });
  }

  /** What each folder holds: ids of trees, equal for equal content. Paths that are no folder are left out. */
  async folderIds(commit: string, folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const answer = await this.#local(
      ['cat-file', '--batch-check', '--buffer'],
      folders.map((folder) => `${commit}:${folder}`),
    );
    const ids = new Map<string, string>();
    for (const [index, line] of answer.toString('utf8').split('\n').entries()) {
      const id = /^([0-9a-f]+) tree \d+$/.exec(line)?.[1];
      const folder = folders[index];
      if (id !== undefined && folder !== undefined) ids.set(folder, id);
    }
    return ids;
  }

  /** Bytes of each blob, those that are not here fetched first, in one go. */
  async sizes(oids: readonly string[], mayFetch: boolean): Promise<ReadonlyMap<string, number>> {
    const wanted = [...new Set(oids)];
    let found = await this.#check(wanted);
    const absent = found.filter(({ size }) => size === undefined).map(({ oid }) => oid);
    if (absent.length > 0) {
      if (!mayFetch) throw offline(this.#options.what);
      await this.#try(['--filter=blob:none'], absent);
      found = await this.#check(wanted);
    }
    const sizes = new Map<string, number>();
    for (const { oid, size } of found) {
      if (size === undefined) throw failed(this.#options.what, 'the server did not send all of it');
      sizes.set(oid, size);
    }
    return sizes;
  }

  /** The blobs in the order of `oids`, handed over one after the other. All of them are here. */
  async read(oids: readonly string[], take: (index: number, bytes: Buffer) => void): Promise<void> {
    if (oids.length === 0) return;
    const reader = new BatchReader(oids.length, take);
    await this.#options.git.run({
      repository: this.#options.repository,
      url: null,
      args: ['cat-file', '--batch', '--buffer'],
      input: oids.map((oid) => `${oid}\n`).join(''),
      signal: this.#options.signal,
      onOutput: (piece) => {
        reader.push(piece);
      },
    });
    if (!reader.done) throw failed(this.#options.what, 'the copy in the cache is damaged');
  }

  /** Whether every pack is what its checksum says. */
  async isSound(): Promise<boolean> {
    const packs = path.join(this.#options.repository, 'objects', 'pack');
    const names = ((await this.#options.files.readDirectory(packs)) ?? [])
      .map(({ name }) => name)
      .filter((name) => name.endsWith('.idx'));
    if (names.length === 0) return true;
    try {
      await this.#local(['verify-pack', ...names.map((name) => path.join(packs, name))]);
      return true;
    } catch (error) {
      if (error instanceof GitFailure) return false;
      throw error;
    }
  }

  async #try(options: readonly string[], wants: readonly string[]): Promise<void> {
    try {
      await this.#fetch(options, wants);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  async #fetch(options: readonly string[], wants: readonly string[]): Promise<void> {
    const { git, repository, url, signal, maxBytes, onProgress } = this.#options;
    const stopped = new AbortController();
    const watch = new PackWatch(path.join(repository, 'objects', 'pack'), this.#options.files);
    await watch.start();
    const timer = setInterval(() => {
      void watch.received().then(
        (received) => {
          onProgress?.(received, null);
          if (received > maxBytes) stopped.abort(tooLarge(maxBytes));
        },
        () => undefined,
      );
    }, WATCH);
    try {
      await git.run({
        repository,
        url,
        args: [
          ...['-c', `remote.origin.url=${url}`, '-c', 'remote.origin.promisor=true'],
          ...['-c', 'remote.origin.partialclonefilter=blob:none', '-c', 'fetch.negotiationAlgorithm=noop'],
          ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'],
          ...['--no-recurse-submodules', '--force', ...options, '--stdin', 'origin'],
        ],
        input: wants.map((want) => `${want}\n`).join(''),
        signal: AbortSignal.any([signal, stopped.signal]),
      });
      const received = await watch.received();
      onProgress?.(received, received);
      if (received > maxBytes) throw tooLarge(maxBytes);
    } finally {
      clearInterval(timer);
    }
  }

  /** An empty repository where none is; what a process that was killed left behind is cleared away. */
  async #prepare(sha256: boolean): Promise<void> {
    const { files, repository } = this.#options;
    if (!(await this.#isThere())) {
      await files.remove(repository);
      const format = sha256 ? ['--object-format=sha256'] : [];
      await this.#options.git.run({
        repository: null,
        url: null,
        args: ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', ...format, repository],
        signal: this.#options.signal,
      });
      return;
    }
    for (const left of ['shallow.lock', 'config.lock', 'packed-refs.lock', 'HEAD.lock'])
      await files.remove(path.join(repository, left));
    const packs = path.join(repository, 'objects', 'pack');
    for (const { name } of (await files.readDirectory(packs)) ?? []) {
      if (name.startsWith('tmp_')) await files.remove(path.join(packs, name));
    }
  }

  async #isThere(): Promise<boolean> {
    const head = await this.#options.files.lstat(path.join(this.#options.repository, 'HEAD'));
    return head?.kind === 'file';
  }

  /** In the order of `names`; without a size what is not here. */
  async #check(
    names: readonly string[],
  ): Promise<readonly { readonly oid: string; readonly size: number | undefined }[]> {
    if (names.length === 0) return [];
    const answer = await this.#local(['cat-file', '--batch-check', '--buffer'], names);
    const lines = answer.toString('utf8').split('\n');
    return names.map((oid, index) => {
      const size = / (\d+)$/.exec(lines[index] ?? '')?.[1];
      return { oid, size: size === undefined ? undefined : Number(size) };
    });
  }

  #local(args: readonly string[], lines: readonly string[] = []): Promise<Buffer> {
    return this.#options.git.run({
      repository: this.#options.repository,
      url: null,
      args,
      input: lines.map((line) => `${line}\n`).join(''),
      signal: this.#options.signal,
    });
  }

  #inWords(error: unknown): unknown {
    assertGoingOn(this.#options.signal);
    return gitProblem(error, this.#options.what);
  }
}

function isUnadvertised(error: unknown): boolean {
  return (
    error instanceof GitFailure && /not our ref|unadvertised object|no such remote ref/i.test(error.stderr)
  );
}

/** What git's complaint means to a person. Its own words may name paths and addresses: they stay in the cause. */
export function gitProblem(error: unknown, what: string): unknown {
  if (!(error instanceof GitFailure) || isBeaverError(error)) return error;
  const { stderr } = error;
  if (NOT_THERE.test(stderr)) return missing(what, error);
  if (NO_NETWORK.test(stderr)) return offline(what, error);
  return failed(what, 'git could not transfer it', error);
}

const NOT_THERE =
  /not found|does not appear to be a git repository|does not exist|repository not exported|no such remote ref|not our ref|unadvertised object|couldn't find remote ref|could not read Username|Authentication failed|Permission denied|Host key verification failed|terminal prompts disabled/i;
const NO_NETWORK =
  /Could not resolve|unable to look up|Temporary failure in name resolution|Failed to connect|Couldn't connect|unable to connect|Connection refused|Connection reset|Connection timed out|Operation timed out|Network is unreachable|No route to host/i;
