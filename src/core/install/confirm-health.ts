import { withTransaction } from '../skills/transaction.ts';
import { unhealthy } from './activation.ts';
import { contentOf, registryStep, takeOut, timeOf, withIgnored } from './attempt-end.ts';
import { reasonOf } from './attempt-run.ts';
import { checkPackageHealth, checkVisibility, type HealthProblem } from './health-check.ts';
import type { InstallDeps } from './install-deps.ts';
import { installEventStep } from './install-events.ts';
import { type InstalledPlugins, readInstalled } from './install-registry.ts';
import type { InstalledPlugin } from './installed-plugin.ts';
import { sweepPackages } from './package-store.ts';
import { withinDeadline } from './phases.ts';

/** Packages that another start than this one put in use, and nobody has looked at since. */
export function trialsOf(installed: InstalledPlugins, session: string): readonly string[] {
  return [...installed]
    .filter(([, { health }]) => health.status === 'trial' && health.checked_by !== session)
    .map(([id]) => id)
    .sort();
}

/**
 * The second look, at the next start: what is healthy then stays, and what is not is rolled back by itself; its content is not installed
 * again. Expects the write lock, and a sync before it, which puts back what agents read.
 * @returns the ids of what was rolled back.
 */
export async function confirmHealth(deps: InstallDeps): Promise<readonly string[]> {
  const { ports, layout, transactions } = deps.mirror;
  const rolledBack: string[] = [];
  for (const id of trialsOf(await readInstalled(ports.files, layout), deps.session)) {
    const plugins = new Map(await readInstalled(ports.files, layout));
    const record = plugins.get(id);
    if (record === undefined) continue;
    const problem = await problemOf(deps, id, record);
    if (problem !== undefined) {
      await fallBack(deps, id, record, problem, plugins);
      rolledBack.push(id);
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
  return rolledBack;
}

async function problemOf(
  deps: InstallDeps,
  id: string,
  record: InstalledPlugin,
): Promise<HealthProblem | undefined> {
  const root = deps.mirror.layout.installPackage(id, record.active.directory);
  const subject = { pluginId: record.plugin_id, name: record.name, root };
  try {
    const [problem] = await withinDeadline('health-check', deps.deadlines['health-check'], undefined, () =>
      checkPackageHealth(deps, subject),
    );
    return problem ?? (await checkVisibility(deps.mirror, record.plugin_id))[0];
  } catch (error) {
    return reasonOf(error);
  }
}

/** To the last package that may be used; where there is none, the plugin goes out of use. */
async function fallBack(
  deps: InstallDeps,
  id: string,
  record: InstalledPlugin,
  problem: HealthProblem,
  plugins: Map<string, InstalledPlugin>,
): Promise<void> {
  const { layout, ports, transactions, actor } = deps.mirror;
  const reason = reasonOf(unhealthy(id, problem));
  const refused = new Set(
    record.ignored
      .filter(({ kind }) => kind !== 'rolled_back')
      .map(({ identity }) => JSON.stringify(identity)),
  );
  const target = record.previous.find(({ identity }) => !refused.has(JSON.stringify(identity)));
  if (target === undefined) {
    await takeOut(deps, record.plugin_id);
    plugins.delete(id);
  } else {
    const { identity, version } = record.active;
    const back: InstalledPlugin = {
      ...record,
      active: target,
      previous: record.previous.filter((one) => one !== target),
      health: { status: 'healthy', checked_at: timeOf(deps), checked_by: deps.session },
    };
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
        to: contentOf(target),
        phase: 'health-check',
        reason,
        detail: { operation: 'start' },
      }),
    );
    await transaction.commit('roll an unhealthy package back');
  });
}
