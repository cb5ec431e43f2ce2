import type { HarnessStatus } from './harness-service.ts';
import { revocationOf } from './manifest-check.ts';

/** Something about a harness that a person should know. Codes are stable; messages hold no path. */
export interface HarnessNotice {
  readonly code:
    | 'active_revoked'
    | 'check_is_old'
    | 'release_is_old'
    | 'several_installs'
    | 'not_ours'
    | 'state_recovered'
    | 'last_check_failed';
  readonly message: string;
}

const DAY = 24 * 3600 * 1000;
/** After this long without a look that ended well, or without a new release, somebody may be holding updates back (A07). */
const CHECK_MAX_AGE = 14 * DAY;
const RELEASE_MAX_AGE = 60 * DAY;

/** `now`: milliseconds since the epoch. Pure; the most important first. */
export function noticesOf(
  { stored, installs, manifest, source }: HarnessStatus,
  now: number,
): readonly HarnessNotice[] {
  const notices: HarnessNotice[] = [];
  const { active, last_check } = stored.state;
  const reason = active === null || manifest === null ? undefined : revocationOf(manifest, active.version);
  if (active !== null && reason !== undefined) {
    notices.push({ code: 'active_revoked', message: `Version ${active.version} was withdrawn: ${reason}` });
  }
  if (stored.origin === 'recovered') {
    notices.push({
      code: 'state_recovered',
      message: 'The pointer was damaged; the newest whole version counts.',
    });
  }
  const foreign = installs.filter(({ install }) => install.name !== 'direct');
  if (installs.length > 1) {
    notices.push({
      code: 'several_installs',
      message: `"${source.command}" is found ${installs.length} times; the first one runs.`,
    });
  }
  if (foreign.length > 0 && !source.delegated) {
    notices.push({
      code: 'not_ours',
      message: `"${source.command}" was installed by something else; Beaver leaves it alone.`,
    });
  }
  if (last_check !== null && last_check.outcome !== 'ok') {
    notices.push({
      code: 'last_check_failed',
      message: `The last look for an update failed: ${last_check.outcome}.`,
    });
  }
  const succeeded = last_check?.succeeded_at ?? null;
  if (succeeded !== null && now - Date.parse(succeeded) > CHECK_MAX_AGE) {
    notices.push({
      code: 'check_is_old',
      message: `No update was looked for with success since ${succeeded.slice(0, 10)}.`,
    });
  }
  if (manifest !== null && now - Date.parse(manifest.published_at) > RELEASE_MAX_AGE) {
    notices.push({
      code: 'release_is_old',
      message: `Nothing was published since ${manifest.published_at.slice(0, 10)}.`,
    });
  }
  return notices;
}
