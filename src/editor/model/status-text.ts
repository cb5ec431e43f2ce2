import type { FolderSnapshot } from './snapshot.ts';
import type { Translate } from './translate.ts';
import { conflictCount } from './labels.ts';
import { isToReview, openConflicts } from './update-nodes.ts';

export interface StatusView {
  /** With product icons as `$(name)`. */
  readonly text: string;
  readonly tooltip: readonly string[];
  /** Id of the command that a click runs. */
  readonly command: string;
  readonly spoken: string;
}

export interface ReviewCounts {
  /** Updates that a person has still to decide about. */
  readonly toReview: number;
  /** Open conflicts in their drafts. */
  readonly conflicts: number;
}

export function reviewCounts(snapshots: readonly FolderSnapshot[]): ReviewCounts {
  const open = snapshots.flatMap(({ updates }) => updates.filter(isToReview));
  return {
    toReview: open.length,
    conflicts: open.reduce((sum, update) => sum + openConflicts(update), 0),
  };
}

/** Updates of installed plugins that wait for a person, and how many of them are downloaded and checked. */
export interface PluginUpdateCounts {
  readonly waiting: number;
  readonly staged: number;
}

/** "1 skill update to review", "2 skill updates to review". */
export function toReviewText(count: number, t: Translate): string {
  return count === 1 ? t('1 skill update to review') : t('{0} skill updates to review', count);
}

/**
 * The one status bar item, or undefined when there is nothing to say: what holds a person up comes first, then what waits for them.
 * `waiting` is true while a command waits for another process's lock.
 */
export function statusView(
  snapshots: readonly FolderSnapshot[],
  waiting: boolean,
  t: Translate,
  plugins: PluginUpdateCounts = { waiting: 0, staged: 0 },
): StatusView | undefined {
  const { toReview, conflicts } = reviewCounts(snapshots);
  const rest = toReview === 0 ? [] : [toReviewText(toReview, t)];
  if (waiting) {
    return view('loading~spin', t('Waiting for another window…'), 'beaver.log.show', [
      t('Another process is writing to the skills of this workspace. Beaver goes on as soon as it is done.'),
    ]);
  }
  if (snapshots.some(({ deferred }) => deferred)) {
    return view('history', t('Sync deferred: another window is writing'), 'beaver.plugins.sync', [
      t('The skills that are published stay in use. Beaver tries again by itself; click to sync now.'),
      ...rest,
    ]);
  }
  if (snapshots.some(({ phase }) => phase === 'failed')) {
    return view('error', t('Beaver cannot read the skills'), 'beaver.log.show', [
      t('Nothing was changed. Click to see what is off in the log.'),
      ...rest,
    ]);
  }
  if (conflicts > 0) {
    return view('git-merge', conflictCount(conflicts, t), 'beaver.updates.focus', [
      t('You and a plugin changed the same lines of a skill. Click to choose.'),
      ...rest,
    ]);
  }
  if (toReview > 0) {
    return view('git-pull-request', toReviewText(toReview, t), 'beaver.updates.focus', [
      t('Plugins released new versions of skills that you use. Click to see the updates.'),
    ]);
  }
  if (plugins.waiting > 0) {
    const staged = plugins.staged === plugins.waiting;
    return view(
      staged ? 'cloud-download' : 'package',
      pluginUpdatesText(plugins, t),
      'beaver.upkeep.review',
      [
        staged
          ? t('They are downloaded and checked, and need no network. Click to put them in use.')
          : t('Click to see what they are and to put them in use.'),
      ],
    );
  }
  return undefined;
}

/** "1 plugin update staged", "2 plugin updates wait". */
function pluginUpdatesText({ waiting, staged }: PluginUpdateCounts, t: Translate): string {
  if (staged === waiting)
    return waiting === 1 ? t('1 plugin update staged') : t('{0} plugin updates staged', waiting);
  return waiting === 1 ? t('1 plugin update waits') : t('{0} plugin updates wait', waiting);
}

function view(icon: string, text: string, command: string, tooltip: readonly string[]): StatusView {
  return { text: `$(${icon}) ${text}`, tooltip: [text, ...tooltip], command, spoken: `Beaver: ${text}` };
}
