import type { MarketplacePayload } from '../../app/marketplace-payloads.ts';
import type { OutdatedPluginPayload } from '../../app/upkeep-payloads.ts';
import type { Choice } from './choices.ts';
import { joinParts } from './item-view.ts';
import {
  AUTO_UPDATE_ORDER,
  type AutoUpdate,
  autoUpdateExplanation,
  autoUpdateLabel,
  contentLabel,
} from './market-labels.ts';
import { pluginLabel } from './marketplace-items.ts';
import { listedPlugins, type ListedPluginNode } from './marketplace-nodes.ts';
import type { MarketSnapshot } from './market-snapshot.ts';
import type { Translate } from './translate.ts';

export interface MarketplaceChoice {
  readonly folder: string;
  readonly name: string;
}

export function marketplaceChoices(
  snapshots: readonly MarketSnapshot[],
  suits: (marketplace: MarketplacePayload) => boolean,
  t: Translate,
): readonly Choice<MarketplaceChoice>[] {
  return snapshots.flatMap((snapshot) =>
    snapshot.marketplaces.filter(suits).map((marketplace) => ({
      label: marketplace.name,
      description: joinParts(
        marketplace.source,
        marketplace.trusted ? '' : t('not trusted'),
        snapshots.length > 1 ? snapshot.name : '',
      ),
      value: { folder: snapshot.folder, name: marketplace.name },
    })),
  );
}

export interface AutoUpdateChoice extends Choice<AutoUpdate> {
  readonly detail: string;
}

/** From the least to the most that is done by itself; the one in force says so. */
export function autoUpdateChoices(current: AutoUpdate, t: Translate): readonly AutoUpdateChoice[] {
  return AUTO_UPDATE_ORDER.map((mode) => ({
    label: autoUpdateLabel(mode, t),
    description: mode === current ? t('as it is now') : '',
    detail: autoUpdateExplanation(mode, t),
    value: mode,
  }));
}

export interface ListedChoice extends Choice<{ readonly folder: string; readonly installedId: string }> {
  readonly detail: string;
}

/** Plugins of all marketplaces and folders, by name; what is installed and listed nowhere as well. */
export function listedChoices(
  snapshots: readonly MarketSnapshot[],
  suits: (node: ListedPluginNode) => boolean,
  t: Translate,
): readonly ListedChoice[] {
  return snapshots
    .flatMap((snapshot) => listedPlugins(snapshot).map((node) => ({ snapshot, node })))
    .filter(({ node }) => suits(node))
    .map(({ snapshot, node }) => ({
      label: pluginLabel(node),
      description: joinParts(
        node.plugin === undefined ? node.offer?.version : contentLabel(node.plugin.active),
        node.marketplace,
        node.plugin === undefined ? '' : node.update === undefined ? t('installed') : t('update available'),
        node.offer?.category,
        snapshots.length > 1 ? snapshot.name : '',
      ),
      detail: (node.offer?.description ?? '').replaceAll(/\s+/g, ' ').slice(0, 200),
      value: { folder: node.folder, installedId: node.installedId },
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

export interface OutdatedChoice extends Choice<{ readonly folder: string; readonly installedId: string }> {
  readonly detail: string;
  readonly picked: boolean;
}

/** What is not at the newest, with what holds it there. What can be updated is chosen already. */
export function outdatedChoices(
  outdated: readonly OutdatedPluginPayload[],
  snapshot: MarketSnapshot,
  folderName: string,
  t: Translate,
): readonly OutdatedChoice[] {
  return outdated.map((one) => {
    const { id, current, wanted, latest, pin } = one;
    const newer = wanted !== null && wanted.identity !== current.identity;
    const node = listedPlugins(snapshot).find(({ installedId }) => installedId === id);
    const step = newer ? `${contentLabel(current)} → ${contentLabel(wanted)}` : contentLabel(current);
    const held = latest !== null && latest.identity !== wanted?.identity;
    return {
      label: node === undefined ? id : pluginLabel(node),
      description: joinParts(step, folderName),
      detail: joinParts(
        held ? t('newest: {0}', contentLabel(latest)) : '',
        pin === null ? '' : t('pinned to {0}', pin.slice(0, 40)),
        one.alert === null ? '' : t('published again under the same name'),
        one.problem === null ? '' : t('its source could not be asked, or offers nothing that is allowed'),
      ),
      picked: newer,
      value: { folder: snapshot.folder, installedId: id },
    };
  });
}
