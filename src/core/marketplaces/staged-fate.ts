import type { DecisionCode } from './auto-update-plan.ts';
import type { UpdateRecord } from './update-record.ts';

/** Reasons that say nothing of what is offered: what is staged may still be just that. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'auto_update_off',
  'check_failed',
  'metered',
  'not_installed',
  'offline',
  'updates_paused',
] satisfies readonly DecisionCode[]);

/**
 * Ids of staged updates that are to be dropped after a round: another content is offered now, or none, or nobody wants one any more.
 * `staged` has the identity of what is staged by installed id. A plugin that the round did not decide about keeps what is staged.
 */
export function staleStaged(
  staged: ReadonlyMap<string, string>,
  records: readonly UpdateRecord[],
  installed: ReadonlySet<string>,
): readonly string[] {
  const decided = new Map(records.map((record) => [record.id, record]));
  return [...staged]
    .filter(([id, identity]) => {
      if (!installed.has(id)) return true;
      const record = decided.get(id);
      if (record === undefined || UNKNOWN.has(record.reason.code)) return false;
      const waits = record.action === 'stage' || record.action === 'notify';
      return !(waits && record.identity === identity);
    })
    .map(([id]) => id)
    .sort();
}
