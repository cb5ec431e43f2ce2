import type { Finding } from '../base/errors.ts';
import { BeaverError } from '../base/errors.ts';
import type { Phrase } from '../base/phrase.ts';
import { toBeaverError } from '../base/system-errors.ts';
import { registryStep } from '../core/install/attempt-end.ts';
import { attemptIds } from '../core/install/attempt-journal.ts';
import type { InstallDeps } from '../core/install/install-deps.ts';
import { type InstalledPlugins, installedPlugin, readInstalled } from '../core/install/install-registry.ts';
import type { InstallOutcome } from '../core/install/install-outcome.ts';
import { InstallService } from '../core/install/install-service.ts';
import type { InstalledPackage } from '../core/install/installed-plugin.ts';
import { removeUnreferenced, repairPackage, withFetched } from '../core/install/package-repair.ts';
import { unreferencedPackages } from '../core/install/package-store.ts';
import { liveSource } from '../core/install/stored-source.ts';
import {
  type AutoUpdateLimit,
  autoUpdateLimit,
  type AutoUpdateMode,
} from '../core/marketplaces/auto-update-mode.ts';
import {
  type SeenMarketplace,
  type UpdatablePlugin,
  type UpdateDecision,
} from '../core/marketplaces/auto-update-plan.ts';
import { type AutoUpdateRequest, runAutoUpdate } from '../core/marketplaces/auto-update-run.ts';
import { sourceToAsk } from '../core/marketplaces/choose-offer.ts';
import { changeText, decisionText } from '../core/marketplaces/decision-text.ts';
import { checkLock, lockOf, planFrozenInstall } from '../core/marketplaces/lock-check.ts';
import { type LockedPlugins, parseLock, serialiseLock } from '../core/marketplaces/lock-file.ts';
import type { MarketplaceService } from '../core/marketplaces/marketplace-service.ts';
import { pluginStanding, type PluginStanding } from '../core/marketplaces/outdated.ts';
import { planReconcile, type ReconcileItem } from '../core/marketplaces/reconcile-plan.ts';
import {
  readAutoUpdateState,
  readUpdateLines,
  type UpdateRecord,
} from '../core/marketplaces/update-record.ts';
import type { VersionedOffer } from '../core/marketplaces/tagged-versions.ts';
import { writeFileDurably } from '../core/durable.ts';
import { identityText, sourceLabel } from '../core/package-identity.ts';
import { type PackagePin, parsePin, pinText } from '../core/package-pin.ts';
import type { FetchOptions } from '../core/package-ports.ts';
import type { LockWait } from '../core/ports.ts';
import { stepPath } from '../core/skills/transaction-steps.ts';
import { withTransaction } from '../core/skills/transaction.ts';
import { packagesOnDisk, seenMarketplaces, updatablePlugins } from './package-view.ts';
import type {
  AutoUpdatePayload,
  FrozenPayload,
  LockPayload,
  OutdatedPayload,
  OutdatedPluginPayload,
  PinPayload,
  ReconcilePayload,
  UpdateRecordPayload,
  VerifyPayload,
  WhyPayload,
} from './upkeep-payloads.ts';

/** Keeping what is installed as it is wanted: pins, the lock file, auto-update, reconciliation. */
export interface UpkeepApi {
  /** How installed plugins stand to what is offered; all of them without ids. Asks their sources, one after the other. */
  outdated(ids?: readonly string[], fetching?: FetchOptions): Promise<OutdatedPayload>;
  /** Holds a plugin to what a pin stands for from the next update on; null lets go of it. */
  pin(id: string, pin: PackagePin | null, wait?: LockWait): Promise<PinPayload>;
  /** Holds a plugin to exactly the content that is in use. */
  pinHere(id: string, wait?: LockWait): Promise<PinPayload>;
  /** Why a plugin is installed as it is, and why it was or was not updated. Asks nobody. */
  why(id: string): Promise<WhyPayload>;
  /** Brings the lock file up to date. */
  lock(wait?: LockWait): Promise<LockPayload>;
  /** Holds the lock file against what is installed and what is on disk. */
  verify(): Promise<VerifyPayload>;
  /** Installs exactly what the lock file says. @throws BeaverError `lock_missing`, `lock_incomplete`, `lock_mismatch`. */
  installFrozen(fetching?: FetchOptions, wait?: LockWait): Promise<FrozenPayload>;
  /** One round. The environment and the setting hold it back. */
  autoUpdate(request: AutoUpdateRound, wait?: LockWait): Promise<AutoUpdatePayload>;
  /** What the last rounds decided, asking nobody. */
  autoUpdateState(environment: Environment): Promise<AutoUpdatePayload>;
  /** What is off and what would be done; done with `apply`, and with `confirmed` also what removes or overwrites. */
  reconcile(
    request?: { readonly apply?: boolean; readonly confirmed?: boolean },
    fetching?: FetchOptions,
    wait?: LockWait,
  ): Promise<ReconcilePayload>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface AutoUpdateRound extends Omit<AutoUpdateRequest, 'wait' | 'limit'> {
  readonly environment: Environment;
}

export interface UpkeepContext {
  readonly install: InstallDeps;
  readonly marketplaces: MarketplaceService;
  readonly bounded: LockWait;
  /** The setting `beaver.autoUpdate`. */
  readonly autoUpdate: AutoUpdateMode | undefined;
  readonly random: () => number;
  /** Offers what has come to the skills. */
  readonly sync: (wait: LockWait) => Promise<unknown>;
  /** What else is off in the workspace. */
  readonly doctor: () => Promise<
    readonly { readonly code: string; readonly message: string; readonly next_step: string }[]
  >;
}

export function createUpkeep(context: UpkeepContext): UpkeepApi {
  const { install, marketplaces, bounded, random, sync } = context;
  const { mirror } = install;
  const { layout, ports, transactions } = mirror;
  const { files } = ports;
  const service = new InstallService(install);
  const installed = (): Promise<InstalledPlugins> => readInstalled(files, layout);
  const readLock = async (): Promise<LockedPlugins | undefined> => {
    const bytes = await files.readFile(layout.packageLock);
    return bytes === undefined ? undefined : parseLock(Buffer.from(bytes).toString('utf8'));
  };
  const writeLock = (wait: LockWait): Promise<LockPayload> =>
    install.write('bring the lock file up to date', wait, async () => {
      const plugins = await installed();
      const before = await files.readFile(layout.packageLock);
      // One with conflict markers is made anew from what is installed.
      const known = await readLock().catch((): LockedPlugins => new Map());
      const lock = lockOf(plugins, await packagesOnDisk(mirror, plugins), known ?? new Map());
      const bytes = Buffer.from(serialiseLock(lock), 'utf8');
      const changed = before === undefined ? lock.size > 0 : !bytes.equals(before);
      if (changed) await writeFileDurably(files, layout.packageLock, bytes);
      return { locked: [...lock.keys()], changed };
    });
  const setPin = async (
    id: string,
    wait: LockWait,
    choose: (active: InstalledPackage) => PackagePin | null,
  ): Promise<PinPayload> => {
    const pinned = await install.write(`pin ${id}`, wait, async () => {
      const plugins = new Map(await installed());
      const plugin = installedPlugin(plugins, id);
      const pin = choose(plugin.active);
      plugins.set(id, { ...plugin, pin });
      await withTransaction(transactions, async (transaction) => {
        transaction.add(registryStep(install, plugins));
        await transaction.commit('pin a plugin');
      });
      const before = plugin.pin === null ? null : pinText(plugin.pin);
      return { id, pin: pin === null ? null : pinText(pin), before };
    });
    await writeLock(wait);
    return { pinned };
  };
  const standing = async (
    plugin: UpdatablePlugin,
    seen: ReadonlyMap<string, SeenMarketplace>,
    fetching: FetchOptions,
  ): Promise<PluginStanding> => {
    const marketplace = seen.get(plugin.marketplace ?? '');
    const source = marketplace?.sources.get(plugin.name) ?? plugin.source;
    const defaultPin = marketplace?.defaultPin ?? null;
    const pin = plugin.pin ?? defaultPin;
    const unpinned = await install.packages.offers(source, fetching);
    const offers =
      pin === null ? unpinned : await install.packages.offers(sourceToAsk(source, pin), fetching);
    return pluginStanding({ plugin, source, defaultPin, offers, unpinned });
  };
  const resolutionOf = (
    { offer }: UpdateDecision,
    plugin: UpdatablePlugin,
    seen: ReadonlyMap<string, SeenMarketplace>,
  ): {
    readonly resolved: {
      source: UpdatablePlugin['source'];
      identity: VersionedOffer['identity'];
      version: string | null;
    };
    readonly tags: readonly string[];
  } => {
    if (offer === null) throw new TypeError('nothing was chosen');
    const marketplace = seen.get(plugin.marketplace ?? '');
    const source = marketplace?.sources.get(plugin.name) ?? plugin.source;
    const asked = sourceToAsk(source, plugin.pin ?? marketplace?.defaultPin ?? null);
    return {
      resolved: { source: asked, identity: offer.identity, version: offer.version },
      tags: offer.tags,
    };
  };

  return {
    outdated: async (ids = [], fetching = {}) => {
      const plugins = await installed();
      for (const id of ids) installedPlugin(plugins, id);
      const seen = await seenMarketplaces(marketplaces);
      const outdated: OutdatedPluginPayload[] = [];
      const current: string[] = [];
      for (const plugin of [...(await updatablePlugins(mirror, plugins))].sort((a, b) =>
        a.id < b.id ? -1 : 1,
      )) {
        if (ids.length > 0 && !ids.includes(plugin.id)) continue;
        const payload = await standingPayload(plugin, () => standing(plugin, seen, fetching));
        const news = payload.latest !== null && payload.latest.identity !== payload.current.identity;
        if (news || payload.change !== 'none' || payload.alert !== null || payload.problem !== null)
          outdated.push(payload);
        else current.push(plugin.id);
      }
      return { outdated, up_to_date: current };
    },
    pin: (id, pin, wait = bounded) => setPin(id, wait, () => pin),
    pinHere: (id, wait = bounded) => setPin(id, wait, ({ identity }) => ({ kind: 'exact', identity })),
    why: async (id) => {
      const plugins = await installed();
      const plugin = installedPlugin(plugins, id);
      const seen = (await seenMarketplaces(marketplaces)).get(plugin.marketplace ?? '');
      const state = await readAutoUpdateState(files, layout);
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
          decisions: (await readUpdateLines(files, layout))
            .filter((line) => line.id === id)
            .map(recordPayload),
          next_check: schedule === undefined ? null : new Date(schedule.next_at).toISOString(),
        },
      };
    },
    lock: (wait = bounded) => writeLock(wait),
    verify: async () => {
      const lock = (await readLock()) ?? noLock();
      const plugins = await installed();
      const findings = checkLock(lock, plugins, await packagesOnDisk(mirror, plugins));
      return {
        verified: findings.length === 0,
        locked: lock.size,
        installed: plugins.size,
        findings: [...findings],
      };
    },
    installFrozen: async (fetching = {}, wait = bounded) => {
      const lock = (await readLock()) ?? noLock();
      const plan = planFrozenInstall(lock, await installed());
      refuse(plan.problems);
      const done: string[] = [];
      for (const { id, resolved, locked } of plan.install) {
        const source = liveSource(layout, locked.source);
        const outcome = await service.install(targetOf(id, source), {
          wait,
          ...transferOf(fetching),
          enable: true,
          ...(locked.pin === null ? {} : { pin: parsePin(locked.pin) }),
          resolution: {
            resolved: { ...resolved, source: liveSource(layout, resolved.source) },
            tags: [],
          },
        });
        refuseOutcome(id, outcome);
        done.push(id);
      }
      if (done.length > 0) await sync(wait);
      const now = await installed();
      refuse(checkLock(lock, now, await packagesOnDisk(mirror, now)));
      return { frozen: { installed: done, unchanged: [...plan.keep] } };
    },
    autoUpdate: async ({ environment, ...request }, wait = bounded) => {
      const limit = autoUpdateLimit(environment, context.autoUpdate);
      const updated = new Set<string>();
      const pluginOf = async (id: string): Promise<UpdatablePlugin> => {
        const plugin = (await updatablePlugins(mirror, await installed())).find((one) => one.id === id);
        return plugin ?? gone(id);
      };
      const report = await runAutoUpdate(
        {
          files,
          layout,
          clock: ports.clock,
          random,
          plugins: async () => updatablePlugins(mirror, await installed()),
          marketplaces: () => seenMarketplaces(marketplaces),
          refresh: async (name, options) => {
            const [outcome] = await marketplaces.refresh([name], wait, options);
            return outcome?.status === 'failed' ? outcome.error.code : null;
          },
          offers: (source, options) => install.packages.offers(source, options),
          stage: async (decision, options) => {
            const plugin = await pluginOf(decision.id);
            const { resolved } = resolutionOf(decision, plugin, await seenMarketplaces(marketplaces));
            // What was fetched is in the cache then: the update itself needs no network.
            await withFetched(install, resolved, options, () => Promise.resolve());
          },
          apply: async (decision, options) => {
            const plugin = await pluginOf(decision.id);
            const seen = await seenMarketplaces(marketplaces);
            const outcome = await service.update(decision.id, {
              wait,
              ...transferOf(options),
              automatic: true,
              resolution: resolutionOf(decision, plugin, seen),
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
        await sync(wait);
        await writeLock(wait);
      }
      return autoUpdatePayload(limit, report.checked, report.next_at, report.records);
    },
    autoUpdateState: async (environment) => {
      const limit = autoUpdateLimit(environment, context.autoUpdate);
      const { marketplaces: schedules, plugins } = await readAutoUpdateState(files, layout);
      const today = await installed();
      const times = Object.values(schedules).map(({ next_at: at }) => at);
      const records = Object.values(plugins).filter(({ id }) => today.has(id));
      return autoUpdatePayload(limit, [], times.length === 0 ? null : Math.min(...times), records);
    },
    reconcile: async ({ apply = false, confirmed = false } = {}, fetching = {}, wait = bounded) => {
      const plugins = await installed();
      const seen = await seenMarketplaces(marketplaces);
      const lock = await readLock();
      const disk = await packagesOnDisk(mirror, plugins);
      const others: { code: string; message: string; next_step: string }[] = [...(await context.doctor())];
      if (lock !== undefined)
        others.push(...checkLock(lock, plugins, disk).filter(({ code }) => code.startsWith('lock_')));
      const abandoned = (await attemptIds(files, layout)).filter((id) => !install.running.has(id));
      const plan = planReconcile({
        installed: plugins,
        disk,
        unreferenced: (await unreferencedPackages(files, layout, plugins)).map((folder) =>
          layout.display(folder),
        ),
        abandonedAttempts: abandoned,
        marketplaces: new Map(
          [...seen].map(([name, { sources }]) => [name, sources.size === 0 ? null : new Set(sources.keys())]),
        ),
        others,
      });
      const items: ReconcilePayload['reconcile']['items'] = [];
      for (const item of plan.items) {
        const may = apply && item.action !== 'none' && (!item.confirm || confirmed);
        items.push({
          ...item,
          ...(may ? await carryOut(item) : { outcome: apply ? 'left' : 'planned', error: null }),
        });
      }
      const open = items.filter(({ outcome }) => outcome !== 'done').length;
      return {
        reconcile: { status: items.length === 0 ? 'synced' : open === 0 ? 'repaired' : 'drift', items },
      };

      /** One that fails is said to, and keeps nothing else from being repaired. */
      async function carryOut(
        item: ReconcileItem,
      ): Promise<{ outcome: 'done' | 'failed'; error: string | null }> {
        try {
          if (item.action === 'fetch' || item.action === 'restore')
            await repairPackage(install, item.subject, wait, fetching);
          else if (item.action === 'remove') await removeUnreferenced(install, [item.subject], wait);
          // Taking the lock is what ends attempts that nobody carries out any more.
          else await install.write('end interrupted installations', wait, () => Promise.resolve());
          return { outcome: 'done', error: null };
        } catch (error) {
          const coded = toBeaverError(error);
          if (coded === undefined || coded.code === 'plugin_write_busy') throw error;
          return { outcome: 'failed', error: `${coded.message} [${coded.code}]` };
        }
      }
    },
  };
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

function autoUpdatePayload(
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

function recordPayload(record: UpdateRecord): UpdateRecordPayload {
  const { at, id, action, version, identity } = record;
  const reason = { ...record.reason, message: decisionText(record.reason) };
  return { at, id, action, version, identity, reason, alert: phrasePayload(record.alert) };
}

function phrasePayload(phrase: Phrase | null): OutdatedPluginPayload['alert'] {
  return phrase === null
    ? null
    : { code: phrase.code, params: { ...phrase.params }, message: decisionText(phrase) };
}

function contentPayload({ version, identity }: Pick<VersionedOffer, 'version' | 'identity'>): {
  version: string | null;
  identity: string;
} {
  return { version, identity: identityText(identity) };
}

function targetOf(id: string, source: UpdatablePlugin['source']): Parameters<InstallService['install']>[0] {
  const at = id.lastIndexOf('@');
  const marketplace = id.slice(at + 1);
  return marketplace === 'direct'
    ? { kind: 'source', source }
    : { kind: 'listed', name: id.slice(0, at), marketplace };
}

function noLock(): never {
  throw new BeaverError('lock_missing', 'There is no beaver.lock.json here.', {
    nextStep: 'Run "beaver plugins lock" to make one of what is installed.',
    path: 'beaver.lock.json',
  });
}

function refuse(problems: readonly Finding[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new BeaverError('lock_mismatch', first.message, {
    nextStep: first.next_step,
    path: first.path,
    ...(first.field === undefined ? {} : { field: first.field }),
  });
}

function refuseOutcome(id: string, outcome: InstallOutcome): void {
  if (['installed', 'updated', 'unchanged'].includes(outcome.status)) return;
  throw new BeaverError(
    'lock_mismatch',
    `${id} could not be installed as it is locked (${outcome.status}).`,
    {
      nextStep: outcome.reason?.nextStep ?? 'Install it by itself to see what it brings and to accept it.',
      field: 'id',
    },
  );
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
