import { BeaverError, type Finding, isBeaverError } from '../../base/errors.ts';
import { toBeaverError } from '../../base/system-errors.ts';
import { writeFileDurably } from '../../core/durable.ts';
import { registryStep } from '../../core/install/attempt-end.ts';
import { type ExactPlugin, installExactly } from '../../core/install/install-exactly.ts';
import { type InstalledPlugins, readInstalled } from '../../core/install/install-registry.ts';
import { liveSource } from '../../core/install/stored-source.ts';
import { type InstallTarget, wantedPlugin } from '../../core/install/wanted-plugin.ts';
import {
  checkLock,
  type FrozenPlan,
  lockOf,
  type PackagesOnDisk,
  planFrozenInstall,
} from '../../core/marketplaces/lock-check.ts';
import { type LockedPlugins, parseLock, serialiseLock } from '../../core/marketplaces/lock-file.ts';
import { originText, sameIdentity } from '../../core/package-identity.ts';
import { parsePin, pinText } from '../../core/package-pin.ts';
import type { FetchOptions, PackageSource } from '../../core/package-ports.ts';
import type { LockWait } from '../../core/ports.ts';
import { withTransaction } from '../../core/skills/transaction.ts';
import { packagesOnDisk } from '../package-view.ts';
import type { FrozenPayload, LockPayload, VerifyPayload } from '../upkeep-payloads.ts';
import { installedNow, type UpkeepContext } from './upkeep-context.ts';

/** `beaver.lock.json`: what is installed, for version control. Undefined where there is none. */
export async function readLock({ install }: UpkeepContext): Promise<LockedPlugins | undefined> {
  const { layout, ports } = install.mirror;
  const bytes = await ports.files.readFile(layout.packageLock);
  return bytes === undefined ? undefined : parseLock(Buffer.from(bytes).toString('utf8'));
}

/**
 * Makes the lock file say what is installed, and nothing else.
 * @throws BeaverError `schema_newer`, `stored_file_unreadable`; the file is left as it is.
 */
export function writeLock(context: UpkeepContext, wait: LockWait): Promise<LockPayload> {
  return changeLock(context, wait, async (plugins, disk) => {
    const before = await readLock(context).catch((error: unknown): LockedPlugins => {
      // One with conflict markers is made anew from what is installed.
      if (isBeaverError(error, 'lock_conflicted')) return new Map();
      throw error;
    });
    return lockOf(plugins, disk, before ?? new Map(), () => true);
  });
}

/**
 * Takes on what was installed, changed or uninstalled here; what else is locked stays. A lock file that cannot be read, or that a person has
 * to settle first, is left as it is: what was done is done, and "verify" tells of the difference.
 */
export async function followLock(
  context: UpkeepContext,
  uninstalled: readonly string[],
  wait: LockWait,
): Promise<void> {
  try {
    await changeLock(context, wait, async (plugins, disk) =>
      lockOf(plugins, disk, (await readLock(context)) ?? new Map(), (id) => uninstalled.includes(id)),
    );
  } catch (error) {
    const code = toBeaverError(error)?.code ?? 'internal_error';
    context.install.mirror.ports.log.log('warn', 'The lock file was not brought up to date', { code });
  }
}

function changeLock(
  context: UpkeepContext,
  wait: LockWait,
  next: (plugins: InstalledPlugins, disk: PackagesOnDisk) => Promise<LockedPlugins>,
): Promise<LockPayload> {
  const { mirror, write } = context.install;
  const { layout, ports } = mirror;
  return write('bring the lock file up to date', wait, async () => {
    const plugins = await installedNow(context);
    const before = await ports.files.readFile(layout.packageLock);
    const lock = await next(plugins, await packagesOnDisk(mirror, plugins));
    const bytes = Buffer.from(serialiseLock(lock), 'utf8');
    const changed = before === undefined ? lock.size > 0 : !bytes.equals(before);
    if (changed) await writeFileDurably(ports.files, layout.packageLock, bytes);
    return { locked: [...lock.keys()], changed };
  });
}

/** Holds the lock file against what is installed and what is on disk. @throws BeaverError `lock_missing`. */
export async function verifyLock(context: UpkeepContext): Promise<VerifyPayload> {
  const lock = (await readLock(context)) ?? noLock();
  const plugins = await installedNow(context);
  const findings = checkLock(lock, plugins, await packagesOnDisk(context.install.mirror, plugins));
  return {
    verified: findings.length === 0,
    locked: lock.size,
    installed: plugins.size,
    findings: [...findings],
  };
}

export interface FrozenRequest extends Pick<FetchOptions, 'signal' | 'offline'> {
  /** False leaves the skills of new plugins out of use. Default true. */
  readonly enable?: boolean;
}

/**
 * Installs exactly what the lock file says, or nothing: one attempt for all of it. The lock is what a person has agreed to, so that nothing
 * asks again.
 * @throws BeaverError `lock_missing`, `lock_incomplete`, `lock_mismatch`, and those of the phase that failed.
 */
export async function installLocked(
  context: UpkeepContext,
  request: FrozenRequest,
  wait: LockWait,
): Promise<FrozenPayload> {
  const { mirror } = context.install;
  const lock = (await readLock(context)) ?? noLock();
  const installed = await installedNow(context);
  const plan = planFrozenInstall(lock, installed);
  refuse(plan.problems);
  const wanted: ExactPlugin[] = [];
  for (const one of plan.install) wanted.push(await exactPlugin(context, one, installed));
  await installExactly(context.install, wanted, { wait, ...request });
  await keepLockedPins(context, lock, wait);
  if (wanted.length > 0) await context.sync(wait);
  const now = await installedNow(context);
  refuse(checkLock(lock, now, await packagesOnDisk(mirror, now)));
  return { frozen: { installed: plan.install.map(({ id }) => id), unchanged: [...plan.keep] } };
}

async function exactPlugin(
  { install }: UpkeepContext,
  { id, resolved, locked }: FrozenPlan['install'][number],
  installed: InstalledPlugins,
): Promise<ExactPlugin> {
  const { layout } = install.mirror;
  const pin = locked.pin === null ? null : parsePin(locked.pin);
  const source = liveSource(layout, locked.source);
  const wanted = await wantedPlugin(install, targetOf(id, source), pin);
  // What a marketplace is trusted for is what it lists, and not what a file says of it.
  const origins = [wanted.source, liveSource(layout, resolved.source)].map(originText);
  if (origins.some((origin) => origin !== originText(source))) throw otherPlace(id);
  const ignored = installed.get(id)?.ignored.find((one) => sameIdentity(one.identity, resolved.identity));
  // A person who went back from it takes on what is locked now; what cannot be used stays out.
  if (ignored !== undefined && ignored.kind !== 'rolled_back') throw refused(id, ignored.reason.message);
  return {
    wanted: { ...wanted, id, pin, requested: locked.requested },
    resolution: { resolved: { ...resolved, source: liveSource(layout, resolved.source) }, tags: [] },
    treeHash: locked.tree_hash,
  };
}

/** Pins are part of the lock: what was installed already is held to what it says, too. */
async function keepLockedPins(
  { install }: UpkeepContext,
  lock: LockedPlugins,
  wait: LockWait,
): Promise<void> {
  const { layout, ports, transactions } = install.mirror;
  const changed = async (): Promise<InstalledPlugins | undefined> => {
    const plugins = await readInstalled(ports.files, layout);
    const next = new Map(plugins);
    for (const [id, { pin: text, requested }] of lock) {
      const plugin = plugins.get(id);
      if (plugin === undefined) continue;
      const now = plugin.pin === null ? null : pinText(plugin.pin);
      if (now === text && plugin.requested === requested) continue;
      next.set(id, { ...plugin, pin: text === null ? null : parsePin(text), requested });
    }
    return [...next].some(([id, plugin]) => plugin !== plugins.get(id)) ? next : undefined;
  };
  if ((await changed()) === undefined) return;
  await install.write('pin plugins as they are locked', wait, async () => {
    const plugins = await changed();
    if (plugins === undefined) return;
    await withTransaction(transactions, async (transaction) => {
      transaction.add(registryStep(install, plugins));
      await transaction.commit('pin plugins as they are locked');
    });
  });
}

function targetOf(id: string, source: PackageSource): InstallTarget {
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

function otherPlace(id: string): BeaverError {
  return new BeaverError('lock_mismatch', `${id} comes from another place than the lock says.`, {
    nextStep:
      'Look at where its marketplace has it now; install it and run "beaver plugins lock" to take that on.',
    field: `/plugins/${id}`,
  });
}

function refused(id: string, why: string): BeaverError {
  return new BeaverError('package_ignored', `The locked content of "${id}" is not installed again: ${why}`, {
    nextStep: 'Lock a newer one, or uninstall the plugin first.',
    field: `/plugins/${id}`,
  });
}
