import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { makeDirectoryDurably } from '../durable.ts';
import type { FetchOptions, ResolvedPackage } from '../package-ports.ts';
import type { FileSystem, LockWait } from '../ports.ts';
import { withTransaction } from '../skills/transaction.ts';
import { contentOf, timeOf } from './attempt-end.ts';
import type { InstallDeps } from './install-deps.ts';
import { installEventStep } from './install-events.ts';
import { installedPlugin, readInstalled } from './install-registry.ts';
import { promotePackage, unreferencedPackages } from './package-store.ts';
import { hashPackageTree } from './package-tree.ts';
import { liveSource } from './stored-source.ts';

/**
 * Brings the active package of a plugin back as it was installed: fetched again, held to the hash that the registry has of it, and only then
 * put in its place. A folder that is there with other files is moved aside and never removed: somebody may have worked in it (invariant 7).
 * @returns the display path of what was moved aside; null when there was nothing.
 * @throws BeaverError of the transfer; `package_integrity_mismatch` when the source has other content under the same identity now.
 */
export async function repairPackage(
  deps: InstallDeps,
  id: string,
  wait: LockWait,
  fetching: FetchOptions,
): Promise<string | null> {
  const { layout, ports, transactions, actor } = deps.mirror;
  const { files } = ports;
  const { active } = installedPlugin(await readInstalled(files, layout), id);
  const correlationId = ports.ids.transaction();
  const { identity, version } = active;
  const resolved = { source: liveSource(layout, active.source), identity, version };
  return withFetched(deps, resolved, fetching, async (staged) => {
    if ((await hashPackageTree(files, staged, id)) !== active.tree_hash) throw otherContent(id);
    return deps.write(`repair ${id}`, wait, async () => {
      const now = installedPlugin(await readInstalled(files, layout), id);
      if (now.active.directory !== active.directory) return null;
      const folder = layout.installPackage(id, active.directory);
      const there = (await files.lstat(folder)) !== undefined;
      const aside = path.join(layout.installsAside, `${id}-${active.directory}-${correlationId}`);
      if (there) {
        await makeDirectoryDurably(files, layout.installsAside);
        await files.rename(folder, aside);
      }
      await promotePackage(files, layout, id, active, staged);
      await withTransaction(transactions, async (transaction) => {
        transaction.add(
          installEventStep(layout, {
            ...{ event_id: correlationId, correlation_id: correlationId, at: timeOf(deps) },
            ...{ event: 'drift_repaired', actor, automatic: false, id, phase: null },
            from: contentOf(active),
            to: contentOf(active),
            reason: there
              ? {
                  code: 'package_modified',
                  message: 'Files of the package were changed after it was installed.',
                }
              : { code: 'package_missing', message: 'The folder of the package was gone.' },
            detail: there ? { moved_to: layout.display(aside) } : {},
          }),
        );
        await transaction.commit('note a repair');
      });
      return there ? layout.display(aside) : null;
    });
  });
}

/** Fetches a package to a place of its own, which is gone when `body` is done with it. What was fetched stays in the cache. */
export function withFetched<T>(
  deps: InstallDeps,
  resolved: ResolvedPackage,
  fetching: FetchOptions,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  return withLookFolder(deps, async (folder) => {
    await deps.packages.fetch(resolved, folder, fetching);
    return body(folder);
  });
}

/** A place beside all installations where nothing is yet; gone when `body` is done with it. */
export async function withLookFolder<T>(deps: InstallDeps, body: (folder: string) => Promise<T>): Promise<T> {
  const { layout, ports } = deps.mirror;
  const { files } = ports;
  await removeStale(files, layout.packageLooks, ports.clock.now());
  await makeDirectoryDurably(files, layout.packageLooks);
  const folder = path.join(layout.packageLooks, ports.ids.transaction());
  try {
    return await body(folder);
  } finally {
    await files.remove(folder);
  }
}

/** What a process left that was killed: nobody fetches one package for a day. */
async function removeStale(files: FileSystem, parent: string, now: number): Promise<void> {
  for (const { name } of (await files.readDirectory(parent)) ?? []) {
    const stat = await files.lstat(path.join(parent, name));
    const age = stat === undefined ? 0 : now - Number(stat.mtimeNs / 1_000_000n);
    if (age > DAY) await files.remove(path.join(parent, name));
  }
}

const DAY = 24 * 60 * 60_000;

/** Removes folders of packages that belong to nothing: those of `paths` (display paths) that still do. */
export async function removeUnreferenced(
  deps: InstallDeps,
  paths: readonly string[],
  wait: LockWait,
): Promise<void> {
  const { layout, ports } = deps.mirror;
  const { files } = ports;
  await deps.write('remove packages that belong to nothing', wait, async () => {
    const today = await unreferencedPackages(files, layout, await readInstalled(files, layout));
    for (const folder of today) if (paths.includes(layout.display(folder))) await files.remove(folder);
  });
}

function otherContent(id: string): BeaverError {
  return new BeaverError(
    'package_integrity_mismatch',
    `The source of "${id}" has other content than was installed.`,
    {
      nextStep: 'Update the plugin, or roll it back to a package that is kept.',
      field: 'id',
    },
  );
}
