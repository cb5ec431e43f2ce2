import type { Event } from 'vscode';
import type { ReviewCounts } from './model/status-text.ts';

/** What other extensions (and the tests) get from `activate()`. Additive changes only while `version` is 1. */
export interface BeaverApi {
  readonly version: 1;
  /** Resolves when each workspace folder was read once, and synced where auto-sync is on. Activation itself does not wait for this. */
  readonly settled: Promise<void>;
  /** After each change of what is known, of whatever origin: a command, another process, an edit. */
  readonly onDidChange: Event<void>;
  /** What waits for a person in all folders together, as last read. */
  counts(): ReviewCounts;
  /** Reads all folders again. Never writes. */
  refresh(): Promise<void>;
}
