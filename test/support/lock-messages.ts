/** What a test asks of a process that takes the lock for real. */
export type LockChildOrder =
  /** Takes the lock, says `held`, keeps it until `release`, says `released`. */
  | { readonly kind: 'hold'; readonly lock: string }
  | { readonly kind: 'release' }
  /** Adds one to the number in `counter`, `rounds` times, each under the lock, then says `done`. */
  | { readonly kind: 'count'; readonly lock: string; readonly counter: string; readonly rounds: number };

const REPORTS = ['ready', 'held', 'released', 'done', 'violated'] as const;

export type LockChildReport = (typeof REPORTS)[number];

export function isLockChildReport(value: unknown): value is LockChildReport {
  return REPORTS.some((report) => report === value);
}
