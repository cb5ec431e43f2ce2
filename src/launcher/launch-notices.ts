import type { LaunchNotice } from '../core/harness/launch-preparation.ts';

/** One line for the person who starts a harness. */
export function launchNotice(harness: string, notice: LaunchNotice): string {
  switch (notice.kind) {
    case 'activated':
      return `${harness} is now ${notice.version}.`;
    case 'staged_damaged':
      return `${harness} ${notice.version} was staged and is not what was put there; it is fetched again with the next update.`;
    case 'fell_back':
      return notice.to === null
        ? `${harness} ${notice.from} cannot be started, and no other version is whole; the one on the PATH is started.`
        : `${harness} ${notice.from} cannot be started; ${notice.to} is started instead.`;
    case 'state_recovered':
      return `the state of ${harness} was damaged; the newest whole version counts.`;
    case 'override_missing':
      return `the local build of ${harness} is not there; the version that Beaver keeps is started.`;
    case 'storage_unsafe':
      return `others can change the versions of ${harness}; none of them is started.`;
  }
}
