import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { makeDirectoryDurably } from '../durable.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { attemptIds } from './attempt-journal.ts';
import { type InstalledPlugins, readInstalled } from './install-registry.ts';
import type { InstalledPackage } from './installed-plugin.ts';
import { hashPackageTree } from './package-tree.ts';

/**
 * Moves a staged package to its place, where it stays unchanged for good (invariant 2). One of the same content may be there already: of a
 * rollback target, or of another window that was quicker. Durable when it returns. Expects the write lock.
 * @throws BeaverError `immutable_conflict` when something else is there.
 */
export async function promotePackage(
  files: FileSystem,
  layout: WorkspaceLayout,
  id: string,
  wanted: InstalledPackage,
  staged: string,
): Promise<void> {
  const target = layout.installPackage(id, wanted.directory);
  if ((await files.lstat(target)) !== undefined) {
    await assertPackage(files, layout, id, wanted);
    return;
  }
  const parent = path.dirname(target);
  await makeDirectoryDurably(files, parent);
  await files.flushTrees([staged]);
  await files.rename(staged, target);
  await files.flush([parent, path.dirname(staged)]);
}

/** @throws BeaverError `package_missing`, `package_damaged` when its files are not what the registry holds it to. */
export async function assertPackage(
  files: FileSystem,
  layout: WorkspaceLayout,
  id: string,
  wanted: InstalledPackage,
): Promise<void> {
  const root = layout.installPackage(id, wanted.directory);
  const display = layout.display(root);
  if ((await files.lstat(root))?.kind !== 'directory') {
    throw new BeaverError('package_missing', 'The folder of the package is gone.', {
      nextStep: 'Install the plugin again.',
      path: display,
    });
  }
  if ((await hashPackageTree(files, root, display)) === wanted.tree_hash) return;
  throw new BeaverError('package_damaged', 'Files of the package were changed after it was installed.', {
    nextStep: 'Install the plugin again; the changed folder is moved aside.',
    path: display,
  });
}

/** Folders of packages that the registry names nowhere. POSIX names are not needed: absolute paths. */
export async function unreferencedPackages(
  files: FileSystem,
  layout: WorkspaceLayout,
  installed: InstalledPlugins,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const plugin of (await files.readDirectory(layout.installPackages)) ?? []) {
    const folder = path.join(layout.installPackages, plugin.name);
    const record = installed.get(plugin.name);
    if (record === undefined) {
      found.push(folder);
      continue;
    }
    const kept = new Set([record.active, ...record.previous].map(({ directory }) => directory));
    for (const { name } of (await files.readDirectory(folder)) ?? [])
      if (!kept.has(name)) found.push(path.join(folder, name));
  }
  return found;
}

/** Staging folders of attempts that have no journal any more. */
export async function abandonedStaging(
  files: FileSystem,
  layout: WorkspaceLayout,
): Promise<readonly string[]> {
  const entries = (await files.readDirectory(layout.installStaging)) ?? [];
  if (entries.length === 0) return [];
  const known = new Set(await attemptIds(files, layout));
  return entries
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => path.join(layout.installStaging, name));
}

/** Removes what nothing refers to. Expects the write lock, under which nobody promotes. */
export async function sweepPackages(files: FileSystem, layout: WorkspaceLayout): Promise<void> {
  const installed = await readInstalled(files, layout);
  const gone = [
    ...(await unreferencedPackages(files, layout, installed)),
    ...(await abandonedStaging(files, layout)),
  ];
  for (const folder of gone) await files.remove(folder);
  const parents = [...new Set(gone.map((folder) => path.dirname(folder)))];
  const left: string[] = [];
  for (const parent of parents) if ((await files.lstat(parent)) !== undefined) left.push(parent);
  if (left.length > 0) await files.flush(left);
}
