import { BeaverError } from '../../base/errors.ts';
import type { LockWait } from '../ports.ts';
import { withTransaction } from '../skills/transaction.ts';
import { contentOf, registryStep, takeOut, timeOf } from './attempt-end.ts';
import { type Attempt, attemptStep, forgetAttempt, writeAttempt } from './attempt-journal.ts';
import type { InstallDeps } from './install-deps.ts';
import { installEventStep } from './install-events.ts';
import { type InstalledPlugins, installedPlugin, readInstalled } from './install-registry.ts';
import type { InstalledPlugin } from './installed-plugin.ts';
import { sweepPackages } from './package-store.ts';

/**
 * Takes a plugin out: its linked skills leave what agents read, edits are taken in first and every version stays in the store. From its
 * journal on it happens: whoever writes next completes one that was interrupted (invariant 4).
 * @throws BeaverError `plugin_not_installed`, `plugin_needed`.
 */
export async function uninstallPlugin(
  deps: InstallDeps,
  id: string,
  wait: LockWait,
  force: boolean,
): Promise<InstalledPlugin> {
  const { ports, layout, actor } = deps.mirror;
  return deps.write(`uninstall ${id}`, wait, async () => {
    const plugins = await readInstalled(ports.files, layout);
    const record = installedPlugin(plugins, id);
    if (!force) assertNotNeeded(plugins, id);
    const attempt: Attempt = {
      schema_version: 1,
      correlation_id: ports.ids.transaction(),
      operation: 'uninstall',
      id,
      actor,
      automatic: false,
      started_at: timeOf(deps),
      phase: 'activate',
      status: 'running',
      members: [{ id, plugin_id: record.plugin_id, before: record, package: record.active, enables: false }],
      reason: null,
    };
    deps.running.add(attempt.correlation_id);
    try {
      await writeAttempt(ports.files, layout, attempt);
      await completeUninstall(deps, attempt);
    } finally {
      deps.running.delete(attempt.correlation_id);
    }
    await sweepPackages(ports.files, layout);
    await forgetAttempt(ports.files, layout, attempt.correlation_id);
    return record;
  });
}

/** What is left to do of an uninstallation. Expects the write lock; idempotent at every instruction. */
export async function completeUninstall(deps: InstallDeps, attempt: Attempt): Promise<void> {
  const { ports, layout, transactions } = deps.mirror;
  for (const { plugin_id } of attempt.members) await takeOut(deps, plugin_id);
  const plugins = new Map(await readInstalled(ports.files, layout));
  for (const { id } of attempt.members) plugins.delete(id);
  await withTransaction(transactions, async (transaction) => {
    const events = attempt.members.map(({ id, before }) =>
      installEventStep(layout, {
        event_id: attempt.correlation_id,
        correlation_id: attempt.correlation_id,
        at: timeOf(deps),
        event: 'uninstalled',
        actor: attempt.actor,
        automatic: false,
        id,
        from: contentOf(before?.active),
        to: null,
        phase: null,
        reason: null,
      }),
    );
    transaction.add(registryStep(deps, plugins), ...events);
    transaction.add(attemptStep(layout, { ...attempt, status: 'done' }));
    await transaction.commit('uninstall a plugin');
  });
}

function assertNotNeeded(plugins: InstalledPlugins, id: string): void {
  const needed = [...plugins].filter(([, one]) =>
    one.dependencies.some((dependency) => dependency.id === id),
  );
  if (needed.length === 0) return;
  const names = needed.map(([by]) => by).join(', ');
  throw new BeaverError('plugin_needed', `"${id}" is needed by ${names}.`, {
    nextStep: 'Uninstall what needs it first, or repeat it with --force.',
    field: id,
  });
}
