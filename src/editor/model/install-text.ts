import type { InstallHistoryPayload, InstallOutcomePayload } from '../../app/install-payloads.ts';
import { isBeaverError } from '../../base/errors.ts';
import { errorText } from './error-text.ts';
import { contentLabel } from './market-labels.ts';
import type { Translate } from './translate.ts';

export type InstallEvent = InstallHistoryPayload['history'][number];

/** What an installation came to, in one line for the status bar. */
export function installOutcome({ status, to }: InstallOutcomePayload, name: string, t: Translate): string {
  const version = to === null ? '' : contentLabel(to);
  switch (status) {
    case 'installed':
      return t('{0} {1} is installed', name, version);
    case 'updated':
      return t('{0} was updated to {1}', name, version);
    case 'rolled_back':
      return t('{0} was rolled back to {1}', name, version);
    case 'unchanged':
      return t('{0} is up to date', name);
    case 'skipped':
    case 'consent_required':
    case 'failed':
      return t('{0} was not changed', name);
  }
}

/**
 * What to say of an installation that failed: what is in use now, and why. `last` is the newest event of its history, where there is one
 * since it began.
 */
export function failedInstall(
  name: string,
  inUse: { readonly version: string | null; readonly identity: string } | undefined,
  last: InstallEvent | undefined,
  reason: string,
  t: Translate,
): string {
  if (inUse === undefined) return t('{0} was not installed. {1}', name, reason);
  const version = versionLabel(inUse);
  return last?.event === 'rolled_back'
    ? t('{0}: rolled back to {1}. {2}', name, version, reason)
    : t('{0}: {1} stays in use. {2}', name, version, reason);
}

/** The reason of a failure as a sentence, in the language of the window. */
export function failureReason(error: unknown, english: boolean, t: Translate): string {
  const { message } = errorText(error, english, t);
  return isBeaverError(error) ? message : message.replace(/\.$/, '');
}

function versionLabel(content: { readonly version: string | null; readonly identity: string }): string {
  return content.version === null ? contentLabel(content) : `v${content.version}`;
}
