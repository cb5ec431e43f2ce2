import type { Finding } from '../../base/errors.ts';
import { type AuditEventName, auditStep } from '../learning/audit.ts';
import type { CandidateBook } from '../learning/candidates.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { IndexBook } from '../skills/index-book.ts';
import type { Transaction } from '../skills/transaction.ts';
import type { CapturedEdit } from './capture.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import type { StateBook } from './state-book.ts';
import type { SyncReader } from './sync-reader.ts';

/** What a sync has done so far. Ids and names only. */
export interface SyncProgress {
  readonly mirrored: string[];
  readonly created: string[];
  readonly superseded: string[];
  readonly alreadyApplied: string[];
  readonly reconciled: string[];
  readonly captured: CapturedEdit[];
  readonly findings: Finding[];
}

/** What one sync works with: one transaction, and the books that go into it. */
export interface SyncContext {
  readonly deps: MirrorDeps;
  readonly reader: SyncReader;
  readonly discovery: PluginDiscovery;
  readonly transaction: Transaction;
  readonly state: StateBook;
  readonly book: CandidateBook;
  readonly index: IndexBook;
  readonly progress: SyncProgress;
}

/** Puts one event on record, with the change that it is about. */
export function audit(
  { deps, transaction }: SyncContext,
  at: string,
  event: AuditEventName,
  pluginId: string | null,
  skillName: string | null,
  detail: NonNullable<Parameters<typeof auditStep>[5]['detail']>,
): void {
  const { layout, ports, actor } = deps;
  const about = { plugin_id: pluginId, skill_name: skillName, detail };
  transaction.add(auditStep(layout, ports.ids.transaction(), at, actor, event, about));
}
