import * as path from 'node:path';
import { errorText } from './error-text.ts';
import { tellingBlocker } from '../../core/harness/restart-words.ts';
import type {
  BlockerNode,
  HarnessNode,
  HarnessTreeNode,
  IgnoredNode,
  InstallNode,
  JobNode,
  NoticeNode,
  SessionNode,
  VersionNode,
} from './harness-nodes.ts';
import { blockerSource, blockerWords } from './harness-restart-words.ts';
import { blockersOf, type RunningSession } from './harness-running.ts';
import { ignoreReason, installExplanation, installLabel, noticeText } from './harness-words.ts';
import {
  ATTENTION,
  FAILURE,
  GOOD,
  type ItemIcon,
  type ItemView,
  joinParts,
  MUTED,
  NEWS,
} from './item-view.ts';
import { inEnglish, type Translate } from './translate.ts';

export interface ItemWords {
  readonly t: Translate;
  /** Writes an ISO time as people here do. */
  readonly time: (iso: string) => string;
}

/** A row of the Harness view. */
export function presentHarnessNode(node: HarnessTreeNode, words: ItemWords): ItemView {
  switch (node.kind) {
    case 'harness':
      return node.entry.kind === 'failed' ? presentFailed(node, words) : presentHarness(node, words);
    case 'version':
      return presentVersion(node, words);
    case 'localBuild': {
      const { t, time } = words;
      const label = t('Local build');
      const description = joinParts(path.basename(node.build.path), t('starts instead'));
      return row(node, 'localBuild', label, description, { id: 'tools', color: NEWS }, [
        node.build.path,
        t('Chosen {0}. No release is looked for while it is in use.', time(node.build.since)),
      ]);
    }
    case 'install':
      return presentInstall(node, words);
    case 'ignoredGroup': {
      const { t } = words;
      const count = node.ignored.length;
      const label = count === 1 ? t('1 ignored version') : t('{0} ignored versions', count);
      const lines = [t('Updates pass over these versions. Each can be taken back.')];
      const icon = { id: 'circle-slash', color: MUTED };
      return { ...row(node, 'ignoredGroup', label, '', icon, lines), expandable: 'collapsed' };
    }
    case 'ignored':
      return presentIgnored(node, words);
    case 'notice':
      return presentNotice(node, words);
    case 'session':
      return presentSession(node, words);
    case 'blocker':
      return presentBlocker(node, words);
    case 'job':
      return presentJob(node, words);
  }
}

function presentFailed({ harness, entry }: HarnessNode, { t }: ItemWords): ItemView {
  const failure = entry.kind === 'failed' ? entry.failure : undefined;
  const { message, nextStep } = errorText(failure, t === inEnglish, t);
  return {
    id: `harness/${harness}`,
    label: harness,
    description: t('cannot be read'),
    tooltip: { heading: harness, lines: [message, nextStep] },
    icon: { id: 'error', color: FAILURE },
    context: 'brokenHarness',
    expandable: 'none',
    spoken: `${harness}, ${message}`,
  };
}

function presentHarness(node: HarnessNode, { t, time }: ItemWords): ItemView {
  const { harness, entry } = node;
  if (entry.kind === 'failed') throw new Error('It was read.');
  const { source, stored, installs } = entry.status;
  const { active, staged, previous, local_override: local, last_check: check } = stored.state;
  const [first] = installs;
  const foreign = first !== undefined && first.install.name !== 'direct';
  const description = joinParts(
    local === null ? (active === null ? t('no version yet') : `v${active.version}`) : t('local build'),
    staged === null ? undefined : t('v{0} staged', staged.version),
    foreign && !source.delegated ? installLabel(first.install, t) : undefined,
  );
  const context = [
    'harness',
    ...(entry.updatable && local === null ? ['updatable'] : []),
    ...(staged === null ? [] : ['staged']),
    ...(previous === null || active === null ? [] : ['revertible']),
    ...(local === null ? ['released'] : ['local']),
    ...(source.delegated
      ? ['delegated']
      : foreign && first.install.name !== 'development'
        ? ['foreign']
        : []),
  ].join(' ');
  return {
    id: `harness/${harness}`,
    label: harness,
    description,
    tooltip: {
      heading: harness,
      lines: [
        t('{0}, channel {1}', source.product, source.channel),
        check === null
          ? t('No update was looked for yet.')
          : t('Last looked for updates: {0}', time(check.at)),
        ...entry.notices.map((notice) => `${noticeText(notice, entry, time, t)}.`),
      ],
    },
    icon: harnessIcon(node),
    context,
    expandable: 'collapsed',
    spoken: [harness, description].join(', '),
  };
}

function harnessIcon({ entry }: HarnessNode): ItemIcon {
  if (entry.kind === 'failed') return { id: 'error', color: FAILURE };
  const { staged, active, local_override } = entry.status.stored.state;
  if (entry.notices.some(({ code }) => code === 'active_revoked' || code === 'state_recovered'))
    return { id: 'warning', color: ATTENTION };
  if (local_override !== null) return { id: 'tools', color: NEWS };
  if (staged !== null) return { id: 'cloud-download', color: NEWS };
  return active === null ? { id: 'terminal', color: MUTED } : { id: 'terminal' };
}

function presentVersion(node: VersionNode, { t }: ItemWords): ItemView {
  const { role, version, starts } = node;
  const label = `v${version.version}`;
  switch (role) {
    case 'active':
      return row(
        node,
        'version active',
        label,
        starts ? t('active') : t('active once the local build is no longer used'),
        starts ? { id: 'pass', color: GOOD } : { id: 'pass', color: MUTED },
        [t('What starts when the harness is started.')],
      );
    case 'staged':
      return row(node, 'version staged', label, t('staged'), { id: 'cloud-download', color: NEWS }, [
        t('Downloaded, verified and tried. It starts after the turn, or with the next start.'),
      ]);
    case 'previous':
      return row(node, 'version previous', label, t('previous'), { id: 'history', color: MUTED }, [
        t('What a rollback returns to.'),
      ]);
  }
}

function presentInstall(node: InstallNode, { t }: ItemWords): ItemView {
  const { found, command, index, delegated } = node;
  if (found === null) {
    return row(node, 'install', command, t('not found on the PATH'), { id: 'question', color: MUTED }, [
      t('Start it with “Open in Terminal”, or put the launcher first on your PATH.'),
    ]);
  }
  const label = installLabel(found.install, t);
  const description = joinParts(label, found.install.package, index === 0 ? undefined : t('not the first'));
  return row(node, 'install', command, description, { id: 'file-binary' }, [
    installExplanation(found.install, delegated, t),
    found.found,
  ]);
}

function presentIgnored(node: IgnoredNode, { t, time }: ItemWords): ItemView {
  const { version, reason, detail, at } = node.ignored;
  const why = ignoreReason(reason, t);
  return row(node, 'ignored', `v${version}`, why, { id: 'circle-slash', color: MUTED }, [
    ...(detail === '' ? [] : [detail]),
    time(at),
  ]);
}

function presentNotice(node: NoticeNode, { t, time }: ItemWords): ItemView {
  const { notice, entry } = node;
  const text = noticeText(notice, entry, time, t);
  const serious = notice.code === 'active_revoked' || notice.code === 'state_recovered';
  const icon = serious ? { id: 'warning', color: ATTENTION } : { id: 'info' };
  // The publisher's reason is part of the message; the other messages say what the row says.
  return row(node, 'notice', text, '', icon, notice.code === 'active_revoked' ? [notice.message] : []);
}

function presentSession(node: SessionNode, { t, time }: ItemWords): ItemView {
  const { session, staged } = node;
  const blockers = blockersOf(session);
  const state = sessionState(session, t);
  const version = session.version === null ? t('local build') : `v${session.version}`;
  const label = path.basename(session.cwd) === '' ? session.cwd : path.basename(session.cwd);
  const restarting = session.status === 'restarting';
  const icon = restarting
    ? { id: 'sync', color: NEWS }
    : blockers.length === 0
      ? { id: 'comment-discussion' }
      : { id: 'debug-pause', color: staged ? NEWS : MUTED };
  const context = ['session', ...(staged && !restarting ? ['restartable'] : [])].join(' ');
  const lines = [
    session.cwd,
    t('Started {0}', time(session.started_at)),
    ...(session.notice === null ? [] : [session.notice]),
  ];
  const item = row(node, context, label, joinParts(version, state), icon, lines);
  return blockers.length === 0 ? item : { ...item, expandable: 'collapsed' };
}

function sessionState(session: RunningSession, t: Translate): string {
  if (session.status === 'restarting') return t('restarting');
  if (session.status === 'suspended') return t('suspended');
  const blockers = blockersOf(session);
  const [first] = blockers;
  if (first === undefined) return session.quiescence === null ? t('running') : t('quiet');
  return blockerWords(tellingBlocker(blockers) ?? first, t);
}

function presentBlocker({ blocker, ...node }: BlockerNode, { t, time }: ItemWords): ItemView {
  const since = t('since {0}', time(blocker.since));
  return row({ ...node, blocker }, 'blocker', blockerWords(blocker, t), since, { id: 'circle-small' }, [
    t('Keeps the session from being restarted: {0}.', blockerSource(blocker.source, t)),
  ]);
}

function presentJob(node: JobNode, { t, time }: ItemWords): ItemView {
  const { job } = node;
  const lost = job.status === 'lost';
  const description = joinParts(
    lost ? t('lost') : t('running'),
    job.is_durable ? t('survives a restart') : t('blocks a restart'),
  );
  const icon = lost ? { id: 'warning', color: ATTENTION } : { id: 'gear' };
  return row(node, 'job', job.label, lost ? t('lost') : description, icon, [
    t('Started {0}', time(job.started_at)),
    ...(lost ? [t('Its process is gone, and nobody knows how it ended.')] : []),
  ]);
}

/** A row below a harness. */
function row(
  node: Exclude<HarnessTreeNode, HarnessNode>,
  context: string,
  label: string,
  description: string,
  icon: ItemIcon,
  lines: readonly string[],
): ItemView {
  return {
    id: `harness/${node.harness}/${keyOf(node)}`,
    label,
    description,
    tooltip: { heading: joinParts(label, description), lines },
    icon,
    context,
    expandable: 'none',
    spoken: description === '' ? label : `${label}, ${description}`,
  };
}

function keyOf(node: Exclude<HarnessTreeNode, HarnessNode>): string {
  switch (node.kind) {
    case 'version':
      return `version/${node.role}`;
    case 'install':
      return `install/${node.index}`;
    case 'ignored':
      return `ignored/${node.ignored.version}/${node.ignored.asset_sha256 ?? ''}`;
    case 'notice':
      return `notice/${node.notice.code}`;
    case 'session':
      return `session/${node.session.record_id}`;
    case 'blocker':
      return `session/${node.session.record_id}/${node.index}`;
    case 'job':
      return `job/${node.job.job_id}`;
    case 'localBuild':
    case 'ignoredGroup':
      return node.kind;
  }
}
