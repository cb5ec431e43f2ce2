import type { RestartNotice } from '../../core/harness/restart-words.ts';
import { tellingBlocker } from '../../core/harness/restart-words.ts';
import { blockerWords, noticeWords, restoredNotice } from './harness-restart-words.ts';
import { blockersOf, type RunningSession } from './harness-running.ts';
import { displayName, type HarnessSnapshot, type ReadEntry } from './harness-snapshot.ts';
import type { StatusView } from './status-text.ts';
import type { Translate } from './translate.ts';

/** What comes first when several sessions have something to say: what happens now, then what went wrong, then what waits. */
const URGENCY: readonly RestartNotice['kind'][] = [
  'restarting',
  'restored',
  'deferred',
  'build_found',
  'staged',
];

const ICONS: Readonly<Record<RestartNotice['kind'], string>> = {
  restarting: 'sync~spin',
  restored: 'warning',
  deferred: 'clock',
  build_found: 'tools',
  staged: 'cloud-download',
};

/** The news of the harnesses for the one status bar item, or undefined when nothing is going on. */
export function harnessStatus(snapshot: HarnessSnapshot, t: Translate): StatusView | undefined {
  const news = snapshot.entries
    .filter((entry) => entry.kind === 'read')
    .flatMap((entry) => newsOf(entry, sessionsOf(snapshot, entry)))
    .sort((a, b) => URGENCY.indexOf(a.notice.kind) - URGENCY.indexOf(b.notice.kind));
  const [first] = news;
  if (first === undefined) return undefined;
  const text = noticeWords(first.notice, t);
  const others = news.slice(1).map(({ notice }) => noticeWords(notice, t));
  return {
    text: `$(${ICONS[first.notice.kind]}) ${text}`,
    tooltip: [text, ...first.details(t), ...new Set(others), t('Click to see the harnesses.')],
    command: 'beaver.harness.focus',
    spoken: `Beaver: ${text}`,
  };
}

interface News {
  readonly notice: RestartNotice;
  readonly details: (t: Translate) => readonly string[];
}

function sessionsOf({ activity }: HarnessSnapshot, { harness }: ReadEntry): readonly RunningSession[] {
  return activity.sessions.filter((session) => session.harness === harness);
}

function newsOf(entry: ReadEntry, sessions: readonly RunningSession[]): readonly News[] {
  const { staged, local_override } = entry.status.stored.state;
  if (sessions.length > 0) return sessions.flatMap((session) => newsOfSession(entry, session));
  if (staged === null || local_override !== null) return [];
  const notice = { kind: 'staged', name: displayName(entry), version: staged.version } as const;
  return [{ notice, details: (t) => [t('No session is running: it starts with the next one.')] }];
}

function newsOfSession(entry: ReadEntry, session: RunningSession): readonly News[] {
  const { active, staged, local_override } = entry.status.stored.state;
  const name = displayName(entry);
  const details = (t: Translate): readonly string[] => sessionDetails(session, t);
  if (session.status === 'restarting') {
    const version = staged?.version ?? active?.version;
    const target =
      local_override !== null || version === undefined
        ? ({ kind: 'build' } as const)
        : ({ kind: 'version', version } as const);
    return [{ notice: { kind: 'restarting', name, target }, details }];
  }
  const restored = restoredNotice(session.notice);
  if (restored !== undefined) return [{ notice: restored, details }];
  const build = session.notice === BUILD_FOUND;
  if ((staged === null || local_override !== null) && !build) return [];
  const blocker = tellingBlocker(blockersOf(session));
  if (blocker !== undefined) return [{ notice: { kind: 'deferred', blocker }, details }];
  return build
    ? [{ notice: { kind: 'build_found' }, details }]
    : [{ notice: { kind: 'staged', name, version: staged?.version ?? '' }, details }];
}

/** As the core says it in a session's record. */
const BUILD_FOUND = 'New local build detected. Restarting after this turn.';

function sessionDetails(session: RunningSession, t: Translate): readonly string[] {
  const blockers = blockersOf(session);
  if (blockers.length === 0) return [];
  return [t('What the restart waits for:'), ...blockers.map((blocker) => `• ${blockerWords(blocker, t)}`)];
}
