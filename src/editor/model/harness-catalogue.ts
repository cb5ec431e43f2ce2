import type { ErrorEntry } from './error-catalogue.ts';

/** The words of what can go wrong with the releases of a harness, by code. */
export const HARNESS_CATALOGUE: Readonly<Record<string, ErrorEntry>> = {
  harness_unknown: {
    message: (t) => t('There is no such harness on this machine.'),
    nextStep: (t) => t('Add it in a terminal with “beaver harness add”.'),
  },
  nothing_to_roll_back: {
    message: (t) => t('There is no earlier version to return to.'),
    nextStep: (t) => t('The Harness view shows which versions are there.'),
  },
  version_in_use: {
    message: (t) => t('This version is the one that starts.'),
    nextStep: (t) => t('Roll back instead: that ignores the version which is left.'),
  },
  version_invalid: {
    message: (t) => t('What was given is no version.'),
    nextStep: (t) => t('The Harness view shows which versions are there.'),
  },
  version_not_ignored: {
    message: (t) => t('This version is not ignored.'),
    nextStep: (t) => t('The Harness view shows which versions are there.'),
  },
  local_build_in_use: {
    message: (t) => t('A local build runs in place of the releases.'),
    nextStep: (t) => t('Stop using the local build first: no release is looked for while it runs.'),
  },
  local_build_unusable: {
    message: (t) => t('This build cannot be started.'),
    nextStep: (t) => t('Build the harness and choose the program that the build makes.'),
  },
  launcher_not_here: {
    message: (t) => t('The launcher cannot be started in a terminal of Windows yet.'),
    nextStep: (t) => t('Start the harness as you did before; Beaver keeps its versions all the same.'),
  },
  metadata_invalid: {
    message: (t) => t('What the source serves is not a document of a release.'),
    nextStep: (t) => t('Ask the publisher to publish again; nothing was changed.'),
  },
  sig_invalid: {
    message: (t) => t('What the source serves is not signed by its keys.'),
    nextStep: (t) => t('Do not install this update, and tell its publisher.'),
  },
  sig_untrusted: {
    message: (t) => t('The update is signed by a key that is no longer trusted.'),
    nextStep: (t) => t('Do not install this update, and tell its publisher.'),
  },
  threshold: {
    message: (t) => t('Too few keys have signed this.'),
    nextStep: (t) => t('Ask the publisher for the missing signatures; nothing was changed.'),
  },
  rollback: {
    message: (t) => t('What is served is older than what is known already.'),
    nextStep: (t) => t('Nothing to do. Tell the publisher if it stays so.'),
  },
  expired: {
    message: (t) => t('What is served has expired.'),
    nextStep: (t) =>
      t('Check the clock of this machine. If it is right, the publisher has to publish again.'),
  },
  mismatch: {
    message: (t) => t('Parts of the release do not belong together.'),
    nextStep: (t) => t('Ask the publisher to publish again; nothing was changed.'),
  },
  wrong_target: {
    message: (t) => t('The release is for another program, channel or platform.'),
    nextStep: (t) => t('Check what the source was added for.'),
  },
  launcher_too_old: {
    message: (t) => t('The release needs a newer Beaver.'),
    nextStep: (t) => t('Update Beaver first.'),
  },
  revoked: {
    message: (t) => t('Its publisher withdrew this version.'),
    nextStep: (t) => t('Wait for the next release.'),
  },
  too_large: {
    message: (t) => t('More is served than was signed.'),
    nextStep: (t) => t('Nothing was kept. Tell the publisher.'),
  },
  timeout: {
    message: (t) => t('The source took too long to answer.'),
    nextStep: (t) => t('Try again when the connection is better; what was downloaded is kept.'),
  },
  hash_mismatch: {
    message: (t) => t('What is there is not what was signed.'),
    nextStep: (t) => t('Try again. If it stays so, tell the publisher.'),
  },
  unsafe_archive: {
    message: (t) => t('The archive of the release is not safe to unpack.'),
    nextStep: (t) => t('Do not install this update, and tell its publisher.'),
  },
  smoke_test_failed: {
    message: (t) => t('The new version did not start when it was tried.'),
    nextStep: (t) => t('Nothing to do: the version in use stays, and this one is not tried again.'),
  },
  clock_backwards: {
    message: (t) => t('The clock of this machine was set back.'),
    nextStep: (t) => t('Set it right; until then it cannot be told whether an update is recent.'),
  },
  storage_unsafe: {
    message: (t) => t('Others can change the folder in which Beaver keeps this harness.'),
    nextStep: (t) => t('Make the folder yours alone and no link, or choose another with BEAVER_HOME.'),
  },
  fetch_cancelled: {
    message: (t) => t('The transfer was cancelled.'),
    nextStep: (t) => t('Try again when you want it; what was downloaded is kept.'),
  },
  source_unreachable: {
    message: (t) => t('The source cannot be reached.'),
    nextStep: (t) => t('Check the connection and the address of the source; what is in use stays in use.'),
  },
  trust_unreadable: {
    message: (t) => t('What says whose releases are trusted cannot be read.'),
    nextStep: (t) => t('Add the source again with the trust root that its publisher gives.'),
  },
};
