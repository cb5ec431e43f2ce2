import type { CachePayload } from '../../app/cache-payloads.ts';
import { nodePorts } from '../../node/node-ports.ts';
import { LazyPackages } from '../../node/packages/lazy-packages.ts';
import { type CacheEntry, CACHE_KINDS } from '../../node/packages/package-cache.ts';
import { packageOptions } from '../../node/packages/package-options.ts';
import type { Action, CommandContext } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { fetching } from '../fetching.ts';
import { cacheText, clearedText, verifiedText } from '../text/cache-text.ts';

/** `cache list`. */
export const listCache: Action = async (context) => {
  const { cache } = await packages(context).load();
  const payload = { cache: (await cache.list()).map(payloadOf) };
  return { payload, text: (style) => cacheText(style, payload), exit: EXIT.done };
};

/** `cache clear [--kind KIND]`. */
export function clearCache(kinds: readonly string[] | undefined): Action {
  return async (context) => {
    const { cache } = await packages(context).load();
    const wanted = CACHE_KINDS.filter((kind) => kinds === undefined || kinds.includes(kind));
    const payload = { removed: (await cache.clear(wanted)).map(payloadOf) };
    return { payload, text: () => clearedText(payload), exit: EXIT.done };
  };
}

/** `cache verify`: 1 when something was damaged and removed. */
export const verifyCache: Action = async (context) => {
  const loaded = await packages(context).load();
  const { checked, removed } = await fetching(context, ({ signal }) => loaded.verifyCache(signal));
  const payload = { checked, removed: removed.map(payloadOf) };
  return {
    payload,
    text: () => verifiedText(payload),
    exit: removed.length === 0 ? EXIT.done : EXIT.found,
  };
};

function packages({ environment }: CommandContext): LazyPackages {
  const { files, lock, clock } = nodePorts();
  return new LazyPackages(() => packageOptions(environment, { files, lock, clock }));
}

function payloadOf({ kind, source, bytes, used_at }: CacheEntry): CachePayload['cache'][number] {
  return { kind, source: shownSource(source), bytes, used_at: new Date(used_at).toISOString() };
}

/** A folder of this machine is named by its last part (invariant 9). */
function shownSource(source: string): string {
  if (!/^(?:[\\/]|[A-Za-z]:[\\/])/.test(source)) return source;
  return `<local>/${source.split(/[\\/]/).findLast((name) => name !== '') ?? ''}`;
}
