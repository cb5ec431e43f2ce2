import { BeaverError } from '../../base/errors.ts';
import { sameJson } from '../../base/json.ts';
import * as z from 'zod';
import { enablePlugins } from '../mirror/enabling.ts';
import { StateBook } from '../mirror/state-book.ts';
import { withTransaction } from '../skills/transaction.ts';
import { endSteps, registryStep } from './attempt-end.ts';
import { type Attempt, type AttemptMember, attemptStep } from './attempt-journal.ts';
import type { AttemptRun } from './attempt-run.ts';
import { checkPackageHealth, checkVisibility, type HealthProblem } from './health-check.ts';
import type { InstallDeps } from './install-deps.ts';
import { type InstalledPlugins, readInstalled } from './install-registry.ts';
import type { InstalledPlugin } from './installed-plugin.ts';
import { promotePackage, sweepPackages } from './package-store.ts';
import { assertNotCancelled, withinDeadline } from './phases.ts';
import type { StagedPackage } from './staged-package.ts';

/** One plugin of the attempt: its package, what the registry held when it was planned, and what it is to hold. */
export interface ActivationMember {
  readonly staged: StagedPackage;
  readonly before: InstalledPlugin | null;
  readonly record: InstalledPlugin;
  /** Puts its skills in use where they are not. */
  readonly enable: boolean;
}

/**
 * Activation and health check, under one hold of the write lock: what was planned without it is held against what is there now, the
 * registry is switched in one step, and the switch is undone in one step unless everything turns out healthy.
 * @returns false when another writer has put exactly this in use already.
 * @throws BeaverError `install_moved` when another writer changed the plugin meanwhile, `plugin_id_taken`, `install_unhealthy`.
 */
export async function activate(
  run: AttemptRun,
  members: readonly ActivationMember[],
  reason: { readonly code: string; readonly message: string } | null,
): Promise<boolean> {
  const { deps, options } = run;
  await run.enter('activate');
  const wait =
    options.wait.kind === 'never'
      ? options.wait
      : { ...options.wait, timeout: Math.min(options.wait.timeout, deps.deadlines.activate) };
  return deps.write(`${options.operation} ${options.id}`, wait, async () => {
    assertNotCancelled(options.signal);
    if (await isThere(deps, members)) return false;
    try {
      await switchRegistry(run, members);
      await run.enter('health-check');
      await withinDeadline('health-check', deps.deadlines['health-check'], undefined, () =>
        assertHealthy(deps, members),
      );
      await putInUse(deps, run.attempt);
      await assertVisible(deps, members);
      await finish(run, reason);
    } catch (error) {
      if ((await run.end(error)) === 'rolled_back') throw error;
    }
    await sweepPackages(deps.mirror.ports.files, deps.mirror.layout).catch(() => undefined);
    return true;
  });
}

/** Two that install the same at once: the second has nothing left to do. */
async function isThere(deps: InstallDeps, members: readonly ActivationMember[]): Promise<boolean> {
  const installed = await readInstalled(deps.mirror.ports.files, deps.mirror.layout);
  return members.every(({ staged, before }) => {
    const now = installed.get(staged.wanted.id);
    return (
      now !== undefined &&
      now.active.directory !== before?.active.directory &&
      now.active.directory === staged.package.directory
    );
  });
}

async function switchRegistry(run: AttemptRun, members: readonly ActivationMember[]): Promise<void> {
  const { deps } = run;
  const { layout, ports, transactions } = deps.mirror;
  const installed = await readInstalled(ports.files, layout);
  for (const member of members) assertUnmoved(member, installed);
  await assertIdsFree(deps, members);
  const enabled = await StateBook.read(ports.files, layout);
  const journalled = members.map(({ staged, before, record, enable }): AttemptMember => ({
    id: staged.wanted.id,
    plugin_id: record.plugin_id,
    before,
    package: record.active,
    enables: enable && enabled.find(record.plugin_id)?.enabled !== true,
  }));
  for (const { staged } of members) {
    if (staged.staged === null) continue;
    await promotePackage(ports.files, layout, staged.wanted.id, staged.package, staged.staged);
  }
  const attempt: Attempt = { ...run.attempt, status: 'activated', members: journalled };
  const plugins = new Map(installed);
  for (const { staged, record } of members) plugins.set(staged.wanted.id, record);
  await withTransaction(transactions, async (transaction) => {
    transaction.add(attemptStep(layout, attempt), registryStep(deps, plugins));
    await transaction.commit('activate a package');
  });
  run.became(attempt);
}

/** The plan was made without the lock: whoever was quicker is not overwritten. */
function assertUnmoved({ staged, before }: ActivationMember, installed: InstalledPlugins): void {
  const now = installed.get(staged.wanted.id);
  if (!sameJson(jsonOf(now), jsonOf(before ?? undefined))) throw moved(staged.wanted.id);
}

export function moved(id: string): BeaverError {
  return new BeaverError('install_moved', `Something else changed "${id}" meanwhile.`, {
    nextStep: 'Look at what is installed now, and try again if it is still wanted.',
    field: id,
  });
}

function jsonOf(plugin: InstalledPlugin | undefined): z.core.util.JSONType | undefined {
  return plugin === undefined ? undefined : z.json().parse(plugin);
}

/** Of two plugins of one id neither is used: a folder that a person keeps below plugins/ is never displaced. */
async function assertIdsFree(deps: InstallDeps, members: readonly ActivationMember[]): Promise<void> {
  const { manifests } = await deps.mirror.discover();
  for (const { staged, before, record } of members) {
    if (before !== null && before.plugin_id !== record.plugin_id) {
      throw new BeaverError('plugin_id_changed', `"${staged.wanted.id}" now holds another plugin.`, {
        nextStep: 'Uninstall it, then install the other one.',
        field: staged.wanted.id,
      });
    }
    const own =
      before === null
        ? undefined
        : deps.mirror.layout.installPackage(staged.wanted.id, before.active.directory);
    const other = manifests.find(({ pluginId, root }) => pluginId === record.plugin_id && root !== own);
    const twin = members.find((one) => one.staged !== staged && one.record.plugin_id === record.plugin_id);
    if (other === undefined && twin === undefined) continue;
    const place = other?.displayPath ?? twin?.staged.wanted.id ?? '';
    throw new BeaverError('plugin_id_taken', `There is a plugin "${record.plugin_id}" already: ${place}.`, {
      nextStep: 'Use that one, or remove it first.',
      field: staged.wanted.id,
    });
  }
}

async function assertHealthy(deps: InstallDeps, members: readonly ActivationMember[]): Promise<void> {
  for (const { staged, record } of members) {
    const root = deps.mirror.layout.installPackage(staged.wanted.id, record.active.directory);
    assertNone(
      staged.wanted.id,
      await checkPackageHealth(deps, { pluginId: record.plugin_id, name: record.name, root }),
    );
  }
}

async function putInUse(deps: InstallDeps, { members }: Attempt): Promise<void> {
  const ids = members.filter(({ enables }) => enables).map((member) => member.plugin_id);
  if (ids.length === 0) return;
  const [failure] = await enablePlugins(deps.mirror, ids, await deps.mirror.discover());
  if (failure !== undefined) throw failure.error;
}

async function assertVisible(deps: InstallDeps, members: readonly ActivationMember[]): Promise<void> {
  for (const { staged, record, enable } of members)
    if (enable) assertNone(staged.wanted.id, await checkVisibility(deps.mirror, record.plugin_id));
}

function assertNone(id: string, [problem]: readonly HealthProblem[]): void {
  if (problem !== undefined) throw unhealthy(id, problem);
}

export function unhealthy(id: string, problem: HealthProblem): BeaverError {
  return new BeaverError(
    'install_unhealthy',
    `"${id}" cannot be used: ${problem.message} [${problem.code}]`,
    {
      nextStep: 'What was in use before is in use again. Tell the author, or install a newer version.',
      field: id,
    },
  );
}

async function finish(
  run: AttemptRun,
  reason: { readonly code: string; readonly message: string } | null,
): Promise<void> {
  const { deps } = run;
  const { layout, ports, transactions } = deps.mirror;
  const installed = await readInstalled(ports.files, layout);
  await withTransaction(transactions, async (transaction) => {
    transaction.add(...endSteps(deps, run.attempt, installed, reason));
    await transaction.commit('end an installation');
  });
  run.became({ ...run.attempt, status: 'done' });
}
