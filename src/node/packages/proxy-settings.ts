import { isLoopback } from '../../core/package-source-rules.ts';

export interface ProxySettings {
  readonly proxy?: string;
  readonly noProxy?: string;
}

/**
 * The proxy for an address: the editor's own setting, else `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` in either case; none for hosts of
 * `NO_PROXY` (a host, a `.domain`, `*`) and never for this machine.
 */
export function proxyFor(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
  setting: string | undefined,
): ProxySettings {
  const { protocol, hostname } = new URL(url);
  const named = (name: string): string | undefined => {
    const value = environment[name.toLowerCase()] ?? environment[name];
    return value === undefined || value === '' ? undefined : value;
  };
  const noProxy = named('NO_PROXY');
  const direct =
    isLoopback(hostname) || (noProxy ?? '').split(/[\s,]+/).some((host) => covers(host, hostname));
  if (direct) return { noProxy: hostname };
  const proxy =
    setting ?? (protocol === 'https:' ? named('HTTPS_PROXY') : named('HTTP_PROXY')) ?? named('ALL_PROXY');
  return proxy === undefined ? {} : { proxy: proxy.includes('://') ? proxy : `http://${proxy}` };
}

function covers(pattern: string, hostname: string): boolean {
  if (pattern === '') return false;
  if (pattern === '*') return true;
  const host = pattern
    .replace(/^\*?\./, '')
    .replace(/:\d+$/, '')
    .toLowerCase();
  return hostname.toLowerCase() === host || hostname.toLowerCase().endsWith(`.${host}`);
}
