import * as path from 'node:path';
import { makeDirectoryDurably } from '../durable.ts';
import { sameIdentity } from '../package-identity.ts';
import type { FetchOptions } from '../package-ports.ts';
import type { LockWait } from '../ports.ts';
import { withTransaction } from '../skills/transaction.ts';
import { timeOf } from './attempt-end.ts';
import { consentFor } from './consent.ts';
import { consentSubject } from './consent-subject.ts';
import { assertDependants, prepareDependencies } from './dependency-plan.ts';
import type { InstallDeps, Resolution } from './install-deps.ts';
import { installedPlugin, readInstalled } from './install-registry.ts';
import { withLookFolder } from './package-repair.ts';
import { assertNotCancelled, withinDeadline } from './phases.ts';
import { fetchPackage, type StagedPackage, verifyPackage, type WantedPlugin } from './staged-package.ts';
import {
  isThere,
  readStagedUpdates,
  type StagedUpdate,
  stagedUpdatesStep,
  sweepStagedPackages,
} from './staged-updates.ts';
import { storedSource } from './stored-source.ts';
import { updateOf } from './wanted-plugin.ts';

export interface StageOptions extends Pick<FetchOptions, 'signal'> {
  readonly wait: LockWait;
}

/**
 * Has an update fetched, verified and its dependencies beside it, and keeps all of it, so that it can be put in use later without a network.
 * Nothing that is in use changes. What is staged already and still there is left as it is.
 * @throws BeaverError of the phase that failed; what was staged before then stays.
 */
export async function stageUpdate(
  deps: InstallDeps,
  id: string,
  resolution: Resolution,
  { wait, signal }: StageOptions,
): Promise<StagedUpdate> {
  const { layout, ports } = deps.mirror;
  const { files } = ports;
  const known = (await readStagedUpdates(files, layout)).get(id);
  const [member] = known?.members ?? [];
  const same = member !== undefined && sameIdentity(member.package.identity, resolution.resolved.identity);
  if (known !== undefined && same && (await isThere(files, layout, known))) return known;
  const installed = await readInstalled(files, layout);
  const record = installedPlugin(installed, id);
  const wanted = await updateOf(deps, id, record);
  return withLookFolder(deps, async (folder) => {
    let number = 0;
    const bring = async (
      one: WantedPlugin,
      chosen: Resolution,
      cancelled: AbortSignal,
    ): Promise<StagedPackage> => {
      const into = path.join(folder, String(number));
      number += 1;
      await fetchPackage(deps, chosen, into, { signal: cancelled });
      return verifyPackage(deps, one, chosen, into);
    };
    await makeDirectoryDurably(files, folder);
    const root = await withinDeadline('download', deps.deadlines.download, signal, (cancelled) =>
      bring(wanted, resolution, cancelled),
    );
    const phase = 'dependency-prepare';
    const prepared = await withinDeadline(phase, deps.deadlines[phase], signal, (cancelled) => {
      assertDependants(id, root.package.version, installed);
      const bringIn = (one: WantedPlugin, chosen: Resolution) => bring(one, chosen, cancelled);
      return prepareDependencies(deps, root, installed, bringIn, cancelled);
    });
    const all = [root, ...prepared.staged];
    const subjects = all.map((one) => consentSubject(deps, one, installed.get(one.wanted.id) ?? null));
    const consent = consentFor(await Promise.all(subjects));
    assertNotCancelled(signal);
    const update: StagedUpdate = {
      staged_at: timeOf(deps),
      pin: record.pin,
      members: all.map((one) => ({
        id: one.wanted.id,
        name: one.wanted.name,
        source: storedSource(layout, one.wanted.source),
        package: one.package,
      })),
      asks: (consent?.changes ?? []).map(({ kind, id: of, value }) => ({ kind, id: of, value })),
    };
    await deps.write(`stage ${id}`, wait, () => keep(deps, id, update, all));
    return update;
  });
}

/** Packages first, durably, then the record that names them: one without the other is swept up. Expects the write lock. */
async function keep(
  deps: InstallDeps,
  id: string,
  update: StagedUpdate,
  packages: readonly StagedPackage[],
): Promise<void> {
  const { layout, ports, transactions } = deps.mirror;
  const { files } = ports;
  for (const { wanted, staged, package: content } of packages) {
    if (staged === null) continue;
    const target = layout.stagedPackage(wanted.id, content.directory);
    const parent = path.dirname(target);
    await makeDirectoryDurably(files, parent);
    // Whatever is there came from an earlier look at the same content, or was left half done: this one has just been checked.
    await files.remove(target);
    await files.flushTrees([staged]);
    await files.rename(staged, target);
    await files.flush([parent]);
  }
  const updates = new Map(await readStagedUpdates(files, layout)).set(id, update);
  await withTransaction(transactions, async (transaction) => {
    transaction.add(stagedUpdatesStep(layout, updates));
    await transaction.commit('stage an update');
  });
  await sweepStagedPackages(files, layout);
}

/** Drops what is staged for these plugins: it was superseded, withdrawn or put in use. */
export async function dropStaged(deps: InstallDeps, ids: readonly string[], wait: LockWait): Promise<void> {
  const { layout, ports, transactions } = deps.mirror;
  const before = await readStagedUpdates(ports.files, layout);
  if (!ids.some((id) => before.has(id))) return;
  await deps.write('drop staged updates', wait, async () => {
    const updates = new Map(await readStagedUpdates(ports.files, layout));
    for (const id of ids) updates.delete(id);
    await withTransaction(transactions, async (transaction) => {
      transaction.add(stagedUpdatesStep(layout, updates));
      await transaction.commit('drop staged updates');
    });
    await sweepStagedPackages(ports.files, layout);
  });
}
