import type { MarketplacePayload } from '../../app/marketplace-payloads.ts';
import type { Choice } from './choices.ts';
import { joinParts } from './item-view.ts';
import {
  AUTO_UPDATE_ORDER,
  type AutoUpdate,
  autoUpdateExplanation,
  autoUpdateLabel,
} from './market-labels.ts';
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
