import type { MarketplacePayload, RefreshPayload } from '../../app/marketplace-payloads.ts';
import { joinParts } from './item-view.ts';
import { pluginCount } from './market-labels.ts';
import type { Translate } from './translate.ts';

/** What a person decides on when they trust a marketplace. Lines of a dialog. */
export function trustDetail(
  { source, official, auto_update: mode }: MarketplacePayload,
  offered: number,
  t: Translate,
): string {
  return [
    t('Source: {0}', source),
    ...(official ? [t('Published by the makers of an agent.')] : []),
    t('It offers {0}.', pluginCount(offered, t)),
    '',
    t('Plugins of a trusted marketplace can be installed. What each of them can run is shown before.'),
    ...(mode === 'off' ? [] : [t('New releases of what you install from it are looked for by themselves.')]),
  ].join('\n');
}

/** What a refresh found, in one line. */
export function refreshOutcome(
  refreshed: RefreshPayload['refreshed'],
  updates: string,
  t: Translate,
): string {
  const count = (lists: 'added' | 'removed'): number =>
    refreshed.reduce((sum, one) => sum + one[lists].length, 0);
  const [added, removed] = [count('added'), count('removed')];
  const news = joinParts(
    updates,
    added === 0 ? '' : t('{0} new', pluginCount(added, t)),
    removed === 0 ? '' : t('{0} gone', pluginCount(removed, t)),
  );
  return news === '' ? t('Marketplaces refreshed, nothing new') : news;
}
