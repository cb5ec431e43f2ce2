import { BeaverError } from '../../base/errors.ts';
import { InstallService } from '../../core/install/install-service.ts';
import type { Resolution } from '../../core/install/install-deps.ts';
import { withFetched } from '../../core/install/package-repair.ts';
import { type AutoUpdateLimit, autoUpdateLimit } from '../../core/marketplaces/auto-update-mode.ts';
import type {
  SeenMarketplace,
  UpdatablePlugin,
  UpdateDecision,
} from '../../core/marketplaces/auto-update-plan.ts';
import { type AutoUpdateRequest, runAutoUpdate } from '../../core/marketplaces/auto-update-run.ts';
import { sourceToAsk } from '../../core/marketplaces/choose-offer.ts';
import { readAutoUpdateState, type UpdateRecord } from '../../core/marketplaces/update-record.ts';
import type { FetchOptions } from '../../core/package-ports.ts';
import type { LockWait } from '../../core/ports.ts';
import { stepPath } from '../../core/skills/transaction-steps.ts';
import { withTransaction } from '../../core/skills/transaction.ts';
import { seenMarketplaces, updatablePlugins } from '../package-view.ts';
import type { AutoUpdatePayload } from '../upkeep-payloads.ts';
import { recordPayload } from './decision-payloads.ts';
import { writeLock } from './locked-plugins.ts';
import { type Environment, installedNow, type UpkeepContext } from './upkeep-context.ts';

export interface AutoUpdateRound extends Omit<AutoUpdateRequest, 'wait' | 'limit'> {
  readonly environment: Environment;
}

/** One round. The environment and the setting hold it back. */
export async function autoUpdateRound(
  context: UpkeepContext,
  { environment, ...request }: AutoUpdateRound,
  wait: LockWait,
): Promise<AutoUpdatePayload> {
  const { install, marketplaces } = context;
  const { layout, ports, transactions } = install.mirror;
  const service = new InstallService(install);
  const limit = autoUpdateLimit(environment, context.autoUpdate);
  const updated = new Set<string>();
  const plugins = async (): Promise<readonly UpdatablePlugin[]> =>
    updatablePlugins(install.mirror, await installedNow(context));
  const resolutionFor = async (decision: UpdateDecision): Promise<Resolution> => {
    const plugin = (await plugins()).find((one) => one.id === decision.id) ?? gone(decision.id);
    return resolutionOf(decision, plugin, await seenMarketplaces(marketplaces));
  };
  const report = await runAutoUpdate(
    {
      files: ports.files,
      layout,
      clock: ports.clock,
      random: context.random,
      plugins,
      marketplaces: () => seenMarketplaces(marketplaces),
      refresh: async (name, options) => {
        const [outcome] = await marketplaces.refresh([name], wait, options);
        return outcome?.status === 'failed' ? outcome.error.code : null;
      },
      offers: (source, options) => install.packages.offers(source, options),
      stage: async (decision, options) => {
        const { resolved } = await resolutionFor(decision);
        // What was fetched is in the cache then: the update itself needs no network.
        await withFetched(install, resolved, options, () => Promise.resolve());
      },
      apply: async (decision, options) => {
        const outcome = await service.update(decision.id, {
          wait,
          ...transferOf(options),
          automatic: true,
          resolution: await resolutionFor(decision),
        });
        if (outcome.status === 'updated') updated.add(decision.id);
        if (outcome.status === 'consent_required') return { status: 'consent_required' };
        if (outcome.status === 'skipped')
          return { status: 'skipped', code: outcome.reason?.code ?? 'skipped' };
        return { status: 'done' };
      },
      change: (purpose, lockWait, plan) =>
        install.write(purpose, lockWait, async () => {
          const writes = await plan();
          await withTransaction(transactions, async (transaction) => {
            for (const { path, text } of writes)
              transaction.add({ kind: 'write', path: stepPath(layout, path), text });
            await transaction.commit(purpose);
          });
        }),
    },
    { ...request, limit, wait },
  );
  if (updated.size > 0) {
    await context.sync(wait);
    await writeLock(context, wait);
  }
  return payloadOf(limit, report.checked, report.next_at, report.records);
}

/** What the last rounds decided, asking nobody. */
export async function lastAutoUpdates(
  context: UpkeepContext,
  environment: Environment,
): Promise<AutoUpdatePayload> {
  const { layout, ports } = context.install.mirror;
  const limit = autoUpdateLimit(environment, context.autoUpdate);
  const { marketplaces: schedules, plugins } = await readAutoUpdateState(ports.files, layout);
  const today = await installedNow(context);
  const times = Object.values(schedules).map(({ next_at: at }) => at);
  const records = Object.values(plugins).filter(({ id }) => today.has(id));
  return payloadOf(limit, [], times.length === 0 ? null : Math.min(...times), records);
}

function resolutionOf(
  { offer }: UpdateDecision,
  plugin: UpdatablePlugin,
  seen: ReadonlyMap<string, SeenMarketplace>,
): Resolution {
  if (offer === null) throw new TypeError('nothing was chosen');
  const marketplace = seen.get(plugin.marketplace ?? '');
  const source = marketplace?.sources.get(plugin.name) ?? plugin.source;
  const asked = sourceToAsk(source, plugin.pin ?? marketplace?.defaultPin ?? null);
  return {
    resolved: { source: asked, identity: offer.identity, version: offer.version },
    tags: offer.tags,
  };
}

function payloadOf(
  limit: AutoUpdateLimit,
  checked: readonly string[],
  nextAt: number | null,
  records: readonly UpdateRecord[],
): AutoUpdatePayload {
  return {
    auto_update: {
      limit: limit.mode,
      limit_by: limit.by,
      checked: [...checked],
      next_at: nextAt === null ? null : new Date(nextAt).toISOString(),
      plugins: records.map(recordPayload).sort((a, b) => (a.id < b.id ? -1 : 1)),
    },
  };
}

function gone(id: string): never {
  throw new BeaverError('plugin_not_installed', `The plugin "${id}" is not installed any more.`, {
    nextStep: 'Nothing needs to be done.',
    field: 'id',
  });
}

/** Progress of an installation is told by its phases. */
function transferOf({ signal, offline }: FetchOptions): Pick<FetchOptions, 'signal' | 'offline'> {
  return { ...(signal === undefined ? {} : { signal }), ...(offline === undefined ? {} : { offline }) };
}
