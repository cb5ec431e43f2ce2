import type { IncomingMessage } from 'node:http';
import type { BeaverError } from '../../base/errors.ts';
import type { Download, Transfer, TransferOptions } from '../../core/harness-ports.ts';
import { refusal } from '../../core/harness-refusal.ts';
import { httpGet, type HttpOptions } from '../packages/http-request.ts';
import { type TransferLimits, TransferWatch } from './transfer-watch.ts';

const LIMITS: TransferLimits = { silence: 30_000, pace: 1024, grace: 60_000 };
const NOT_THERE: ReadonlySet<number> = new Set([404, 410]);

/** Transfers over https, and over http on this machine only, through the proxy that packages are fetched through. */
export class HttpTransfer implements Transfer {
  readonly #options: HttpOptions;
  readonly #limits: TransferLimits;

  constructor(options: HttpOptions, limits: TransferLimits = LIMITS) {
    this.#options = options;
    this.#limits = limits;
  }

  async read(url: string, maxBytes: number, options: TransferOptions = {}): Promise<Uint8Array | undefined> {
    const watch = new TransferWatch(this.#limits, options.signal);
    try {
      const response = await this.#answer(url, 0, watch);
      if (NOT_THERE.has(response.statusCode ?? 0)) {
        response.destroy();
        return undefined;
      }
      requireWhole(response);
      const pieces: Uint8Array[] = [];
      for await (const piece of bounded(response, maxBytes, watch)) pieces.push(piece);
      return Buffer.concat(pieces);
    } catch (error) {
      throw watch.asRefusal(error);
    } finally {
      watch.dispose();
    }
  }

  async download(url: string, from: number, size: number, options: TransferOptions = {}): Promise<Download> {
    const watch = new TransferWatch(this.#limits, options.signal);
    try {
      let response = await this.#answer(url, from, watch);
      // What is there already is no part of what is served now: from the start, then.
      if (response.statusCode === 416 && from > 0) {
        response.destroy();
        response = await this.#answer(url, 0, watch);
      }
      if (response.statusCode === 206 && from > 0) {
        requireRest(response, from, size);
        return { offset: from, chunks: watched(response, size - from, watch) };
      }
      requireWhole(response);
      return { offset: 0, chunks: watched(response, size, watch) };
    } catch (error) {
      watch.dispose();
      throw watch.asRefusal(error);
    }
  }

  /** The first answer that is no redirect. */
  #answer(url: string, from: number, watch: TransferWatch): Promise<IncomingMessage> {
    requireAllowed(url);
    const headers = { 'cache-control': 'no-cache', ...(from === 0 ? {} : { range: `bytes=${from}-` }) };
    return httpGet(url, headers, watch.signal, this.#options, 'The source');
  }
}

function requireAllowed(url: string): void {
  if (URL.canParse(url)) {
    const { protocol, hostname, username, password } = new URL(url);
    const loopback = hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
    const safe = protocol === 'https:' || (protocol === 'http:' && loopback);
    if (safe && username + password === '') return;
  }
  throw refusal('source_unreachable', 'A source is read over https only.');
}

function requireWhole(response: IncomingMessage): void {
  if (response.statusCode !== 200) {
    response.destroy();
    throw refusal('source_unreachable', `The source answers with ${response.statusCode ?? 'nothing'}.`);
  }
  requirePlain(response);
}

function requirePlain(response: IncomingMessage): void {
  if ((response.headers['content-encoding'] ?? 'identity') === 'identity') return;
  response.destroy();
  throw refusal('source_unreachable', 'The source compresses what it was not asked to compress.');
}

/** A partial answer must be the rest of a file of the size that was signed. */
function requireRest(response: IncomingMessage, from: number, size: number): void {
  requirePlain(response);
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers['content-range'] ?? '');
  const [, start, end, total] = (range ?? []).map(Number);
  if (start === from && total === size && end === size - 1) return;
  response.destroy();
  if (range === null) throw refusal('source_unreachable', 'The source answers with an unclear part.');
  throw refusal('mismatch', 'The source has a file of another size than was signed.');
}

async function* watched(
  response: IncomingMessage,
  maxBytes: number,
  watch: TransferWatch,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bounded(response, maxBytes, watch);
  } catch (error) {
    throw watch.asRefusal(error);
  } finally {
    watch.dispose();
  }
}

/** The body, and not a byte more than `maxBytes` of it: what is longer ends before that byte is handed on. */
async function* bounded(
  response: IncomingMessage,
  maxBytes: number,
  watch: TransferWatch,
): AsyncGenerator<Uint8Array> {
  if (Number(response.headers['content-length'] ?? '0') > maxBytes) {
    response.destroy();
    throw tooLarge();
  }
  let total = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    watch.arrived(piece.byteLength);
    total += piece.byteLength;
    if (total > maxBytes) throw tooLarge();
    yield piece;
  }
}

function tooLarge(): BeaverError {
  return refusal('too_large', 'More is served than may be there.');
}
