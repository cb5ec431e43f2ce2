import type { MarketplacePayload } from '../../app/marketplace-payloads.ts';
import type { Translate } from './translate.ts';

/** From the least that is done by itself to the most. */
export const AUTO_UPDATE_ORDER = ['off', 'notify', 'stage', 'apply'] as const;

export type AutoUpdate = MarketplacePayload['auto_update'];

export function autoUpdateLabel(mode: AutoUpdate, t: Translate): string {
  switch (mode) {
    case 'off':
      return t('off');
    case 'notify':
      return t('notify');
    case 'stage':
      return t('stage');
    case 'apply':
      return t('apply');
  }
}

/** What a mode does, for the person who chooses it. */
export function autoUpdateExplanation(mode: AutoUpdate, t: Translate): string {
  switch (mode) {
    case 'off':
      return t('Looks for nothing by itself.');
    case 'notify':
      return t('Tells of new releases and does nothing about them.');
    case 'stage':
      return t('Downloads and checks new releases; you say when they are installed.');
    case 'apply':
      return t('Installs new packages. What changes in skills still waits for your review.');
  }
}

/** `1.2.0`, or the beginning of what identifies a content that has no version. */
export function contentLabel({
  version,
  identity,
}: {
  readonly version: string | null;
  readonly identity: string;
}): string {
  return version ?? identity.replace(/^[a-z]+:/, '').slice(0, 12);
}

/** "1 plugin", "3 plugins". */
export function pluginCount(count: number, t: Translate): string {
  return count === 1 ? t('1 plugin') : t('{0} plugins', count);
}

/** "1 plugin update", "3 plugin updates"; empty for none. */
export function updatesLabel(count: number, t: Translate): string {
  if (count === 0) return '';
  return count === 1 ? t('1 plugin update') : t('{0} plugin updates', count);
}
