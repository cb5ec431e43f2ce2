import { BeaverError, type Finding, findingFromError, isBeaverError } from '../../base/errors.ts';
import { toBeaverError } from '../../base/system-errors.ts';
import { attemptIds } from '../../core/install/attempt-journal.ts';
import type { InstalledPlugins } from '../../core/install/install-registry.ts';
import { removeUnreferenced, repairPackage } from '../../core/install/package-repair.ts';
import { unreferencedPackages } from '../../core/install/package-store.ts';
import { checkLock, type PackagesOnDisk } from '../../core/marketplaces/lock-check.ts';
import { LOCK_FILE } from '../../core/marketplaces/lock-file.ts';
import {
  planReconcile,
  type ReconcileItem,
  type ReconcilePlan,
} from '../../core/marketplaces/reconcile-plan.ts';
import type { FetchOptions } from '../../core/package-ports.ts';
import type { LockWait } from '../../core/ports.ts';
import { packagesOnDisk, seenMarketplaces } from '../package-view.ts';
import type { ReconcilePayload } from '../upkeep-payloads.ts';
import { readLock } from './locked-plugins.ts';
import { installedNow, type UpkeepContext } from './upkeep-context.ts';

export interface ReconcileRequest {
  readonly apply?: boolean;
  /** Also what removes or overwrites. */
  readonly confirmed?: boolean;
  /** `KIND SUBJECT` of what may be done: what nobody has seen in the plan is left. Default: everything. */
  readonly only?: readonly string[];
}

const BRINGS_A_PACKAGE: ReadonlySet<ReconcileItem['action']> = new Set(['fetch', 'restore']);

type Carried = Pick<ReconcilePayload['reconcile']['items'][number], 'outcome' | 'error'>;

/** What is off and what would be done; done with `apply`, and with `confirmed` also what removes or overwrites. */
export async function reconcilePlugins(
  context: UpkeepContext,
  { apply = false, confirmed = false, only }: ReconcileRequest,
  fetching: FetchOptions,
  wait: LockWait,
): Promise<ReconcilePayload> {
  const plan = await reconcilePlan(context);
  const items: ReconcilePayload['reconcile']['items'] = [];
  for (const item of plan.items) {
    const shown = only === undefined || only.includes(`${item.kind} ${item.subject}`);
    const may = apply && shown && item.action !== 'none' && (!item.confirm || confirmed);
    const carried: Carried = may
      ? await carryOut(context, item, fetching, wait)
      : { outcome: apply ? 'left' : 'planned', error: null };
    items.push({ ...item, ...carried });
  }
  // A skill that was read from what has been moved aside is not offered any longer.
  if (items.some(({ action, outcome }) => BRINGS_A_PACKAGE.has(action) && outcome === 'done'))
    await context.sync(wait);
  const open = items.filter(({ outcome }) => outcome !== 'done').length;
  return { reconcile: { status: items.length === 0 ? 'synced' : open === 0 ? 'repaired' : 'drift', items } };
}

/** Holds what is wanted against what is there. Reads only, and asks nobody. */
async function reconcilePlan(context: UpkeepContext): Promise<ReconcilePlan> {
  const { install } = context;
  const { layout, ports } = install.mirror;
  const plugins = await installedNow(context);
  const seen = await seenMarketplaces(context.marketplaces);
  const disk = await packagesOnDisk(install.mirror, plugins);
  const others: { code: string; message: string; next_step: string }[] = [...(await context.doctor())];
  others.push(...(await lockProblems(context, plugins, disk)));
  const abandoned = await abandonedAttempts(context);
  return planReconcile({
    installed: plugins,
    disk,
    unreferenced: (await unreferencedPackages(ports.files, layout, plugins)).map((folder) =>
      layout.display(folder),
    ),
    abandonedAttempts: abandoned,
    marketplaces: new Map(
      [...seen].map(([name, { sources }]) => [name, sources.size === 0 ? null : new Set(sources.keys())]),
    ),
    others,
  });
}

/** A lock file that cannot be read is one more thing that is off. */
async function lockProblems(
  context: UpkeepContext,
  plugins: InstalledPlugins,
  disk: PackagesOnDisk,
): Promise<readonly Finding[]> {
  try {
    const lock = await readLock(context);
    return lock === undefined
      ? []
      : checkLock(lock, plugins, disk).filter(({ code }) => code.startsWith('lock_'));
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    return [findingFromError(error, LOCK_FILE)];
  }
}

/** Attempts of this process go on, and so does one whose own lock is held: another window is at it. */
async function abandonedAttempts({ install }: UpkeepContext): Promise<readonly string[]> {
  const { layout, ports } = install.mirror;
  const abandoned: string[] = [];
  for (const id of await attemptIds(ports.files, layout)) {
    if (install.running.has(id)) continue;
    const lock = layout.installAttemptLock(id);
    const living = await ports.lock
      .run(lock, 'look at an attempt', { kind: 'never' }, () => Promise.resolve(false))
      .catch((error: unknown) => isBeaverError(error, 'plugin_write_busy'));
    if (!living) abandoned.push(id);
  }
  return abandoned;
}

/** One that fails is said to, and keeps nothing else from being repaired. */
async function carryOut(
  { install }: UpkeepContext,
  { action, subject }: ReconcileItem,
  fetching: FetchOptions,
  wait: LockWait,
): Promise<Carried> {
  try {
    if (BRINGS_A_PACKAGE.has(action)) await repairPackage(install, subject, wait, fetching);
    else if (action === 'remove') await removeUnreferenced(install, [subject], wait);
    else {
      const { layout, ports } = install.mirror;
      // Taking the lock is what ends attempts that nobody carries out any more.
      await install.write('end interrupted installations', wait, () => Promise.resolve());
      if ((await attemptIds(ports.files, layout)).includes(subject))
        return { outcome: 'failed', error: 'It could not be ended; "beaver doctor" says why.' };
    }
    return { outcome: 'done', error: null };
  } catch (error) {
    const coded = toBeaverError(error);
    if (coded === undefined || coded.code === 'plugin_write_busy') throw error;
    return { outcome: 'failed', error: `${coded.message} [${coded.code}]` };
  }
}
