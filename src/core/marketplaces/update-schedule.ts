import * as z from 'zod';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Between two looks at a marketplace. Milliseconds. */
export const CHECK_INTERVAL = 24 * HOUR;
/** After a start, nothing is fetched for up to this long, each time another while, so that many machines do not come at once. */
export const START_DELAY = 10 * MINUTE;
const FIRST_RETRY = 5 * MINUTE;
const LONGEST_RETRY = 24 * HOUR;
/** Share of the interval by which a check may come earlier or later. */
const JITTER = 0.1;

/** How the looks at one marketplace went, and when the next is due. Times are milliseconds since the epoch. */
export const marketplaceScheduleSchema = z.object({
  /** Of the last look that succeeded. */
  checked_at: z.number().nullable(),
  /** In a row. */
  failures: z.int().min(0),
  last_error: z.string().nullable(),
  next_at: z.number(),
});
export type MarketplaceSchedule = z.infer<typeof marketplaceScheduleSchema>;

/** When a marketplace that was never looked at is due. `random` is in [0, 1). */
export function firstCheck(now: number, random: number): MarketplaceSchedule {
  return { checked_at: null, failures: 0, last_error: null, next_at: now + Math.floor(random * START_DELAY) };
}

export function afterCheck(now: number, random: number): MarketplaceSchedule {
  const wait = CHECK_INTERVAL * (1 - JITTER + 2 * JITTER * random);
  return { checked_at: now, failures: 0, last_error: null, next_at: now + Math.floor(wait) };
}

/** Twice as long after each failure in a row, at most a day, and never the same for everybody. `code` is that of the error. */
export function afterFailure(
  before: MarketplaceSchedule,
  code: string,
  now: number,
  random: number,
): MarketplaceSchedule {
  const longest = Math.min(FIRST_RETRY * 2 ** Math.min(before.failures, 20), LONGEST_RETRY);
  return {
    checked_at: before.checked_at,
    failures: before.failures + 1,
    last_error: code,
    next_at: now + Math.floor(longest * (0.5 + random / 2)),
  };
}

/** A clock that was set back must not put a check off for years. */
export function isDue(schedule: MarketplaceSchedule, now: number): boolean {
  return now >= schedule.next_at || schedule.next_at - now > CHECK_INTERVAL * (1 + JITTER);
}
