import type { Phrase } from '../../base/phrase.ts';
import { type PackagePin, pinText } from '../package-pin.ts';
import type { PackageOffers, PackageSource } from '../package-ports.ts';
import type { UpdatablePlugin } from './auto-update-plan.ts';
import { chooseOffer, latestOffer } from './choose-offer.ts';
import { isAlert, movedTag, type PackageChange, packageChange } from './package-change.ts';
import { type VersionedOffer, versionedOffers } from './tagged-versions.ts';

/** How an installed plugin stands to what is offered. */
export interface PluginStanding {
  readonly id: string;
  /** What the pin stands for now; null where it stands for nothing, which `problem` then says. */
  readonly wanted: VersionedOffer | null;
  /** What could be had without any pin. */
  readonly latest: VersionedOffer | null;
  readonly pin: string | null;
  readonly pinnedBy: 'plugin' | 'marketplace' | null;
  /** From what is installed to `wanted`, and to `latest`. */
  readonly change: PackageChange;
  readonly latestChange: PackageChange;
  /** Something that had been published under a fixed name was replaced. */
  readonly alert: Phrase | null;
  readonly problem: Phrase | null;
}

export interface StandingQuestion {
  readonly plugin: UpdatablePlugin;
  /** As the marketplace has it today. */
  readonly source: PackageSource;
  readonly defaultPin: PackagePin | null;
  /** Of the source asked under the pin, and of the source itself. */
  readonly offers: PackageOffers;
  readonly unpinned: PackageOffers;
}

export function pluginStanding({
  plugin,
  source,
  defaultPin,
  offers,
  unpinned,
}: StandingQuestion): PluginStanding {
  const pin = plugin.pin ?? defaultPin;
  const { name: pluginName, ignored, installed } = plugin;
  const choice = chooseOffer({ source, pluginName, offers, pin, ignored });
  const latest = latestOffer({ source, pluginName, offers: unpinned, ignored }) ?? null;
  const context = { pluginName, pin };
  const wanted = choice.kind === 'chosen' ? choice.offer : null;
  const to = (offer: VersionedOffer | null): PackageChange =>
    offer === null ? { kind: 'none' } : packageChange(installed, offer, context);
  const all = [
    ...versionedOffers(source, pluginName, offers),
    ...versionedOffers(source, pluginName, unpinned),
  ];
  const moved = movedTag(installed, all, context);
  const change = to(wanted);
  return {
    id: plugin.id,
    wanted,
    latest,
    pin: pin === null ? null : pinText(pin),
    pinnedBy: plugin.pin !== null ? 'plugin' : defaultPin !== null ? 'marketplace' : null,
    change,
    latestChange: to(latest),
    alert: alertOf(moved, change, plugin),
    problem: choice.kind === 'none' ? choice.problem : null,
  };
}

function alertOf(moved: string | undefined, change: PackageChange, plugin: UpdatablePlugin): Phrase | null {
  if (moved !== undefined) return { code: 'tag_moved', params: { tag: moved } };
  return isAlert(change, plugin.installed.identity)
    ? { code: 'version_republished', params: { version: plugin.installed.version ?? '' } }
    : null;
}
