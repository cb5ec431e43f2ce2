import { BeaverError } from '../base/errors.ts';

/** What to do about each reason for which an update is refused. Whatever the reason, the version in use stays in use. */
const NEXT_STEPS = {
  metadata_invalid: 'Ask the publisher to publish again; nothing was changed.',
  sig_invalid:
    'Do not install this update. Tell its publisher that what is served is not signed by their keys.',
  sig_untrusted:
    'Do not install this update: it is signed by a key that is no longer trusted. Tell its publisher.',
  threshold: 'Ask the publisher for the missing signatures; nothing was changed.',
  rollback:
    'Nothing to do: what is served is older than what is known already. Tell the publisher if it stays so.',
  expired: 'Check the clock of this machine. If it is right, the publisher has to publish again.',
  mismatch: 'Ask the publisher to publish again: parts of the release do not belong together.',
  wrong_target: 'Check which program, channel and platform the source was added for.',
  launcher_too_old: 'Update Beaver first.',
  revoked: 'Wait for the next release: its publisher withdrew this one.',
  too_large: 'Nothing was kept. Tell the publisher that more is served than was signed.',
  timeout: 'Try again when the connection is better; what was downloaded is kept.',
  hash_mismatch: 'Try again. If it stays so, tell the publisher: what is served is not what was signed.',
  unsafe_archive: 'Do not install this update. Tell its publisher what the archive holds.',
  smoke_test_failed: 'Nothing to do: the version in use stays, and this one is not tried again.',
  clock_backwards:
    'Set the clock of this machine; where it is right now and was ahead before, add --accept-clock.',
  storage_unsafe: 'Make the folder yours alone and no link, or choose another with BEAVER_HOME.',
  source_unreachable: 'Check the connection and the address of the source; the version in use stays in use.',
  trust_unreadable: 'Add the source again with the trust root that its publisher gives.',
} as const;

export type RefusalCode = keyof typeof NEXT_STEPS;

/** An update, or a part of it, that is not taken. `message` holds no path and nothing that was downloaded. */
export function refusal(
  code: RefusalCode,
  message: string,
  details: { readonly field?: string; readonly cause?: unknown } = {},
): BeaverError {
  return new BeaverError(code, message, { nextStep: NEXT_STEPS[code], ...details });
}

export function isRefusal(error: unknown): error is BeaverError & { readonly code: RefusalCode } {
  return error instanceof BeaverError && Object.hasOwn(NEXT_STEPS, error.code);
}
