import { BeaverError } from '../../base/errors.ts';

/** What a transfer ends with when it does not end well, in words. `what` is shown: an address without credentials, or a name. */

export function cancelled(): BeaverError {
  return new BeaverError('fetch_cancelled', 'The transfer was cancelled.', {
    nextStep: 'Start it again when you want it; what has come so far is kept.',
  });
}

/** Nothing was sent, because nothing may be, or nothing answers. */
export function offline(what: string, cause?: unknown): BeaverError {
  return new BeaverError('fetch_offline', `${what} cannot be reached.`, {
    nextStep: 'Try again when the network is there; what is installed goes on working.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function timedOut(what: string, seconds: number): BeaverError {
  return new BeaverError('fetch_timeout', `${what} did not answer within ${seconds} seconds.`, {
    nextStep: 'Try again later, or check the proxy settings.',
  });
}

export function missing(what: string, cause?: unknown): BeaverError {
  return new BeaverError(
    'source_not_found',
    `${what} does not exist, or needs a sign-in that is not set up.`,
    {
      nextStep: 'Check the address; for a private source, sign in with git or npm first.',
      field: 'source',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

export function failed(what: string, why: string, cause?: unknown): BeaverError {
  return new BeaverError('fetch_failed', `${what} could not be fetched: ${why}.`, {
    nextStep: 'Try again; if it fails again, run the command with --verbose.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function mismatch(what: string): BeaverError {
  return new BeaverError(
    'package_integrity_mismatch',
    `${what} does not have the content that was asked for.`,
    { nextStep: 'Do not install it; ask its author whether it was replaced.' },
  );
}
