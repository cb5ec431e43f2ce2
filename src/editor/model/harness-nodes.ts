import type { FoundInstall } from '../../core/harness/harness-service.ts';
import type { HarnessNotice } from '../../core/harness/notices.ts';
import type { HarnessState, IgnoredVersion, InstalledVersion } from '../../core/harness/state.ts';
import type { Blocker } from '../../core/harness/blocker.ts';
import type { Job } from '../../core/harness/job.ts';
import { blockersOf, type HarnessActivity, type RunningSession } from './harness-running.ts';
import type { HarnessEntry, HarnessSnapshot } from './harness-snapshot.ts';

export type VersionRole = 'active' | 'staged' | 'previous';

export interface HarnessNode {
  readonly kind: 'harness';
  readonly harness: string;
  readonly entry: HarnessEntry;
  /** Of this harness only. */
  readonly activity: HarnessActivity;
}

export interface SessionNode {
  readonly kind: 'session';
  readonly harness: string;
  readonly session: RunningSession;
  /** Whether a version waits to be started. */
  readonly staged: boolean;
}

export interface BlockerNode {
  readonly kind: 'blocker';
  readonly harness: string;
  readonly session: RunningSession;
  readonly blocker: Blocker;
  /** Its place among those of its session. */
  readonly index: number;
}

export interface JobNode {
  readonly kind: 'job';
  readonly harness: string;
  readonly job: Job;
}

export interface VersionNode {
  readonly kind: 'version';
  readonly harness: string;
  readonly role: VersionRole;
  readonly version: InstalledVersion;
  /** False where a local build starts instead. */
  readonly starts: boolean;
}

export interface LocalBuildNode {
  readonly kind: 'localBuild';
  readonly harness: string;
  readonly build: NonNullable<HarnessState['local_override']>;
}

export interface InstallNode {
  readonly kind: 'install';
  readonly harness: string;
  readonly command: string;
  /** Null: the command is not found. */
  readonly found: FoundInstall | null;
  /** Its place among those that are found: the first one runs. */
  readonly index: number;
  readonly delegated: boolean;
}

export interface IgnoredGroupNode {
  readonly kind: 'ignoredGroup';
  readonly harness: string;
  readonly ignored: readonly IgnoredVersion[];
}

export interface IgnoredNode {
  readonly kind: 'ignored';
  readonly harness: string;
  readonly ignored: IgnoredVersion;
}

export interface NoticeNode {
  readonly kind: 'notice';
  readonly harness: string;
  readonly notice: HarnessNotice;
  readonly entry: HarnessEntry;
}

export type HarnessTreeNode =
  | HarnessNode
  | VersionNode
  | LocalBuildNode
  | InstallNode
  | IgnoredGroupNode
  | IgnoredNode
  | NoticeNode
  | SessionNode
  | BlockerNode
  | JobNode;

export function harnessRoots({ entries, activity }: HarnessSnapshot): readonly HarnessNode[] {
  return entries.map((entry) => {
    const { harness } = entry;
    const sessions = activity.sessions.filter((session) => session.harness === harness);
    const jobs = activity.jobs.filter((job) => job.harness === harness);
    return { kind: 'harness', harness, entry, activity: { sessions, jobs } };
  });
}

export function harnessChildren(node: HarnessTreeNode): readonly HarnessTreeNode[] {
  switch (node.kind) {
    case 'harness':
      return node.entry.kind === 'failed' ? [] : entryChildren(node.entry, node.activity);
    case 'session':
      return blockersOf(node.session).map((blocker, index) => ({
        kind: 'blocker',
        harness: node.harness,
        session: node.session,
        blocker,
        index,
      }));
    case 'ignoredGroup':
      return node.ignored.map((ignored) => ({ kind: 'ignored', harness: node.harness, ignored }));
    case 'version':
    case 'localBuild':
    case 'install':
    case 'ignored':
    case 'notice':
    case 'blocker':
    case 'job':
      return [];
  }
}

/** What needs a person first, then what runs now, then the versions, then where the command is from. */
function entryChildren(
  entry: Extract<HarnessEntry, { kind: 'read' }>,
  { sessions, jobs }: HarnessActivity,
): readonly HarnessTreeNode[] {
  const { harness, status, notices } = entry;
  const { active, staged, previous, ignored, local_override } = status.stored.state;
  const versions = [
    ['staged', staged],
    ['active', active],
    ['previous', previous],
  ] as const;
  return [
    ...notices.map((notice): NoticeNode => ({ kind: 'notice', harness, notice, entry })),
    ...sessions.map((session): SessionNode => ({
      kind: 'session',
      harness,
      session,
      staged: staged !== null,
    })),
    ...jobs
      .filter(({ status: now }) => now === 'running' || now === 'lost')
      .map((job): JobNode => ({ kind: 'job', harness, job })),
    ...(local_override === null
      ? []
      : [{ kind: 'localBuild', harness, build: local_override } satisfies LocalBuildNode]),
    ...versions.flatMap(([role, version]): readonly VersionNode[] =>
      version === null ? [] : [{ kind: 'version', harness, role, version, starts: local_override === null }],
    ),
    ...(ignored.length === 0
      ? []
      : [{ kind: 'ignoredGroup', harness, ignored: ignored.toReversed() } satisfies IgnoredGroupNode]),
    ...installNodes(entry),
  ];
}

function installNodes({ harness, status }: Extract<HarnessEntry, { kind: 'read' }>): readonly InstallNode[] {
  const { command, delegated } = status.source;
  const shared = { kind: 'install', harness, command, delegated } as const;
  return status.installs.length === 0
    ? [{ ...shared, found: null, index: 0 }]
    : status.installs.map((found, index) => ({ ...shared, found, index }));
}
