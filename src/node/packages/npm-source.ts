import * as fs from 'node:fs';
import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { PacoteOptions } from 'pacote';
import * as semver from 'semver';
import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { systemCode } from '../../base/system-errors.ts';
import type {
  FetchOptions,
  MarketplaceRevision,
  PackageOffer,
  PackageOffers,
  PackageSource,
} from '../../core/package-ports.ts';
import { enclosingFolder } from '../../core/package-entries.ts';
import { plainIntegrity } from '../../core/package-identity.ts';
import { assertSource } from '../../core/package-source-rules.ts';
import { writeFully } from '../file-calls.ts';
import { unpack } from './archive-source.ts';
import { withDeadline } from './deadline.ts';
import { failed, mismatch, missing, offline } from './fetch-problems.ts';
import { digestOf } from './http-download.ts';
import type { HttpOptions } from './http-request.ts';
import type { CachePlace, PackageCache } from './package-cache.ts';
import { proxyFor } from './proxy-settings.ts';
import { listTar, readTarFile } from './tar-archive.ts';

export type NpmPackage = Extract<PackageSource, { kind: 'npm' }>;

/** Seconds. */
const PATIENCE = 10 * 60;
/** Milliseconds for one request. */
const REQUEST = 60_000;
const LARGEST_CATALOG = 16 * 1024 * 1024;
const LARGEST_TARBALL = 256 * 1024 * 1024;

const packumentSchema = z.looseObject({
  'dist-tags': z.record(z.string(), z.string()).default({}),
  versions: z.record(
    z.string(),
    z.looseObject({
      dist: z.looseObject({ integrity: z.string().optional(), shasum: z.string().optional() }),
      deprecated: z.unknown().optional(),
    }),
  ),
});
type Packument = z.infer<typeof packumentSchema>;

/** Packages of an npm registry: what versions there are, and their files. Nothing of them is run, their dependencies are not fetched. */
export class NpmSource {
  readonly #cache: PackageCache;
  readonly #http: HttpOptions;

  constructor(cache: PackageCache, http: HttpOptions) {
    this.#cache = cache;
    this.#http = http;
  }

  async offers(source: NpmPackage, options: FetchOptions): Promise<PackageOffers> {
    return this.#use(source, options, async (place, signal) => {
      const packument = await this.#packument(source, options, place, signal);
      const byVersion = new Map<string, string[]>();
      for (const [tag, version] of Object.entries(packument['dist-tags']))
        byVersion.set(version, [...(byVersion.get(version) ?? []), tag]);
      const offers = Object.keys(packument.versions).flatMap((version): PackageOffer[] => {
        const integrity = integrityOf(packument, version);
        if (integrity === undefined) return [];
        const tags = (byVersion.get(version) ?? []).sort();
        return [{ identity: { kind: 'integrity', integrity }, tags, version }];
      });
      const chosen = chosenVersion(packument, source.range);
      return {
        head: offers.find(({ version }) => version === chosen) ?? null,
        others: offers.filter(({ version }) => version !== chosen).sort(byVersionNumber),
      };
    });
  }

  async marketplace(
    source: NpmPackage,
    candidates: readonly string[],
    known: string | null,
    options: FetchOptions,
  ): Promise<MarketplaceRevision | 'unchanged'> {
    const { head } = await this.offers(source, options);
    if (head?.identity.kind !== 'integrity') throw missing(`The package ${source.name}`);
    const { integrity } = head.identity;
    if (integrity === known) return 'unchanged';
    return this.#tarball(source, integrity, options, async (tarball, signal) => {
      const entries = await listTar(tarball, signal);
      const root = [enclosingFolder(entries), source.subpath].filter((part) => part !== '').join('/');
      for (const file of candidates) {
        const name = root === '' ? file : `${root}/${file}`;
        const index = entries.findIndex((entry) => entry.kind === 'file' && entry.path === name);
        const entry = entries[index];
        if (entry === undefined) continue;
        if (entry.size > LARGEST_CATALOG) throw failed(source.name, 'its catalog is too large');
        return { revision: integrity, file, bytes: await readTarFile(tarball, index, signal) };
      }
      throw missing(`A marketplace.json in the package ${source.name}`);
    });
  }

  async fetch(source: NpmPackage, integrity: string, into: string, options: FetchOptions): Promise<void> {
    await this.#tarball(source, integrity, options, (tarball, signal) =>
      unpack(tarball, source.subpath, into, signal),
    );
  }

  /** For `beaver cache verify`: each content is in a file that is named after its digest. */
  async isSound(folder: string): Promise<boolean> {
    const content = path.join(folder, 'content', '_cacache', 'content-v2');
    for (const entry of await contentFiles(content)) {
      const [algorithm = '', ...digest] = path.relative(content, entry).split(path.sep);
      if ((await digestOf(entry, algorithm)) !== digest.join('')) return false;
    }
    return true;
  }

  /** Runs `body` with the tarball of the version that has this integrity, checked while it came. */
  async #tarball<T>(
    source: NpmPackage,
    integrity: string,
    options: FetchOptions,
    body: (file: string, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#use(source, options, async (place, signal) => {
      const packument = await this.#packument(source, options, place, signal);
      const version = Object.keys(packument.versions).find(
        (one) => integrityOf(packument, one) === integrity,
      );
      // Registries take versions back: then nothing there has this content any more.
      if (version === undefined) throw mismatch(`The package ${source.name}`);
      const { pacote } = await import('./package-libraries.ts');
      const file = path.join(place.folder, 'tarball.tgz');
      place.changed();
      try {
        await pacote.tarball.stream(
          `${source.name}@${version}`,
          (stream) => collected(stream, file, options),
          { ...(await this.#options(source, options, place, signal)), integrity, preferOnline: false },
        );
        return await body(file, signal);
      } finally {
        fs.rmSync(file, { force: true });
      }
    });
  }

  async #packument(
    source: NpmPackage,
    options: FetchOptions,
    place: CachePlace,
    signal: AbortSignal,
  ): Promise<Packument> {
    const { pacote } = await import('./package-libraries.ts');
    place.changed();
    const answer = await pacote.packument(source.name, await this.#options(source, options, place, signal));
    const parsed = packumentSchema.safeParse(answer);
    if (!parsed.success) throw failed(source.name, 'the registry answered something else', parsed.error);
    return parsed.data;
  }

  async #options(
    source: NpmPackage,
    options: FetchOptions,
    place: CachePlace,
    signal: AbortSignal,
  ): Promise<PacoteOptions> {
    const registry = await this.#registry(source);
    return {
      cache: path.join(place.folder, 'content'),
      registry,
      ignoreScripts: true,
      signal,
      timeout: REQUEST,
      fetchRetries: 2,
      fetchRetryFactor: 2,
      fetchRetryMintimeout: 500,
      fetchRetryMaxtimeout: 4000,
      userAgent: 'beaver',
      ...(options.offline === true ? { offline: true } : { preferOnline: true }),
      ...proxyFor(registry, this.#http.environment, this.#http.proxy),
    };
  }

  /** The source's own; else `BEAVER_NPM_REGISTRY` or `npm_config_registry`; else the public one, as npm's own library has it. */
  async #registry(source: NpmPackage): Promise<string> {
    const { environment } = this.#http;
    const set = environment['BEAVER_NPM_REGISTRY'] ?? environment['npm_config_registry'] ?? '';
    const registry = source.registry ?? (set === '' ? await publicRegistry(source.name) : set);
    assertSource({ ...source, registry });
    return registry;
  }

  async #use<T>(
    source: NpmPackage,
    options: FetchOptions,
    body: (place: CachePlace, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const what = `The package ${source.name}`;
    const key = { kind: 'npm', source: `${source.name} (${await this.#registry(source)})` } as const;
    return this.#cache.use(key, options.signal, (place) =>
      withDeadline(what, PATIENCE, options.signal, async (signal) => {
        try {
          return await body(place, signal);
        } catch (error) {
          signal.throwIfAborted();
          throw inWords(error, what);
        }
      }),
    );
  }
}

/** Asks nobody. */
async function publicRegistry(name: string): Promise<string> {
  const { pacote } = await import('./package-libraries.ts');
  return new pacote.RegistryFetcher(name, {}).registry;
}

async function contentFiles(folder: string): Promise<readonly string[]> {
  if (!fs.existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

async function collected(
  stream: AsyncIterable<Uint8Array>,
  file: string,
  options: FetchOptions,
): Promise<void> {
  const fd = fs.openSync(file, 'w');
  let received = 0;
  try {
    for await (const piece of stream) {
      received += piece.byteLength;
      if (received > LARGEST_TARBALL) throw failed('The package', 'it is too large');
      writeFully(fd, piece);
      options.onProgress?.(received, null);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** What the registry says, as identities are written; a SHA-1 only where that is all there is. Undefined: nothing names this content. */
function integrityOf(packument: Packument, version: string): string | undefined {
  const dist = Object.hasOwn(packument.versions, version) ? packument.versions[version]?.dist : undefined;
  const integrity = plainIntegrity(dist?.integrity ?? '');
  if (integrity !== undefined) return integrity;
  return /^[0-9a-f]{40}$/i.test(dist?.shasum ?? '')
    ? `sha1-${Buffer.from(dist?.shasum ?? '', 'hex').toString('base64')}`
    : undefined;
}

/** A dist-tag, a version, or the highest of a range: `latest` where that is in it, as npm has it. */
function chosenVersion(packument: Packument, range: string | null): string | null {
  const tags = packument['dist-tags'];
  const wanted = range ?? 'latest';
  if (Object.hasOwn(tags, wanted)) return tags[wanted] ?? null;
  const all = Object.keys(packument.versions);
  const latest = Object.hasOwn(tags, 'latest') ? tags['latest'] : undefined;
  if (latest !== undefined && all.includes(latest) && semver.satisfies(latest, wanted)) return latest;
  const sound = all.filter((version) => packument.versions[version]?.deprecated === undefined);
  return semver.maxSatisfying(sound, wanted) ?? semver.maxSatisfying(all, wanted);
}

function byVersionNumber(a: PackageOffer, b: PackageOffer): number {
  return semver.rcompare(a.version ?? '0.0.0', b.version ?? '0.0.0', { loose: true });
}

function inWords(error: unknown, what: string): unknown {
  if (error instanceof BeaverError) return error;
  const code = systemCode(error) ?? '';
  if (code === 'EINTEGRITY') return mismatch(what);
  if (/^E40[134]$|^E410$|^ETARGET$/.test(code)) return missing(what, error);
  if (code === 'ENOTCACHED') return offline(what, error);
  if (
    /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)$/.test(code) ||
    /TIMEOUT$/.test(code)
  )
    return offline(what, error);
  if (/^E\d{3}$/.test(code)) return failed(what, `the registry answered ${code.slice(1)}`, error);
  return code === '' ? error : failed(what, 'the registry could not be read', error);
}
