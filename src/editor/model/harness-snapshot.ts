import type { HarnessStatus } from '../../core/harness/harness-service.ts';
import type { HarnessNotice } from '../../core/harness/notices.ts';

/** One configured harness as it was last read; `failure` where it could not be. */
export type HarnessEntry =
  | {
      readonly kind: 'read';
      readonly harness: string;
      readonly status: HarnessStatus;
      readonly notices: readonly HarnessNotice[];
      /** Whether releases may be looked for and kept. */
      readonly updatable: boolean;
    }
  | { readonly kind: 'failed'; readonly harness: string; readonly failure: unknown };

/** What the editor knows of the harnesses of this machine. Replaced as a whole at each change. */
export interface HarnessSnapshot {
  readonly entries: readonly HarnessEntry[];
}

export const NO_HARNESS: HarnessSnapshot = { entries: [] };

export type ReadEntry = Extract<HarnessEntry, { readonly kind: 'read' }>;

export function readEntry(snapshot: HarnessSnapshot, harness: string): ReadEntry | undefined {
  return snapshot.entries.find((entry) => entry.kind === 'read' && entry.harness === harness) as
    ReadEntry | undefined;
}
