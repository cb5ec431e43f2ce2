import type { SurfacePayload } from '../../app/package-look-payloads.ts';
import type { MarketplacePayload } from '../../app/marketplace-payloads.ts';
import {
  ATTENTION,
  FAILURE,
  GOOD,
  joinParts,
  MUTED,
  NEWS,
  type ItemIcon,
  type ItemTooltip,
  type ItemView,
} from './item-view.ts';
import { codedMessage, findingText } from './finding-text.ts';
import { autoUpdateLabel, contentLabel, pluginCount, updatesLabel } from './market-labels.ts';
import type {
  ElsewhereNode,
  ListedPluginNode,
  MarketFailureNode,
  MarketFolderNode,
  MarketplaceNode,
  MarketTreeNode,
} from './marketplace-nodes.ts';
import { phaseProgressText } from './phase-text.ts';
import { surfaceSummary } from './package-words.ts';
import type { Translate } from './translate.ts';

/** Writes an ISO time as people here do. */
export type FormatTime = (iso: string) => string;

/** How a row of the Marketplaces tree looks and what can be done with it, but for its tooltip, which {@link marketTooltip} makes when it is asked for. */
export function presentMarketNode(node: MarketTreeNode, t: Translate): ItemView {
  switch (node.kind) {
    case 'marketFolder':
      return presentFolder(node, t);
    case 'marketplace':
      return presentMarketplace(node, t);
    case 'elsewhere':
      return presentElsewhere(node, t);
    case 'listedPlugin':
      return presentListed(node, t);
    case 'marketFailure':
      return presentFailure(node, t);
  }
}

/** What hovering tells: a thousand rows are drawn without it. */
export function marketTooltip(
  node: MarketTreeNode,
  formatTime: FormatTime,
  t: Translate,
  surface?: readonly SurfacePayload[],
): ItemTooltip {
  switch (node.kind) {
    case 'marketplace':
      return { heading: node.marketplace, lines: marketplaceLines(node, formatTime, t) };
    case 'listedPlugin':
      return { heading: pluginLabel(node), lines: pluginLines(node, surface, t) };
    case 'elsewhere':
      return {
        heading: t('Installed from Elsewhere'),
        lines: [t('Plugins that came from no marketplace, or from one that is not known here any more.')],
      };
    case 'marketFolder':
    case 'marketFailure':
      return presentMarketNode(node, t).tooltip;
  }
}

/** The name that a plugin gives itself, or the one that its marketplace knows it by. */
export function pluginLabel({ offer, plugin, installedId }: ListedPluginNode): string {
  return offer?.display_name ?? offer?.name ?? plugin?.id.replace(/@[^@]*$/, '') ?? installedId;
}

function presentFolder(node: MarketFolderNode, t: Translate): ItemView {
  const description = updatesLabel(node.updates, t);
  return {
    id: `marketFolder:${node.folder}`,
    label: node.name,
    description,
    tooltip: { heading: node.name, lines: description === '' ? [] : [description] },
    icon: { id: 'root-folder' },
    context: 'marketFolder',
    expandable: 'expanded',
    spoken: joinParts(node.name, description),
  };
}

function presentMarketplace(node: MarketplaceNode, t: Translate): ItemView {
  const { payload } = node;
  const state = marketplaceState(node, t);
  const count = node.offered === undefined ? '' : pluginCount(node.offered, t);
  return {
    id: `marketplace:${node.folder}:${node.marketplace}`,
    label: node.marketplace,
    description: joinParts(state, count),
    tooltip: { heading: node.marketplace, lines: [] },
    icon: marketplaceIcon(node),
    context: `marketplace ${payload.trusted ? 'trusted' : 'untrusted'}`,
    expandable: node.offered === 0 && node.installed === 0 ? 'none' : 'collapsed',
    spoken: [node.marketplace, ...[state, count].filter((part) => part !== '')].join(', '),
  };
}

function marketplaceState({ payload, updates, finding }: MarketplaceNode, t: Translate): string {
  if (finding !== undefined) return t('cannot be read');
  return joinParts(
    payload.trusted ? '' : t('not trusted'),
    payload.last_error === null ? '' : t('not reached'),
    updatesLabel(updates, t),
  );
}

function marketplaceIcon({ payload, finding, updates }: MarketplaceNode): ItemIcon {
  if (finding !== undefined) return { id: 'error', color: FAILURE };
  if (payload.last_error !== null) return { id: 'warning', color: ATTENTION };
  if (!payload.trusted) return { id: 'shield', color: ATTENTION };
  return updates > 0 ? { id: 'package', color: NEWS } : { id: 'package' };
}

function marketplaceLines(node: MarketplaceNode, formatTime: FormatTime, t: Translate): readonly string[] {
  const { payload, finding } = node;
  const said = finding === undefined ? undefined : findingText(finding, t);
  const failed = payload.last_error;
  return [
    t('Source: {0}', payload.source),
    ...(said === undefined ? [] : [said.message, said.nextStep]),
    payload.trusted
      ? t('Trusted: its plugins can be installed.')
      : t('Not trusted yet: its plugins can be looked at and not installed.'),
    ...(payload.official ? [t('Published by the makers of an agent.')] : []),
    t('Auto-update: {0}', autoUpdateLabel(payload.auto_update, t)),
    ...(payload.default_pin === null ? [] : [t('Its plugins are held to {0}.', payload.default_pin)]),
    lastLook(payload, formatTime, t),
    ...(failed === null
      ? []
      : [t('The last look failed: {0}', codedMessage(failed.code, failed.message, t))]),
  ];
}

function lastLook({ last_check: at }: MarketplacePayload, formatTime: FormatTime, t: Translate): string {
  return at === null ? t('It was never looked at.') : t('Looked at {0}', formatTime(at));
}

function presentElsewhere(node: ElsewhereNode, t: Translate): ItemView {
  const label = t('Installed from Elsewhere');
  const description = joinParts(updatesLabel(node.updates, t), pluginCount(node.installed, t));
  return {
    id: `elsewhere:${node.folder}`,
    label,
    description,
    tooltip: { heading: label, lines: [] },
    icon: { id: 'archive' },
    context: 'elsewhere',
    expandable: 'expanded',
    spoken: `${label}, ${description}`,
  };
}

function presentListed(node: ListedPluginNode, t: Translate): ItemView {
  const label = pluginLabel(node);
  const state = pluginState(node, t);
  const about = node.plugin === undefined ? firstLine(node.offer?.description ?? '') : '';
  return {
    id: `listed:${node.folder}:${node.marketplace ?? ''}:${node.installedId}`,
    label,
    description: joinParts(state, about),
    tooltip: { heading: label, lines: [] },
    icon: pluginIcon(node),
    context: pluginContext(node),
    expandable: 'none',
    spoken: [label, state, about].filter((part) => part !== '').join(', '),
  };
}

function pluginState({ offer, plugin, update, progress }: ListedPluginNode, t: Translate): string {
  if (progress !== undefined) return phaseProgressText(progress, t);
  if (plugin === undefined) return offer?.version ?? '';
  const current = contentLabel(plugin.active);
  return joinParts(
    update === undefined ? current : `${current} → ${contentLabel(update)}`,
    update === undefined ? t('installed') : t('update available'),
    plugin.pin === null ? '' : t('pinned'),
    offer === undefined && plugin.marketplace !== null ? t('not listed any more') : '',
  );
}

function pluginIcon({ plugin, update, progress, offer }: ListedPluginNode): ItemIcon {
  if (progress !== undefined) return { id: 'loading~spin' };
  if (plugin === undefined) return { id: 'extensions', color: MUTED };
  if (update !== undefined) return { id: 'arrow-circle-up', color: NEWS };
  if (offer === undefined && plugin.marketplace !== null) return { id: 'warning', color: ATTENTION };
  return plugin.pin === null ? { id: 'pass', color: GOOD } : { id: 'pinned', color: GOOD };
}

function pluginContext({ plugin, update, progress, marketplace }: ListedPluginNode): string {
  if (progress !== undefined) return 'listedPlugin busy';
  if (plugin === undefined) return 'listedPlugin installable';
  return [
    'listedPlugin installed',
    ...(update === undefined ? [] : ['updatable']),
    plugin.pin === null ? 'unpinned' : 'pinned',
    ...(plugin.previous.length === 0 ? [] : ['rollbackable']),
    ...(marketplace === undefined ? ['elsewhere'] : []),
  ].join(' ');
}

function pluginLines(
  { offer, plugin, update }: ListedPluginNode,
  surface: readonly SurfacePayload[] | undefined,
  t: Translate,
): readonly string[] {
  const described = [
    offer?.description ?? '',
    offer?.author == null ? '' : t('By {0}', offer.author),
    offer?.license == null ? '' : t('License: {0}', offer.license),
    t('Source: {0}', offer?.source ?? plugin?.source ?? ''),
  ].filter((line) => line !== '');
  if (plugin === undefined) return [...described, t('What it can run is shown before it is installed.')];
  return [
    ...described,
    t('Installed: {0}', contentLabel(plugin.active)),
    ...(update === undefined ? [] : [t('Available: {0}', contentLabel(update))]),
    ...(plugin.pin === null ? [] : [t('Pinned to {0}', plugin.pin)]),
    ...(surface === undefined ? [] : surfaceSummary(surface, t)),
    ...(plugin.requested ? [] : [t('It came because another plugin needs it.')]),
    ...plugin.ignored.map(({ version, identity, reason }) =>
      t('Not installed again: {0} ({1})', contentLabel({ version, identity }), reason.message),
    ),
  ];
}

function presentFailure({ folder, finding }: MarketFailureNode, t: Translate): ItemView {
  const { message, nextStep } = findingText(finding, t);
  return {
    id: `marketFailure:${folder}`,
    label: t('The marketplaces cannot be read'),
    description: message,
    tooltip: { heading: t('The marketplaces cannot be read'), lines: [message, nextStep] },
    icon: { id: 'error', color: FAILURE },
    context: 'marketFailure',
    expandable: 'none',
    spoken: `${t('The marketplaces cannot be read')}, ${message}`,
  };
}

/** Long enough for a row: a description may be a page. */
function firstLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
