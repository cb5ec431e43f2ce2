import * as path from 'node:path';
import { errorText } from './error-text.ts';
import type {
  HarnessNode,
  HarnessTreeNode,
  IgnoredNode,
  InstallNode,
  NoticeNode,
  VersionNode,
} from './harness-nodes.ts';
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
    case 'localBuild':
    case 'ignoredGroup':
      return node.kind;
  }
}
