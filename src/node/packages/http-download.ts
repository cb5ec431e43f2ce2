import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { IncomingMessage } from 'node:http';
import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { hasCode, systemCode } from '../../base/system-errors.ts';
import { tooLarge } from '../../core/package-entries.ts';
import type { FetchOptions } from '../../core/package-ports.ts';
import type { FileSystem } from '../../core/ports.ts';
import { readStoredJson, writeStoredJson } from '../../core/stored-json.ts';
import { writeFully } from '../file-calls.ts';
import { withDeadline } from './deadline.ts';
import { failed, missing, offline, timedOut } from './fetch-problems.ts';
import { httpGet, type HttpOptions, SilentServer } from './http-request.ts';
import type { CachePlace, PackageCache } from './package-cache.ts';

const META = { name: 'record of a download', schemaVersion: 1 } as const;
const metaSchema = z.object({
  schema_version: z.literal(1),
  /** What the server calls this content; null when it says nothing that can be asked for again. */
  etag: z.string().nullable(),
  last_modified: z.string().nullable(),
  /** Of `body`; null while only a part of it is there. */
  sha256: z.string().nullable(),
});
type Meta = z.infer<typeof metaSchema>;

export interface Downloaded {
  /** Absolute; good until the place is given back. */
  readonly file: string;
  readonly sha256: string;
}

/** Seconds. */
const PATIENCE = 15 * 60;
/** A transfer that breaks off is taken up again this often. */
const ATTEMPTS = 4;

/**
 * Files that were downloaded, by address. Asked for again with what the server called them; taken up where they broke off, when the server
 * still has the same content; never larger than allowed.
 */
export class HttpDownloads {
  readonly #files: FileSystem;
  readonly #cache: PackageCache;
  readonly #http: HttpOptions;

  constructor(files: FileSystem, cache: PackageCache, http: HttpOptions) {
    this.#files = files;
    this.#cache = cache;
    this.#http = http;
  }

  /**
   * Runs `body` with the file at `url`.
   * @param wanted A SHA-256: when the cache has it nothing is asked.
   */
  async use<T>(
    url: string,
    wanted: string | null,
    maxBytes: number,
    options: FetchOptions,
    body: (download: Downloaded, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const what = shownHost(url);
    return this.#cache.use({ kind: 'http', source: url }, options.signal, (place) =>
      withDeadline(what, PATIENCE, options.signal, async (signal) => {
        const download = await this.#download(url, wanted, maxBytes, { ...options, signal }, place);
        return body(download, signal);
      }),
    );
  }

  /** For `beaver cache verify`. */
  async isSound(folder: string): Promise<boolean> {
    const meta = await this.#meta(folder);
    if (meta?.sha256 == null) return true;
    return (await digestOf(path.join(folder, 'body'))) === meta.sha256;
  }

  async #download(
    url: string,
    wanted: string | null,
    maxBytes: number,
    options: FetchOptions & { readonly signal: AbortSignal },
    place: CachePlace,
  ): Promise<Downloaded> {
    const file = path.join(place.folder, 'body');
    const known = await this.#meta(place.folder);
    const have = known?.sha256 ?? null;
    if (have !== null && (options.offline === true || have === wanted) && (await digestOf(file)) === have)
      return { file, sha256: have };
    if (options.offline === true) throw offline(shownHost(url));
    for (let attempt = 1; ; attempt++) {
      try {
        const transfer = new Transfer(url, place, file, maxBytes, this.#http, options);
        const meta = await transfer.run(await this.#meta(place.folder), (partial) =>
          this.#keep(place, partial),
        );
        await this.#keep(place, meta);
        return { file, sha256: meta.sha256 };
      } catch (error) {
        if (options.signal.aborted || attempt === ATTEMPTS || !isBrokenOff(error))
          throw inWords(error, shownHost(url));
      }
    }
  }

  async #meta(folder: string): Promise<Meta | undefined> {
    const file = path.join(folder, 'download.json');
    return readStoredJson(this.#files, file, 'download.json', META, metaSchema).catch(() => undefined);
  }

  async #keep(place: CachePlace, meta: Meta): Promise<void> {
    place.changed();
    await writeStoredJson(this.#files, path.join(place.folder, 'download.json'), meta);
  }
}

/** One try: a request, and the bytes of its answer added to what is there. */
class Transfer {
  readonly #url: string;
  readonly #place: CachePlace;
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #http: HttpOptions;
  readonly #options: FetchOptions & { readonly signal: AbortSignal };

  constructor(
    url: string,
    place: CachePlace,
    file: string,
    maxBytes: number,
    http: HttpOptions,
    options: FetchOptions & { readonly signal: AbortSignal },
  ) {
    this.#url = url;
    this.#place = place;
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#http = http;
    this.#options = options;
  }

  async run(
    known: Meta | undefined,
    keep: (partial: Meta) => Promise<void>,
  ): Promise<Meta & { readonly sha256: string }> {
    const what = shownHost(this.#url);
    const part = `${this.#file}.part`;
    const there = sizeOf(part);
    const validator = known?.etag ?? known?.last_modified ?? null;
    const whole = known?.sha256 ?? null;
    const headers: Record<string, string> = {};
    if (whole !== null) {
      if (known?.etag != null) headers['if-none-match'] = known.etag;
      else if (known?.last_modified != null) headers['if-modified-since'] = known.last_modified;
    } else if (there > 0 && validator !== null) {
      headers['range'] = `bytes=${there}-`;
      headers['if-range'] = validator;
    }
    const response = await httpGet(this.#url, headers, this.#options.signal, this.#http, what);
    try {
      const status = response.statusCode ?? 0;
      if (status === 304 && known !== undefined && whole !== null) {
        if ((await digestOf(this.#file)) === whole) return { ...known, sha256: whole };
        // The copy here is damaged: without what it was called, the next try asks for all of it.
        await keep({ schema_version: 1, etag: null, last_modified: null, sha256: null });
        throw new BrokenOff('the copy in the cache is damaged');
      }
      if (status === 416) {
        fs.rmSync(part, { force: true });
        throw new BrokenOff('the range is not there any more');
      }
      if ([401, 403, 404, 410, 451].includes(status)) throw missing(`The file at ${what}`);
      if (status !== 200 && status !== 206) throw failed(what, `it answered ${status}`);
      const resumed = status === 206 && startsAt(response, there);
      if (status === 206 && !resumed) {
        fs.rmSync(part, { force: true });
        throw new BrokenOff('another range came');
      }
      const meta: Meta = {
        schema_version: 1,
        etag: strong(response.headers.etag),
        last_modified: response.headers['last-modified'] ?? null,
        sha256: null,
      };
      await keep(meta);
      await this.#write(response, part, resumed ? there : 0);
      const sha256 = await digestOf(part);
      if (sha256 === undefined) throw failed(what, 'the file went away');
      fs.renameSync(part, this.#file);
      this.#place.changed();
      return { ...meta, sha256 };
    } finally {
      response.destroy();
    }
  }

  async #write(response: IncomingMessage, part: string, start: number): Promise<void> {
    const length = Number(response.headers['content-length'] ?? NaN);
    const expected = Number.isSafeInteger(length) ? start + length : null;
    if (expected !== null && expected > this.#maxBytes) throw tooLarge(this.#maxBytes);
    const fd = fs.openSync(part, start === 0 ? 'w' : 'a');
    let received = start;
    try {
      for await (const piece of response) {
        if (!(piece instanceof Uint8Array)) continue;
        received += piece.byteLength;
        if (received > this.#maxBytes) throw tooLarge(this.#maxBytes);
        writeFully(fd, piece);
        this.#options.onProgress?.(received, expected);
      }
    } finally {
      fs.closeSync(fd);
    }
    if (expected !== null && received !== expected) throw new BrokenOff('it ended too soon');
  }
}

class BrokenOff extends Error {}

function isBrokenOff(error: unknown): boolean {
  return error instanceof BrokenOff || hasCode(error, 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE');
}

function inWords(error: unknown, what: string): unknown {
  if (error instanceof BeaverError) return error;
  if (error instanceof SilentServer) return timedOut(what, 30);
  if (NO_NETWORK.has(systemCode(error) ?? '')) return offline(what, error);
  if (error instanceof BrokenOff || hasCode(error, 'ECONNRESET', 'EPIPE'))
    return failed(what, 'it broke off', error);
  if (/^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(systemCode(error) ?? ''))
    return failed(what, 'its certificate is not trusted', error);
  return error;
}

const NO_NETWORK = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT', 'ENETDOWN'],
]);

/** A weak one says that the content is as good as the same, which is not enough to go on with. */
function strong(etag: string | undefined): string | null {
  return etag === undefined || etag.startsWith('W/') ? null : etag;
}

function startsAt(response: IncomingMessage, start: number): boolean {
  return new RegExp(`^bytes ${start}-`).test(response.headers['content-range'] ?? '');
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Undefined when the file is not there. */
export async function digestOf(file: string, algorithm = 'sha256'): Promise<string | undefined> {
  const hash = createHash(algorithm);
  try {
    for await (const piece of fs.createReadStream(file)) {
      if (piece instanceof Uint8Array) hash.update(piece);
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  return hash.digest('hex');
}

function shownHost(url: string): string {
  return new URL(url).host;
}
