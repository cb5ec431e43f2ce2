import { toBeaverError } from '../base/system-errors.ts';
import { contentOf } from '../core/install/attempt-end.ts';
import type { InstallOutcome } from '../core/install/install-outcome.ts';
import type { InstallOutcomePayload } from './install-payloads.ts';

/** Several updates, one after the other. What fails for one is told in its place; that the person stopped, or that another writer has the lock, is the end of all. */
export async function updateEach(
  ids: readonly string[],
  update: (id: string) => Promise<InstallOutcome>,
): Promise<readonly InstallOutcomePayload[]> {
  const updates: InstallOutcomePayload[] = [];
  for (const id of new Set(ids)) {
    try {
      updates.push(outcomePayload(await update(id)));
    } catch (error) {
      updates.push(failurePayload(id, error));
    }
  }
  return updates;
}

function failurePayload(id: string, error: unknown): InstallOutcomePayload {
  const coded = toBeaverError(error);
  if (coded === undefined || ['install_cancelled', 'plugin_write_busy'].includes(coded.code)) throw error;
  const { code, message, nextStep } = coded;
  return {
    ...{ id, plugin_id: null, status: 'failed', from: null, to: null, correlation_id: null },
    ...{ consent: null, dependencies: [], findings: [] },
    reason: { code, message, next_step: nextStep },
  };
}

export function outcomePayload(outcome: InstallOutcome): InstallOutcomePayload {
  const { id, pluginId, status, from, to, correlationId, consent, reason } = outcome;
  return {
    id,
    plugin_id: pluginId,
    status,
    from: contentOf(from),
    to: contentOf(to),
    correlation_id: correlationId,
    consent: consent === null ? null : { digest: consent.digest, changes: [...consent.changes] },
    reason:
      reason === null ? null : { code: reason.code, message: reason.message, next_step: reason.nextStep },
    dependencies: [...outcome.dependencies],
    findings: [...outcome.findings],
  };
}
