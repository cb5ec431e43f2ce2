import type {
  BrowsePayload,
  MarketplaceAnswer,
  MarketplaceListPayload,
  MarketplacePayload,
  RefreshPayload,
  RemovedMarketplacePayload,
} from '../../app/marketplace-payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { count, findingsText } from './findings-text.ts';

/** Columns of a terminal that a description takes. */
const DESCRIPTION = 70;

export function marketplacesText(style: Style, { marketplaces }: MarketplaceListPayload): string {
  if (marketplaces.length === 0)
    return 'No marketplaces. Add one with "beaver marketplaces add OWNER/REPO".\n';
  return marketplaceTable(style, marketplaces);
}

export function marketplaceTable(style: Style, marketplaces: readonly MarketplacePayload[]): string {
  const rows = marketplaces.map((one) => [
    style.strong(oneLine(one.name)),
    oneLine(one.source),
    one.trusted ? style.good('trusted') : style.warning('not trusted'),
    one.auto_update,
    one.default_pin === null ? '-' : oneLine(one.default_pin),
    one.last_error === null
      ? (one.last_check ?? 'never')
      : style.bad(`failed: ${oneLine(one.last_error.message)}`),
  ]);
  return renderTable(style, ['MARKETPLACE', 'SOURCE', 'TRUST', 'AUTO-UPDATE', 'PIN', 'LAST LOOK'], rows);
}

export function addedText(style: Style, { marketplace, plugin_count, findings }: MarketplaceAnswer): string {
  const next = marketplace.trusted
    ? ''
    : `Nothing can be installed from it until you say so: beaver marketplaces trust ${marketplace.name}\n`;
  const head = `Added ${style.strong(oneLine(marketplace.name))} from ${oneLine(marketplace.source)}: ${count(plugin_count, 'plugin')}.\n`;
  const off = findings.filter(({ severity }) => severity !== 'info');
  return head + next + findingsText(style, off);
}

export function refreshText(style: Style, { refreshed }: RefreshPayload): string {
  if (refreshed.length === 0) return 'No marketplaces.\n';
  return refreshed
    .map((one) => {
      const name = style.strong(oneLine(one.name));
      if (one.error !== null)
        return `${name}: ${style.bad('failed')}: ${oneLine(one.error.message)} ${style.faint(`[${one.error.code}]`)}\n  ${oneLine(one.error.next_step)}\n`;
      if (one.status === 'unchanged') return `${name}: nothing new\n`;
      const parts = [
        named('added', one.added),
        named('removed', one.removed),
        one.changed.length === 0 ? '' : `${one.changed.length} changed`,
      ].filter((part) => part !== '');
      return `${name}: ${parts.length === 0 ? 'a new revision of the same plugins' : parts.join('; ')}\n`;
    })
    .join('');
}

export function browseText(style: Style, { plugins, errors }: BrowsePayload): string {
  const rows = plugins.map((plugin) => [
    style.strong(oneLine(plugin.id)),
    oneLine(plugin.version ?? '-'),
    plugin.installed ? style.good('installed') : '',
    shortened(oneLine(plugin.description ?? '')),
  ]);
  const table = renderTable(style, ['PLUGIN', 'VERSION', '', 'DESCRIPTION'], rows);
  return (rows.length === 0 ? 'No plugins.\n' : table) + findingsText(style, errors);
}

export function removedText({ removed, still_installed }: RemovedMarketplacePayload): string {
  const stay =
    still_installed.length === 0
      ? ''
      : `Still installed from it: ${still_installed.map(oneLine).join(', ')}\n`;
  return `Removed ${oneLine(removed)}.\n${stay}`;
}

function named(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const few = names.slice(0, 5).map(oneLine).join(', ');
  return names.length > 5 ? `${names.length} ${what} (${few}, …)` : `${what} ${few}`;
}

function shortened(text: string): string {
  return text.length > DESCRIPTION ? `${text.slice(0, DESCRIPTION - 1)}…` : text;
}
