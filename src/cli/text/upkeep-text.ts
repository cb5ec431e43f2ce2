import type {
  AutoUpdatePayload,
  FrozenPayload,
  ImportPayload,
  LockPayload,
  OutdatedPayload,
  PinPayload,
  ReconcilePayload,
  VerifyPayload,
  WhyPayload,
} from '../../app/upkeep-payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { count, findingsText } from './findings-text.ts';

interface Content {
  readonly version: string | null;
  readonly identity: string;
}

export function outdatedText(style: Style, { outdated, up_to_date: current }: OutdatedPayload): string {
  const rows = outdated.map((plugin) => [
    style.strong(plugin.id),
    contentText(plugin.current),
    plugin.wanted === null ? '-' : contentText(plugin.wanted),
    plugin.latest === null ? '-' : contentText(plugin.latest),
    plugin.pin === null ? '' : oneLine(`${plugin.pin} (${plugin.pinned_by ?? ''})`),
    oneLine(
      [plugin.change_text, plugin.alert?.message, plugin.problem?.message]
        .filter((text) => text !== undefined && text !== '')
        .join('; '),
    ),
  ]);
  const table = renderTable(style, ['PLUGIN', 'CURRENT', 'WANTED', 'LATEST', 'PINNED', 'CHANGE'], rows);
  return `${table}${count(current.length, 'plugin')} up to date.\n`;
}

export function pinText({ pinned }: PinPayload): string {
  const { id, pin, before } = pinned;
  if (pin === null)
    return before === null ? `${id} has no pin.\n` : `${id} is not pinned to ${before} any more.\n`;
  return `${id} is pinned to ${pin}.\n`;
}

export function lockText({ locked, changed }: LockPayload): string {
  return `${changed ? 'Wrote' : 'Nothing to change in'} beaver.lock.json: ${count(locked.length, 'plugin')}.\n`;
}

export function frozenText({ frozen }: FrozenPayload): string {
  const done = frozen.installed.length === 0 ? '' : `Installed ${frozen.installed.join(', ')}.\n`;
  return `${done}${count(frozen.unchanged.length, 'plugin')} installed as locked before.\n`;
}

export function verifyText(style: Style, payload: VerifyPayload): string {
  if (payload.verified) return `${count(payload.installed, 'plugin')} installed as locked.\n`;
  return findingsText(style, payload.findings);
}

export function whyText(style: Style, { why }: WhyPayload): string {
  const facts: readonly (readonly [string, string])[] = [
    ['In use', contentText(why.current)],
    ['Source', why.source],
    [
      'Marketplace',
      why.marketplace === null
        ? 'none'
        : `${why.marketplace}${why.mode === null ? ' (not known here)' : ` (auto-update: ${why.mode})`}`,
    ],
    ['Pinned', why.pin === null ? 'no' : `${why.pin} (${why.pinned_by ?? ''})`],
    ['Here because', why.requested ? 'you installed it' : `it is needed by ${why.needed_by.join(', ')}`],
    ...why.ignored.map((one) => ['Not installed again', `${contentText(one)}: ${one.reason}`] as const),
    ['Auto-update', why.last === null ? 'has not looked yet' : `${why.last.reason.message} (${why.last.at})`],
    ...(why.last?.alert == null ? [] : [['Beware', why.last.alert.message] as const]),
    ...(why.staged === null
      ? []
      : [['Staged', `${contentText(why.staged)}, since ${why.staged.staged_at}; needs no network`] as const]),
    ['Next look', why.next_check ?? 'not planned'],
  ];
  const head = renderTable(
    style,
    [why.id, ''],
    facts.map(([name, value]) => [name, oneLine(value)]),
  );
  const rows = why.decisions.map(({ at, action, reason }) => [at, action, oneLine(reason.message)]);
  return rows.length === 0 ? head : `${head}\n${renderTable(style, ['WHEN', 'DID', 'WHY'], rows)}`;
}

export function autoUpdateText(style: Style, { auto_update: done }: AutoUpdatePayload): string {
  const rows = done.plugins.map(({ id, action, reason, alert, version }) => [
    style.strong(id),
    action === 'none' ? '-' : action,
    version ?? '-',
    oneLine(
      alert === null || alert.code === reason.code ? reason.message : `${reason.message} ${alert.message}`,
    ),
  ]);
  const limit =
    done.limit === 'apply'
      ? ''
      : `Auto-update goes no further than "${done.limit}" here (${done.limit_by ?? 'setting'}).\n`;
  const staged = done.staged.map(
    ({ id, version, asks }) =>
      `Staged: ${id} ${version ?? ''}${asks.length === 0 ? '' : ' (asks before it is put in use)'}. `.trimEnd() +
      ` Run "beaver plugins update --staged ${id}"; it needs no network.\n`,
  );
  const busy =
    done.status === 'busy'
      ? 'Another process of this machine is looking for updates; this is of before.\n'
      : '';
  const looked = done.checked.length === 0 ? '' : `Looked at ${done.checked.join(', ')}.\n`;
  const next = done.next_at === null ? '' : `The next look is due at ${done.next_at}.\n`;
  return (
    `${renderTable(style, ['PLUGIN', 'DID', 'VERSION', 'WHY'], rows)}${busy}${staged.join('')}${looked}${limit}${next}` ||
    'Nothing is installed.\n'
  );
}

/** "Synced" is said when everything is as it should be, and else never. */
export function reconcileText(style: Style, { reconcile }: ReconcilePayload): string {
  if (reconcile.status === 'synced') return 'Synced: everything is as it should be.\n';
  const rows = reconcile.items.map(({ subject, message, next_step: next, outcome, confirm, error }) => [
    style.strong(oneLine(subject)),
    outcome === 'planned' && confirm ? 'asks first' : outcome,
    oneLine(error ?? `${message} ${next}`),
  ]);
  const last = reconcile.status === 'repaired' ? 'Everything that was off is repaired.\n' : '';
  return `${renderTable(style, ['WHAT', 'STATE', 'WHY'], rows)}${last}`;
}

export function importText(style: Style, { import: done }: ImportPayload): string {
  const rows = [
    ...done.marketplaces.map(({ name, source }) => ['marketplace', name, oneLine(source), '']),
    ...done.plugins.map(({ wanted, pin, status, error }) => [
      'plugin',
      oneLine(wanted),
      pin ?? '',
      oneLine(error ?? status),
    ]),
  ];
  const table =
    rows.length === 0
      ? 'Nothing to import.\n'
      : renderTable(style, ['', 'NAME', 'SOURCE / PIN', 'STATE'], rows);
  return table + findingsText(style, done.findings);
}

function contentText({ version, identity }: Content): string {
  return version ?? identity.replace(/^[^:]*:/, '').slice(0, 12);
}
