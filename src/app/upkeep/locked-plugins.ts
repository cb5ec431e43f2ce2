import type { Finding } from '../../base/errors.ts';
import { BeaverError } from '../../base/errors.ts';
import type { InstallOutcome } from '../../core/install/install-outcome.ts';
import { InstallService } from '../../core/install/install-service.ts';
import { liveSource } from '../../core/install/stored-source.ts';
import { writeFileDurably } from '../../core/durable.ts';
import { checkLock, lockOf, planFrozenInstall } from '../../core/marketplaces/lock-check.ts';
import { type LockedPlugins, parseLock, serialiseLock } from '../../core/marketplaces/lock-file.ts';
import { parsePin } from '../../core/package-pin.ts';
import type { FetchOptions, PackageSource } from '../../core/package-ports.ts';
import type { LockWait } from '../../core/ports.ts';
import { packagesOnDisk } from '../package-view.ts';
import type { FrozenPayload, LockPayload, VerifyPayload } from '../upkeep-payloads.ts';
import { installedNow, type UpkeepContext } from './upkeep-context.ts';

/** `beaver.lock.json`: what is installed, for version control. Undefined where there is none. */
export async function readLock({ install }: UpkeepContext): Promise<LockedPlugins | undefined> {
  const { layout, ports } = install.mirror;
  const bytes = await ports.files.readFile(layout.packageLock);
  return bytes === undefined ? undefined : parseLock(Buffer.from(bytes).toString('utf8'));
}

/** Brings the lock file up to date. */
export function writeLock(context: UpkeepContext, wait: LockWait): Promise<LockPayload> {
  const { mirror, write } = context.install;
  const { layout, ports } = mirror;
  return write('bring the lock file up to date', wait, async () => {
    const plugins = await installedNow(context);
    const before = await ports.files.readFile(layout.packageLock);
    // One with conflict markers is made anew from what is installed.
    const known = await readLock(context).catch((): LockedPlugins => new Map());
    const lock = lockOf(plugins, await packagesOnDisk(mirror, plugins), known ?? new Map());
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

/** Installs exactly what the lock file says. @throws BeaverError `lock_missing`, `lock_incomplete`, `lock_mismatch`. */
export async function installLocked(
  context: UpkeepContext,
  { signal, offline }: FetchOptions,
  wait: LockWait,
): Promise<FrozenPayload> {
  const { mirror } = context.install;
  const service = new InstallService(context.install);
  const lock = (await readLock(context)) ?? noLock();
  const plan = planFrozenInstall(lock, await installedNow(context));
  refuse(plan.problems);
  const done: string[] = [];
  for (const { id, resolved, locked } of plan.install) {
    const source = liveSource(mirror.layout, locked.source);
    const outcome = await service.install(targetOf(id, source), {
      wait,
      ...(signal === undefined ? {} : { signal }),
      ...(offline === undefined ? {} : { offline }),
      enable: true,
      ...(locked.pin === null ? {} : { pin: parsePin(locked.pin) }),
      resolution: {
        resolved: { ...resolved, source: liveSource(mirror.layout, resolved.source) },
        tags: [],
      },
    });
    refuseOutcome(id, outcome);
    done.push(id);
  }
  if (done.length > 0) await context.sync(wait);
  const now = await installedNow(context);
  refuse(checkLock(lock, now, await packagesOnDisk(mirror, now)));
  return { frozen: { installed: done, unchanged: [...plan.keep] } };
}

function targetOf(id: string, source: PackageSource): Parameters<InstallService['install']>[0] {
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
