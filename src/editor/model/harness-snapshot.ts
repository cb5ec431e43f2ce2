import type { HarnessStatus } from '../../core/harness/harness-service.ts';
import { knownAdapter } from '../../core/harness/adapters/known-adapters.ts';
import type { HarnessNotice } from '../../core/harness/notices.ts';
import { type HarnessActivity, NO_ACTIVITY } from './harness-running.ts';

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
  readonly activity: HarnessActivity;
}

export const NO_HARNESS: HarnessSnapshot = { entries: [], activity: NO_ACTIVITY };

/** As people call the program. */
export function displayName({ harness, status }: ReadEntry): string {
  return knownAdapter(harness, status.source.command)?.display_name ?? harness;
}

export type ReadEntry = Extract<HarnessEntry, { readonly kind: 'read' }>;

export function readEntry(snapshot: HarnessSnapshot, harness: string): ReadEntry | undefined {
  return snapshot.entries.find((entry) => entry.kind === 'read' && entry.harness === harness) as
    ReadEntry | undefined;
}
