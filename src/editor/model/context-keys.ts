import { linkedSkills, type FolderSnapshot } from './snapshot.ts';
import type { MarketSnapshot } from './market-snapshot.ts';
import { isToReview } from './update-nodes.ts';

/** Whether a version was selected to be compared with another one; set by the command that selects. */
export const SELECTED_VERSION_KEY = 'beaver.versionSelected';

/** `some` or `none`: whether a harness is configured on this machine. Not set before the Harness view has looked. */
export const HARNESS_KEY = 'beaver.hasHarness';

/** What `when` clauses of package.json and the steps of the walkthrough ask for. Values by key, `beaver.` included. */
export function contextKeys(
  snapshots: readonly FolderSnapshot[],
  markets: readonly MarketSnapshot[] = [],
): Readonly<Record<string, boolean | string>> {
  const plugins = snapshots.flatMap((snapshot) => snapshot.plugins);
  const skills = snapshots.flatMap((snapshot) => linkedSkills(snapshot).map(({ skill }) => skill));
  const updates = snapshots.flatMap((snapshot) => snapshot.updates);
  return {
    'beaver.phase': phase(snapshots),
    'beaver.hasPlugins': plugins.length > 0,
    'beaver.hasEnabledPlugins': plugins.some(({ enabled }) => enabled),
    'beaver.hasPausedPlugins': plugins.some((plugin) => plugin.enabled && plugin.updates_paused),
    'beaver.hasLinkedSkills': skills.length > 0,
    'beaver.hasUpdatesToReview': updates.some(isToReview),
    'beaver.hasPublishedUpdates': updates.some(({ status }) => status === 'published'),
    'beaver.hasInstalled': markets.some(({ installed }) => installed.length > 0),
    'beaver.hasMarketplaces': markets.some(({ marketplaces }) => marketplaces.length > 0),
    ...walkthroughSteps(snapshots),
  };
}

/** The keys that complete the steps of the walkthrough. They stand for nothing else, because opening the walkthrough tells them twice. */
export function walkthroughSteps(snapshots: readonly FolderSnapshot[]): Readonly<Record<string, boolean>> {
  const plugins = snapshots.flatMap((snapshot) => snapshot.plugins);
  const skills = snapshots.flatMap((snapshot) => linkedSkills(snapshot).map(({ skill }) => skill));
  return {
    'beaver.step.added': plugins.length > 0,
    'beaver.step.enabled': skills.length > 0,
    'beaver.step.learned': skills.some(
      (skill) =>
        skill.accepted_beaver_version !== null &&
        skill.current_beaver_version !== skill.accepted_beaver_version,
    ),
    'beaver.step.reviewed': snapshots.some(({ updates }) =>
      updates.some(({ status }) => status === 'published'),
    ),
  };
}

/** `failed` only when nothing could be read: one broken folder must not hide what the others have. */
function phase(snapshots: readonly FolderSnapshot[]): FolderSnapshot['phase'] {
  if (snapshots.some((snapshot) => snapshot.phase === 'ready')) return 'ready';
  return snapshots.some((snapshot) => snapshot.phase === 'loading') ? 'loading' : 'failed';
}
