import { installedPlugin } from '../../core/install/install-registry.ts';
import { readAutoUpdateState, readUpdateLines } from '../../core/marketplaces/update-record.ts';
import { sourceLabel } from '../../core/package-identity.ts';
import { pinText } from '../../core/package-pin.ts';
import { seenMarketplaces } from '../package-view.ts';
import type { WhyPayload } from '../upkeep-payloads.ts';
import { contentPayload, recordPayload } from './decision-payloads.ts';
import { stagedPayloads } from './staged.ts';
import { installedNow, type UpkeepContext } from './upkeep-context.ts';

/** Why a plugin is installed as it is, and why it was or was not updated. Asks nobody. */
export async function whyPlugin(context: UpkeepContext, id: string): Promise<WhyPayload> {
  const { layout, ports } = context.install.mirror;
  const plugins = await installedNow(context);
  const plugin = installedPlugin(plugins, id);
  const seen = (await seenMarketplaces(context.marketplaces)).get(plugin.marketplace ?? '');
  const state = await readAutoUpdateState(ports.files, layout);
  const pin = plugin.pin ?? seen?.defaultPin ?? null;
  const schedule = plugin.marketplace === null ? undefined : state.marketplaces[plugin.marketplace];
  const last = state.plugins[id];
  return {
    why: {
      id,
      current: contentPayload(plugin.active),
      source: sourceLabel(plugin.source),
      marketplace: plugin.marketplace,
      mode: seen?.mode ?? null,
      pin: pin === null ? null : pinText(pin),
      pinned_by: plugin.pin !== null ? 'plugin' : pin === null ? null : 'marketplace',
      requested: plugin.requested,
      needed_by: [...plugins]
        .filter(([, one]) => one.dependencies.some((dependency) => dependency.id === id))
        .map(([by]) => by)
        .sort(),
      ignored: plugin.ignored.map((one) => ({ ...contentPayload(one), reason: one.reason.message })),
      last: last === undefined ? null : recordPayload(last),
      decisions: (await readUpdateLines(ports.files, layout))
        .filter((line) => line.id === id)
        .map(recordPayload),
      staged: (await stagedPayloads(context)).find((one) => one.id === id) ?? null,
      next_check: schedule === undefined ? null : new Date(schedule.next_at).toISOString(),
    },
  };
}
