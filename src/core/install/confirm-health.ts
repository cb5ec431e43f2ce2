import { BeaverError, type Finding } from '../../base/errors.ts';
import { withTransaction } from '../skills/transaction.ts';
import { unhealthy } from './activation.ts';
import { contentOf, registryStep, takeOut, timeOf, withIgnored } from './attempt-end.ts';
import { reasonOf } from './attempt-run.ts';
import { assertDependants, pluginsBeside, standingDependencies } from './dependency-plan.ts';
import { checkPackageHealth, checkVisibility, type HealthProblem } from './health-check.ts';
import type { InstallDeps } from './install-deps.ts';
import { installEventStep } from './install-events.ts';
import { type InstalledPlugins, readInstalled } from './install-registry.ts';
import type { InstalledPackage, InstalledPlugin } from './installed-plugin.ts';
import { readPackage } from './package-contents.ts';
import { assertPackage, sweepPackages } from './package-store.ts';
import { withinDeadline } from './phases.ts';
import { installedAsWanted } from './wanted-plugin.ts';

/** Packages that another start than this one put in use, and nobody has looked at since. */
export function trialsOf(installed: InstalledPlugins, session: string): readonly string[] {
  return [...installed]
    .filter(([, { health }]) => health.status === 'trial' && health.checked_by !== session)
    .map(([id]) => id)
    .sort();
}

/** What came of a second look. */
export interface SecondLook {
  /** Ids of what was rolled back, or taken out of use. */
  readonly rolledBack: readonly string[];
  /** Each of these rollbacks, and what keeps another package from being found healthy. */
  readonly findings: readonly Finding[];
}

/**
 * The second look, at the next start: what is healthy then stays. Where the package itself is to blame it is rolled back, and its content is
 * not installed again; what has its reason in this machine is told, and looked at again by the next start. Expects the write lock, and a
 * sync before it, which puts back what agents read.
 */
export async function confirmHealth(deps: InstallDeps): Promise<SecondLook> {
  const { ports, layout, transactions } = deps.mirror;
  const rolledBack: string[] = [];
  const findings: Finding[] = [];
  for (const id of trialsOf(await readInstalled(ports.files, layout), deps.session)) {
    const plugins = new Map(await readInstalled(ports.files, layout));
    const record = plugins.get(id);
    if (record === undefined) continue;
    const problem = await problemOf(deps, id, record);
    if (problem !== undefined) {
      const fallen =
        problem.cause === 'package' ? await fallBack(deps, id, record, problem, plugins) : undefined;
      if (fallen !== undefined) rolledBack.push(id);
      findings.push(fallen ?? standing(deps, id, record, problem));
      continue;
    }
    const health = { status: 'healthy', checked_at: timeOf(deps), checked_by: deps.session } as const;
    plugins.set(id, { ...record, health });
    await withTransaction(transactions, async (transaction) => {
      transaction.add(registryStep(deps, plugins));
      await transaction.commit('confirm the health of a package');
    });
  }
  if (rolledBack.length > 0) await sweepPackages(ports.files, layout);
  return { rolledBack, findings };
}

async function problemOf(
  deps: InstallDeps,
  id: string,
  record: InstalledPlugin,
): Promise<HealthProblem | undefined> {
  const { files } = deps.mirror.ports;
  const { layout } = deps.mirror;
  const root = layout.installPackage(id, record.active.directory);
  const subject = { pluginId: record.plugin_id, name: record.name, root };
  try {
    const [problem] = await withinDeadline('health-check', deps.deadlines['health-check'], undefined, () =>
      checkPackageHealth(deps, subject),
    );
    if (problem === undefined) return (await checkVisibility(deps.mirror, record.plugin_id))[0];
    // A package that somebody removed or changed here says nothing of what was installed.
    if (problem.cause === 'package') await assertPackage(files, layout, id, record.active);
    return problem;
  } catch (error) {
    return { ...reasonOf(error), cause: 'machine' };
  }
}

/** It stays in use, and whoever syncs is told. */
function standing(
  { mirror: { layout } }: InstallDeps,
  id: string,
  { active }: InstalledPlugin,
  { code, message }: HealthProblem,
): Finding {
  return {
    code,
    severity: 'warning',
    message: `"${id}" stays in use, and may not work here: ${message}`,
    next_step: 'Put right what is missing here, then sync; or roll the plugin back, or uninstall it.',
    path: layout.display(layout.installPackage(id, active.directory)),
  };
}

/**
 * To the last package that may be used; where there never was one and nobody needs the plugin, it goes out of use.
 * @returns undefined when nothing can take its place, and nothing has changed.
 */
async function fallBack(
  deps: InstallDeps,
  id: string,
  record: InstalledPlugin,
  problem: HealthProblem,
  plugins: Map<string, InstalledPlugin>,
): Promise<Finding | undefined> {
  const { layout, ports, transactions, actor } = deps.mirror;
  const reason = reasonOf(unhealthy(id, problem));
  const back = await usableBefore(deps, id, record, plugins);
  if (back === undefined) {
    const needed = [...plugins.values()].some(({ dependencies }) =>
      dependencies.some((one) => one.id === id),
    );
    if (record.previous.length > 0 || needed) return undefined;
    await takeOut(deps, record.plugin_id);
    plugins.delete(id);
  } else {
    const { identity, version } = record.active;
    plugins.set(id, withIgnored(back, { identity, version, kind: 'unhealthy', reason, at: timeOf(deps) }));
  }
  const correlationId = ports.ids.transaction();
  await withTransaction(transactions, async (transaction) => {
    transaction.add(
      registryStep(deps, plugins),
      installEventStep(layout, {
        event_id: correlationId,
        correlation_id: correlationId,
        at: timeOf(deps),
        event: 'rolled_back',
        actor,
        automatic: true,
        id,
        from: contentOf(record.active),
        to: contentOf(back?.active),
        phase: 'health-check',
        reason,
        detail: { operation: 'start' },
      }),
    );
    await transaction.commit('roll an unhealthy package back');
  });
  const now = back === undefined ? 'it is out of use' : `${labelOf(back.active)} is in use again`;
  return {
    code: 'install_rolled_back',
    severity: 'warning',
    message: `${labelOf(record.active)} of "${id}" could not be used, and ${now}: ${problem.message}`,
    next_step: 'Tell its author, or install a newer version.',
    path: layout.display(layout.installRegistry),
    field: `/plugins/${id}`,
  };
}

/** The record of the plugin with the last of its earlier packages that is there as it came, and that suits what it needs and what needs it. */
async function usableBefore(
  deps: InstallDeps,
  id: string,
  record: InstalledPlugin,
  plugins: InstalledPlugins,
): Promise<InstalledPlugin | undefined> {
  const refused = new Set(
    record.ignored
      .filter(({ kind }) => kind !== 'rolled_back')
      .map(({ identity }) => JSON.stringify(identity)),
  );
  for (const active of record.previous) {
    if (refused.has(JSON.stringify(active.identity))) continue;
    const dependencies = await neededBy(deps, id, record, active, plugins);
    if (dependencies === undefined) continue;
    return {
      ...record,
      active,
      dependencies,
      previous: record.previous.filter((one) => one !== active),
      health: { status: 'healthy', checked_at: timeOf(deps), checked_by: deps.session },
    };
  }
  return undefined;
}

/** Undefined for a package that cannot be used. */
async function neededBy(
  deps: InstallDeps,
  id: string,
  record: InstalledPlugin,
  active: InstalledPackage,
  plugins: InstalledPlugins,
): Promise<InstalledPlugin['dependencies'] | undefined> {
  const { layout, ports } = deps.mirror;
  const root = layout.installPackage(id, active.directory);
  try {
    await assertPackage(ports.files, layout, id, active);
    assertDependants(id, active.version, plugins);
    const contents = await readPackage(ports.files, root, layout.display(root), record.name);
    const wanted = installedAsWanted(deps, id, record);
    return standingDependencies({ wanted, contents }, plugins, await pluginsBeside(deps));
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    ports.log.log('warn', 'An earlier package cannot take the place of an unhealthy one', {
      plugin: id,
      code: error.code,
    });
    return undefined;
  }
}

function labelOf({ version }: InstalledPackage): string {
  return version ?? 'The package';
}
