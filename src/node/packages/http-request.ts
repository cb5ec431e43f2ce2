import * as http from 'node:http';
import * as https from 'node:https';
import { assertSource } from '../../core/package-source-rules.ts';
import { failed } from './fetch-problems.ts';
import { proxyFor } from './proxy-settings.ts';

export interface HttpOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The editor's own setting. */
  readonly proxy: string | undefined;
}

const MOST_REDIRECTS = 5;
/** Milliseconds without a byte. */
const SILENCE = 30_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The connection went silent. */
export class SilentServer extends Error {}

/**
 * One GET. Redirects are followed where they lead to another address that may be fetched, and never from https to http. The caller reads
 * the body, or destroys it.
 */
export async function httpGet(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  options: HttpOptions,
  what: string,
): Promise<http.IncomingMessage> {
  let current = url;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await once(current, headers, signal, options);
    const location = response.headers.location;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    const next = URL.parse(location, current);
    if (next === null) break;
    assertSource({ kind: 'url', url: next.href });
    if (current.startsWith('https:') && next.protocol !== 'https:') break;
    current = next.href;
  }
  throw failed(what, 'it is redirected to somewhere that is not fetched');
}

async function once(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  { environment, proxy }: HttpOptions,
): Promise<http.IncomingMessage> {
  const { getAgent } = await import('./package-libraries.ts');
  const agent = getAgent(url, proxyFor(url, environment, proxy));
  const get = url.startsWith('https:') ? https.get : http.get;
  return new Promise((resolve, reject) => {
    const request = get(
      url,
      { agent, signal, headers: { 'user-agent': 'beaver', 'accept-encoding': 'identity', ...headers } },
      resolve,
    );
    request.setTimeout(SILENCE, () => request.destroy(new SilentServer('nothing came for 30 seconds')));
    request.on('error', reject);
    // In an editor a request waits for the desktop to name a proxy, and does not hear of its end before it has one.
    signal.addEventListener('abort', () => {
      reject(new Error('The request was given up.'));
    });
  });
}
