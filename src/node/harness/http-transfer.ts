import type { BeaverError } from '../../base/errors.ts';
import type { Download, Transfer, TransferOptions } from '../../core/harness-ports.ts';
import { refusal } from '../../core/harness-refusal.ts';
import { type TransferLimits, TransferWatch } from './transfer-watch.ts';

const LIMITS: TransferLimits = { silence: 30_000, pace: 1024, grace: 60_000 };
const MOST_REDIRECTS = 5;
const NOT_THERE: ReadonlySet<number> = new Set([404, 410]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Transfers over Node's own HTTP client: https everywhere, http on this machine only. */
export class HttpTransfer implements Transfer {
  readonly #limits: TransferLimits;

  constructor(limits: TransferLimits = LIMITS) {
    this.#limits = limits;
  }

  async read(url: string, maxBytes: number, options: TransferOptions = {}): Promise<Uint8Array | undefined> {
    const watch = new TransferWatch(this.#limits, options.signal);
    try {
      const response = await this.#answer(url, 0, watch);
      if (NOT_THERE.has(response.status)) {
        await response.body?.cancel();
        return undefined;
      }
      await requireStatus(response, 200);
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
      if (response.status === 416 && from > 0) {
        await response.body?.cancel();
        response = await this.#answer(url, 0, watch);
      }
      if (response.status === 206 && from > 0 && continues(response, from, size)) {
        return { offset: from, chunks: watched(response, size - from, watch) };
      }
      await requireStatus(response, 200);
      return { offset: 0, chunks: watched(response, size, watch) };
    } catch (error) {
      watch.dispose();
      throw watch.asRefusal(error);
    }
  }

  /** The first answer that is no redirect. */
  async #answer(url: string, from: number, watch: TransferWatch): Promise<Response> {
    let at = allowed(url);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await fetch(at, {
        redirect: 'manual',
        signal: watch.signal,
        headers: {
          'accept-encoding': 'identity',
          'cache-control': 'no-cache',
          ...(from === 0 ? {} : { range: `bytes=${from}-` }),
        },
      });
      const location = response.headers.get('location');
      if (!REDIRECTS.has(response.status) || location === null) return response;
      await response.body?.cancel();
      at = redirected(at, location);
    }
    throw refusal('source_unreachable', `The source redirects more than ${MOST_REDIRECTS} times.`);
  }
}

function allowed(url: string): URL {
  if (!URL.canParse(url)) throw refusal('source_unreachable', 'The address of the source is none.');
  const parsed = new URL(url);
  const { protocol, hostname, username, password } = parsed;
  const loopback = hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
  if (username + password !== '' || !(protocol === 'https:' || (protocol === 'http:' && loopback))) {
    throw refusal('source_unreachable', 'A source is read over https only.');
  }
  return parsed;
}

/** A redirect leads from https to https; what began on this machine may go anywhere that is allowed. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from) ? allowed(new URL(location, from).href) : undefined;
  if (to === undefined || (from.protocol === 'https:' && to.protocol !== 'https:')) {
    throw refusal('source_unreachable', 'The source redirects to where nothing is read from.');
  }
  return to;
}

async function requireStatus(response: Response, status: number): Promise<void> {
  if (response.status !== status) {
    await response.body?.cancel();
    throw refusal('source_unreachable', `The source answers with ${response.status}.`);
  }
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    await response.body?.cancel();
    throw refusal('source_unreachable', 'The source compresses what it was not asked to compress.');
  }
}

/** Whether a partial answer is the rest of a file of the size that was signed. */
function continues(response: Response, from: number, size: number): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  if (range === null) throw refusal('source_unreachable', 'The source answers with an unclear part.');
  const [, start, end, total] = range.map(Number);
  if (start !== from || total !== size || end !== size - 1) {
    throw refusal('mismatch', 'The source has a file of another size than was signed.');
  }
  return true;
}

async function* watched(
  response: Response,
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
  response: Response,
  maxBytes: number,
  watch: TransferWatch,
): AsyncGenerator<Uint8Array> {
  const declared = Number(response.headers.get('content-length') ?? '0');
  if (declared > maxBytes) {
    await response.body?.cancel();
    throw tooLarge();
  }
  let total = 0;
  if (response.body === null) return;
  for await (const piece of response.body) {
    watch.arrived(piece.byteLength);
    total += piece.byteLength;
    if (total > maxBytes) throw tooLarge();
    yield piece;
  }
}

function tooLarge(): BeaverError {
  return refusal('too_large', 'More is served than may be there.');
}
