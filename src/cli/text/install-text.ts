import type {
  InstalledListPayload,
  InstallHistoryPayload,
  InstallOutcomePayload,
  UninstalledPayload,
} from '../../app/install-payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';

type Content = { readonly version: string | null; readonly identity: string };

export function outcomesText(style: Style, outcomes: readonly InstallOutcomePayload[]): string {
  if (outcomes.length === 0) return 'Nothing is installed.\n';
  return outcomes.map((outcome) => outcomeText(style, outcome)).join('');
}

function outcomeText(style: Style, outcome: InstallOutcomePayload): string {
  const name = style.strong(oneLine(outcome.id));
  const lines = [headOf(style, name, outcome)];
  for (const { id, version } of outcome.dependencies)
    lines.push(`  with ${oneLine(id)}${version === null ? '' : ` ${oneLine(version)}`}, which it needs`);
  lines.push(...warnings(style, outcome));
  const { consent, reason } = outcome;
  if (consent !== null) {
    for (const { kind, id, value } of consent.changes)
      lines.push(
        `  ${style.warning(kind.replaceAll('_', ' '))} ${oneLine(value)}${id === outcome.id ? '' : ` (${oneLine(id)})`}`,
      );
    lines.push(`Read it, then take it on with: --accept ${consent.digest}`);
  }
  if (reason !== null)
    lines.push(`  ${oneLine(reason.message)} [${reason.code}]`, `  ${oneLine(reason.next_step)}`);
  return `${lines.join('\n')}\n`;
}

/** Each once, with the first place where it was found: `beaver preflight` says all of them. */
function warnings(style: Style, { findings }: InstallOutcomePayload): readonly string[] {
  const found = findings.filter(({ severity }) => severity === 'warning');
  return [...Map.groupBy(found, ({ code, message }) => `${oneLine(message)} [${code}]`)].map(
    ([told, [first, ...more]]) => {
      const place = first === undefined ? '' : ` ${oneLine(first.path)}:${first.line}`;
      const others = more.length === 0 ? '' : `, and ${more.length} more`;
      return `  ${style.warning('warning')} ${told}${place}${others}`;
    },
  );
}

function headOf(style: Style, name: string, { status, from, to }: InstallOutcomePayload): string {
  switch (status) {
    case 'installed':
      return `${style.good('Installed')} ${name} ${labelOf(to)}`;
    case 'updated':
      return `${style.good('Updated')} ${name} ${labelOf(from)} → ${labelOf(to)}`;
    case 'rolled_back':
      return `${style.good('Rolled back')} ${name} ${labelOf(from)} → ${labelOf(to)}`;
    case 'unchanged':
      return `${name} is at ${labelOf(to)} already`;
    case 'skipped':
      return `${style.warning('Skipped')} ${name}, which stays at ${labelOf(from)}`;
    case 'consent_required':
      return `${style.warning('Not installed')}: ${labelOf(to)} of ${name} brings something new`;
    case 'failed':
      return `${style.bad('Failed')} ${name}`;
  }
}

/** A version is a label; where there is none the content is told by its first digits. */
function labelOf(content: Content | null): string {
  if (content === null) return '-';
  const short = content.identity.replace(/^[a-z0-9]+:(?:sha\d+-)?/, '').slice(0, 12);
  return content.version === null ? short : `${oneLine(content.version)} (${short})`;
}

export function installedText(style: Style, { installed }: InstalledListPayload): string {
  if (installed.length === 0)
    return 'Nothing is installed. Install a plugin with "beaver plugins install NAME@MARKETPLACE".\n';
  const rows = installed.map((one) => [
    style.strong(oneLine(one.id)),
    labelOf(one.active),
    one.pin === null ? '-' : oneLine(one.pin),
    one.previous.map(labelOf).join(', ') || '-',
    oneLine(one.source),
  ]);
  return renderTable(style, ['PLUGIN', 'IN USE', 'PIN', 'CAN GO BACK TO', 'SOURCE'], rows);
}

export function uninstalledText(style: Style, { uninstalled }: UninstalledPayload): string {
  const kept = uninstalled.kept_skills.map(oneLine).join(', ');
  const rest = kept === '' ? '' : `Kept in the store, out of use: ${kept}\n`;
  return `Uninstalled ${style.strong(oneLine(uninstalled.id))}.\n${rest}`;
}

export function historyText(style: Style, { history }: InstallHistoryPayload): string {
  if (history.length === 0) return 'Nothing has been installed yet.\n';
  const rows = history.map((event) => [
    event.at,
    style.strong(oneLine(event.id)),
    event.event.replaceAll('_', ' '),
    `${labelOf(event.from)} → ${labelOf(event.to)}`,
    event.reason === null ? '' : `${oneLine(event.reason.message)} [${event.reason.code}]`,
  ]);
  return renderTable(style, ['WHEN', 'PLUGIN', 'WHAT', 'FROM → TO', 'WHY'], rows);
}
