import * as z from 'zod';

const cacheEntryPayload = z.object({
  /** How it came. */
  kind: z.enum(['git', 'http', 'npm']),
  source: z.string(),
  bytes: z.int(),
  used_at: z.string(),
});

export const cachePayload = z.object({ cache: z.array(cacheEntryPayload) });
export type CachePayload = z.infer<typeof cachePayload>;

export const clearedCachePayload = z.object({ removed: z.array(cacheEntryPayload) });
export type ClearedCachePayload = z.infer<typeof clearedCachePayload>;

export const verifiedCachePayload = z.object({ checked: z.int(), removed: z.array(cacheEntryPayload) });
export type VerifiedCachePayload = z.infer<typeof verifiedCachePayload>;
