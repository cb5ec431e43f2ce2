import { BeaverError } from '../../base/errors.ts';
import type { JsonValue } from '../../base/json.ts';
import { sameIdentity } from '../package-identity.ts';
import type { PackagePin } from '../package-pin.ts';
import type { FetchOptions, PackageIdentity } from '../package-ports.ts';
import type { LockWait } from '../ports.ts';
import { withTransaction } from '../skills/transaction.ts';
import { activate, type ActivationMember, moved } from './activation.ts';
import { contentOf, registryStep, timeOf } from './attempt-end.ts';
import { AttemptRun } from './attempt-run.ts';
import { consentFor } from './consent.ts';
import { consentSubject } from './consent-subject.ts';
import { assertDependants, prepareDependencies } from './dependency-plan.ts';
import type { InstallDeps, Resolution } from './install-deps.ts';
import { type InstallEvent, installEventStep, readInstallEvents } from './install-events.ts';
import { type InstallOutcome, NOTHING, outcomeOf } from './install-outcome.ts';
import { type InstalledPlugins, installedPlugin, readInstalled } from './install-registry.ts';
import { type InstalledPlugin, packageDirectory } from './installed-plugin.ts';
import { repairPackage } from './package-repair.ts';
import { assertPackage } from './package-store.ts';
import { type PhaseProgress, withinDeadline } from './phases.ts';
import {
  fetchPackage,
  installedIdOf,
  recordOf,
  type StagedPackage,
  verifyPackage,
  type WantedPlugin,
} from './staged-package.ts';

export interface InstallOptions {
  readonly wait: LockWait;
  readonly pin?: PackagePin;
  /** Digest of a consent that was asked for. */
  readonly accept?: string;
  /** False leaves the skills of a new plugin out of use. Default true. */
  readonly enable?: boolean;
  /** True where no person asked: then nothing is done that asks for one. */
  readonly automatic?: boolean;
  readonly offline?: boolean;
  /** Exactly this content, whatever the pin says: what a lock file names. */
  readonly resolution?: Resolution;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PhaseProgress) => void;
}

/**
 * Brings one plugin in, with what it needs: looks for its content, then carries out an attempt unless that content is in use already.
 * @throws BeaverError of the phase that failed, after everything was rolled back.
 */
export async function bringIn(
  deps: InstallDeps,
  operation: 'install' | 'update',
  wanted: WantedPlugin,
  options: InstallOptions,
): Promise<InstallOutcome> {
  const fetching = (signal: AbortSignal): FetchOptions => ({
    signal,
    ...(options.offline === undefined ? {} : { offline: options.offline }),
  });
  const known = (await installedNow(deps)).get(wanted.id);
  const { name, source, pin } = wanted;
  const question = { name, source, pin: pin ?? wanted.defaultPin ?? null, ignored: known?.ignored ?? [] };
  // Looking is no attempt yet: whatever it finds out, nothing has begun that could be rolled back.
  const resolution =
    options.resolution ??
    (await withinDeadline('download', deps.deadlines.download, options.signal, (signal) =>
      deps.catalog.resolve(question, fetching(signal)),
    ));
  if (known !== undefined && isActive(known, resolution)) {
    const again = operation === 'install' && options.automatic !== true;
    const repaired = again && (await repairWhereNeeded(deps, wanted.id, known, options));
    const outcome = await unchanged(deps, wanted, known, options);
    return repaired ? { ...outcome, status: 'installed' } : outcome;
  }
  assertNotIgnored(wanted.id, known, resolution.resolved.identity);
  const common = { operation, id: wanted.id, automatic: options.automatic === true };
  return AttemptRun.carryOut(deps, { ...options, ...common }, async (run) => {
    await run.phase('download', (signal) => fetchPackage(deps, resolution, run.staging(0), fetching(signal)));
    const root = await run.phase('verify', async () =>
      named(await verifyPackage(deps, wanted, resolution, run.staging(0))),
    );
    const { id } = root.wanted;
    run.rename(id);
    const installed = await installedNow(deps);
    const before = installed.get(id) ?? null;
    if (known !== undefined && before === null) throw moved(id);
    if (before !== null && isActive(before, resolution)) return unchanged(deps, root.wanted, before, options);
    let number = 0;
    const prepared = await run.phase('dependency-prepare', (signal) =>
      blockedAs(before ?? undefined, async () => {
        assertDependants(id, root.package.version, installed);
        const bring = async (one: WantedPlugin, chosen: Resolution): Promise<StagedPackage> => {
          number += 1;
          const folder = run.staging(number);
          await fetchPackage(deps, chosen, folder, fetching(signal));
          return verifyPackage(deps, one, chosen, folder);
        };
        return prepareDependencies(deps, root, installed, bring, signal);
      }),
    );
    if ('blocked' in prepared) {
      const { code, message, nextStep } = prepared.blocked;
      const why = { code, message };
      await recordBlocked(deps, run, root, before, why, {}, options.wait);
      return { ...outcomeOf('skipped', run, root, before), reason: { ...why, nextStep } };
    }
    const members = [root, ...prepared.staged].map((staged): ActivationMember => {
      const earlier = installed.get(staged.wanted.id) ?? null;
      const needs = prepared.dependencies.get(staged.wanted.id) ?? [];
      return {
        staged,
        before: earlier,
        record: recordOf(deps, staged, earlier, needs),
        enable: earlier === null && options.enable !== false,
      };
    });
    const consent = consentFor(
      await Promise.all(members.map((member) => consentSubject(deps, member.staged, member.before))),
    );
    if (consent !== null && consent.digest !== options.accept) {
      const why = { code: 'consent_required', message: 'It brings something new that asks for a person.' };
      const changes = consent.changes.map(({ kind, id: of, value }) => ({ kind, id: of, value }));
      await recordBlocked(
        deps,
        run,
        root,
        before,
        why,
        { consent_digest: consent.digest, changes },
        options.wait,
      );
      return { ...outcomeOf('consent_required', run, root, before), consent };
    }
    if (!(await activate(run, members, null))) return outcomeOf('unchanged', run, root, before);
    const done = outcomeOf(before === null ? 'installed' : 'updated', run, root, before);
    return {
      ...done,
      dependencies: prepared.staged.map((one) => ({ id: one.wanted.id, version: one.package.version })),
    };
  });
}

/** Who installs a plugin again wants it whole. @returns whether its package had to be brought back. */
async function repairWhereNeeded(
  deps: InstallDeps,
  id: string,
  { active }: InstalledPlugin,
  { wait, offline = false, signal }: InstallOptions,
): Promise<boolean> {
  const { layout, ports } = deps.mirror;
  try {
    await assertPackage(ports.files, layout, id, active);
    return false;
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
  }
  await repairPackage(deps, id, wait, { offline, ...(signal === undefined ? {} : { signal }) });
  return true;
}

/** The content is in use already; a pin that was given is kept. */
async function unchanged(
  deps: InstallDeps,
  wanted: WantedPlugin,
  known: InstalledPlugin,
  options: InstallOptions,
): Promise<InstallOutcome> {
  const { pin } = options;
  if (pin !== undefined || (wanted.requested && !known.requested)) {
    await deps.write(`pin ${wanted.id}`, options.wait, async () => {
      const plugins = new Map(await installedNow(deps));
      const record = installedPlugin(plugins, wanted.id);
      const requested = record.requested || wanted.requested;
      plugins.set(wanted.id, { ...record, pin: pin ?? record.pin, requested });
      await withTransaction(deps.mirror.transactions, async (transaction) => {
        transaction.add(registryStep(deps, plugins));
        await transaction.commit('pin a plugin');
      });
    });
  }
  return {
    ...NOTHING,
    id: wanted.id,
    pluginId: known.plugin_id,
    status: 'unchanged',
    from: known.active,
    to: known.active,
  };
}

/** Once for each content and reason: asking again every day is no news. */
async function recordBlocked(
  deps: InstallDeps,
  run: AttemptRun,
  { wanted: { id }, package: offered }: StagedPackage,
  before: InstalledPlugin | null,
  reason: { readonly code: string; readonly message: string },
  detail: Readonly<Record<string, JsonValue>>,
  wait: LockWait,
): Promise<void> {
  const { layout, transactions } = deps.mirror;
  const to = contentOf(offered);
  const last = (await eventsOf(deps, id)).at(-1);
  if (
    last?.event === 'blocked' &&
    last.reason?.message === reason.message &&
    last.to?.identity === to?.identity
  )
    return;
  await deps.write(`record what ${id} waits for`, wait, async () => {
    await withTransaction(transactions, async (transaction) => {
      transaction.add(
        installEventStep(layout, {
          event_id: `${run.attempt.correlation_id}-blocked`,
          correlation_id: run.attempt.correlation_id,
          at: timeOf(deps),
          event: 'blocked',
          actor: run.attempt.actor,
          automatic: run.attempt.automatic,
          id,
          from: contentOf(before?.active),
          to,
          phase: 'dependency-prepare',
          reason,
          detail,
        }),
      );
      await transaction.commit('record what an update waits for');
    });
  });
}

/** An update that others stand in the way of is left out with its reason; the first installation fails for the same. */
async function blockedAs<T>(
  before: InstalledPlugin | undefined,
  body: () => Promise<T>,
): Promise<T | { readonly blocked: BeaverError }> {
  try {
    return await body();
  } catch (error) {
    const blocks = error instanceof BeaverError && /^dependency_/.test(error.code);
    if (!blocks || before === undefined) throw error;
    return { blocked: error };
  }
}

/** One that came from no marketplace is called what its manifest calls it. */
export function named(staged: StagedPackage): StagedPackage {
  const { wanted, contents } = staged;
  if (wanted.marketplace !== null || contents.manifest.dialect === 'collection') return staged;
  const name = contents.manifest.pluginId;
  return { ...staged, wanted: { ...wanted, name, id: installedIdOf(name, null) } };
}

function isActive(known: InstalledPlugin | undefined, { resolved }: Resolution): boolean {
  if (known === undefined || !sameIdentity(known.active.identity, resolved.identity)) return false;
  return known.active.directory === packageDirectory(resolved.identity, resolved.source);
}

function assertNotIgnored(id: string, known: InstalledPlugin | undefined, wanted: PackageIdentity): void {
  const ignored = known?.ignored.find(({ identity }) => sameIdentity(identity, wanted));
  if (ignored === undefined) return;
  throw new BeaverError(
    'package_ignored',
    `This content of "${id}" is not installed again: ${ignored.reason.message}`,
    { nextStep: 'Wait for a newer one, or uninstall the plugin and install it anew.', field: id },
  );
}

function installedNow(deps: InstallDeps): Promise<InstalledPlugins> {
  return readInstalled(deps.mirror.ports.files, deps.mirror.layout);
}

async function eventsOf(deps: InstallDeps, id: string): Promise<readonly InstallEvent[]> {
  const events = await readInstallEvents(deps.mirror.ports.files, deps.mirror.layout);
  return events.filter((event) => event.id === id);
}
