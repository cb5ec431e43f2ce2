import { toBeaverError } from '../../base/system-errors.ts';
import { installedPlugin } from '../../core/install/install-registry.ts';
import type { SeenMarketplace, UpdatablePlugin } from '../../core/marketplaces/auto-update-plan.ts';
import { sourceToAsk } from '../../core/marketplaces/choose-offer.ts';
import { changeText } from '../../core/marketplaces/decision-text.ts';
import { pluginStanding, type PluginStanding } from '../../core/marketplaces/outdated.ts';
import { pinText } from '../../core/package-pin.ts';
import type { FetchOptions } from '../../core/package-ports.ts';
import { seenMarketplaces, updatablePlugins } from '../package-view.ts';
import type { OutdatedPayload, OutdatedPluginPayload } from '../upkeep-payloads.ts';
import { contentPayload, phrasePayload } from './decision-payloads.ts';
import { installedNow, type UpkeepContext } from './upkeep-context.ts';

/** How installed plugins stand to what is offered; all of them without ids. Asks their sources, one after the other. */
export async function outdatedPlugins(
  context: UpkeepContext,
  ids: readonly string[],
  fetching: FetchOptions,
): Promise<OutdatedPayload> {
  const plugins = await installedNow(context);
  for (const id of ids) installedPlugin(plugins, id);
  const seen = await seenMarketplaces(context.marketplaces);
  const outdated: OutdatedPluginPayload[] = [];
  const current: string[] = [];
  for (const plugin of [...(await updatablePlugins(context.install.mirror, plugins))].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  )) {
    if (ids.length > 0 && !ids.includes(plugin.id)) continue;
    const payload = await standingPayload(plugin, () => standing(context, plugin, seen, fetching));
    const news = payload.latest !== null && payload.latest.identity !== payload.current.identity;
    if (news || payload.change !== 'none' || payload.alert !== null || payload.problem !== null)
      outdated.push(payload);
    else current.push(plugin.id);
  }
  return { outdated, up_to_date: current };
}

async function standing(
  { install }: UpkeepContext,
  plugin: UpdatablePlugin,
  seen: ReadonlyMap<string, SeenMarketplace>,
  fetching: FetchOptions,
): Promise<PluginStanding> {
  const marketplace = seen.get(plugin.marketplace ?? '');
  const source = marketplace?.sources.get(plugin.name) ?? plugin.source;
  const defaultPin = marketplace?.defaultPin ?? null;
  const pin = plugin.pin ?? defaultPin;
  const unpinned = await install.packages.offers(source, fetching);
  const offers = pin === null ? unpinned : await install.packages.offers(sourceToAsk(source, pin), fetching);
  return pluginStanding({ plugin, source, defaultPin, offers, unpinned });
}

async function standingPayload(
  plugin: UpdatablePlugin,
  ask: () => Promise<PluginStanding>,
): Promise<OutdatedPluginPayload> {
  const common = { id: plugin.id, current: contentPayload(plugin.installed) };
  try {
    const stands = await ask();
    return {
      ...common,
      wanted: stands.wanted === null ? null : contentPayload(stands.wanted),
      latest: stands.latest === null ? null : contentPayload(stands.latest),
      pin: stands.pin,
      pinned_by: stands.pinnedBy,
      change: stands.change.kind,
      change_text: changeText(stands.change),
      alert: phrasePayload(stands.alert),
      problem: phrasePayload(stands.problem),
    };
  } catch (error) {
    const coded = toBeaverError(error);
    if (coded === undefined || coded.code === 'fetch_cancelled') throw error;
    const problem = phrasePayload({ code: 'check_failed', params: { error: coded.code } });
    const nothing = { wanted: null, latest: null, pinned_by: null, change: 'none', change_text: '' } as const;
    return {
      ...common,
      ...nothing,
      pin: plugin.pin === null ? null : pinText(plugin.pin),
      alert: null,
      problem,
    };
  }
}
