import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { InstallService } from '../../core/install/install-service.ts';
import type { Resolution } from '../../core/install/install-deps.ts';
import { dropStaged, stageUpdate } from '../../core/install/stage-update.ts';
import { readStagedUpdates, stagedIdentity } from '../../core/install/staged-updates.ts';
import { type AutoUpdateLimit, autoUpdateLimit } from '../../core/marketplaces/auto-update-mode.ts';
import type {
  SeenMarketplace,
  UpdatablePlugin,
  UpdateDecision,
} from '../../core/marketplaces/auto-update-plan.ts';
import { type AutoUpdateRequest, runAutoUpdate } from '../../core/marketplaces/auto-update-run.ts';
import { sourceToAsk } from '../../core/marketplaces/choose-offer.ts';
import { staleStaged } from '../../core/marketplaces/staged-fate.ts';
import { readAutoUpdateState, type UpdateRecord } from '../../core/marketplaces/update-record.ts';
import type { FetchOptions } from '../../core/package-ports.ts';
import type { LockWait } from '../../core/ports.ts';
import { stepPath } from '../../core/skills/transaction-steps.ts';
import { withTransaction } from '../../core/skills/transaction.ts';
import { seenMarketplaces, updatablePlugins } from '../package-view.ts';
import type { AutoUpdatePayload, StagedPayload } from '../upkeep-payloads.ts';
import { recordPayload } from './decision-payloads.ts';
import { followLock } from './locked-plugins.ts';
import { stagedPayloads } from './staged.ts';
import { type Environment, installedNow, type UpkeepContext } from './upkeep-context.ts';

export interface AutoUpdateRound extends Omit<AutoUpdateRequest, 'wait' | 'limit'> {
  readonly environment: Environment;
}

/**
 * One round. The environment and the setting hold it back. On one machine one round runs at a time, whatever windows and folders there are:
 * another one is not waited for unless a person asked, and `busy` says that it was in the way.
 */
export async function autoUpdateRound(
  context: UpkeepContext,
  round: AutoUpdateRound,
  wait: LockWait,
): Promise<AutoUpdatePayload> {
  const { home, install } = context;
  if (home === undefined) return runRound(context, round, wait);
  const { lock } = install.mirror.ports;
  const machine: LockWait = round.now === true ? wait : { kind: 'never' };
  const mine = { begun: false };
  try {
    return await lock.run(path.join(home, 'locks', 'auto-update.lock'), 'auto-update', machine, () => {
      mine.begun = true;
      return runRound(context, round, wait);
    });
  } catch (error) {
    if (mine.begun || !(error instanceof BeaverError && error.code === 'plugin_write_busy')) throw error;
    const { auto_update: last } = await lastAutoUpdates(context, round.environment);
    return { auto_update: { ...last, status: 'busy' } };
  }
}

async function runRound(
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
        const { signal } = options;
        const resolution = await resolutionFor(decision);
        await stageUpdate(install, decision.id, resolution, {
          wait,
          ...(signal === undefined ? {} : { signal }),
        });
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
  await dropStale(context, report.records, wait);
  if (updated.size > 0) {
    await context.sync(wait);
    await followLock(context, [], wait);
  }
  return payloadOf(limit, report.checked, report.next_at, report.records, await stagedPayloads(context));
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
  const nextAt = times.length === 0 ? null : Math.min(...times);
  return payloadOf(limit, [], nextAt, records, await stagedPayloads(context));
}

async function dropStale(
  context: UpkeepContext,
  records: readonly UpdateRecord[],
  wait: LockWait,
): Promise<void> {
  const { layout, ports } = context.install.mirror;
  const updates = await readStagedUpdates(ports.files, layout);
  const staged = new Map([...updates].map(([id, update]) => [id, stagedIdentity(update)]));
  const stale = staleStaged(staged, records, new Set((await installedNow(context)).keys()));
  if (stale.length > 0) await dropStaged(context.install, stale, wait);
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
  staged: readonly StagedPayload[],
): AutoUpdatePayload {
  return {
    auto_update: {
      status: 'done',
      limit: limit.mode,
      limit_by: limit.by,
      checked: [...checked],
      next_at: nextAt === null ? null : new Date(nextAt).toISOString(),
      plugins: records.map(recordPayload).sort((a, b) => (a.id < b.id ? -1 : 1)),
      staged: [...staged],
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
