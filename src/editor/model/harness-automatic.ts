import type { StoredUpdatePolicy } from '../../core/harness/update-policy.ts';
import type { HarnessEntry, ReadEntry } from './harness-snapshot.ts';

/** Milliseconds between two looks for releases of a harness, whichever window or shell took the last one. */
export const LOOK_EVERY = 6 * 3600 * 1000;

/** What the person set in the editor for all harnesses; undefined where they left it. */
export interface AutomaticSettings {
  readonly autoUpdate: boolean | undefined;
  readonly autoRestart: boolean | undefined;
}

/** What has to be stored for a harness so that the settings hold for it; undefined when nothing does. */
export function policyChange(
  { autoUpdate, autoRestart }: AutomaticSettings,
  stored: StoredUpdatePolicy | null,
): { readonly autoUpdate?: boolean; readonly autoRestart?: boolean } | undefined {
  const update = autoUpdate !== undefined && autoUpdate !== (stored?.auto_update ?? true);
  const restart = autoRestart !== undefined && autoRestart !== (stored?.auto_restart ?? true);
  if (!update && !restart) return undefined;
  return { ...(update ? { autoUpdate } : {}), ...(restart ? { autoRestart } : {}) };
}

/** The harnesses for which a release is to be looked for by now. `now`: milliseconds since the epoch. */
export function dueForLook(entries: readonly HarnessEntry[], now: number): readonly ReadEntry[] {
  return entries
    .filter((entry) => entry.kind === 'read')
    .filter(({ updatable, status }) => {
      const { local_override, last_check } = status.stored.state;
      if (!updatable || local_override !== null) return false;
      // A time that is yet to come says nothing.
      const age = last_check === null ? Infinity : Math.abs(now - Date.parse(last_check.at));
      return age >= LOOK_EVERY;
    });
}
