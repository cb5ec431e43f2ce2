import * as path from 'node:path';
import type { HarnessMachine } from '../harness-ports.ts';
import type { FileSystem, Ids } from '../ports.ts';
import { fileNameSchema } from './identifiers.ts';
import type { HarnessLayout } from './layout.ts';
import type { HarnessState } from './state.ts';

/** Folders of `versions/` that nothing names. Pure. */
export function planGarbage(state: HarnessState, directories: readonly string[]): readonly string[] {
  const named = new Set([state.active, state.staged, state.previous].map((one) => one?.directory));
  return directories.filter((directory) => !named.has(directory)).sort();
}

export interface GarbageDeps {
  readonly files: FileSystem;
  readonly machine: Pick<HarnessMachine, 'leaseHeld'>;
  readonly ids: Ids;
}

/**
 * Removes what earlier passes left: versions that the pointer does not name and nobody runs, whatever is in `staging/`, and downloads of
 * other releases than `wanted`. To be called under the update lock, before a pass changes the pointer: `state` is what earlier passes left.
 * @returns the folders of the versions that went, sorted.
 */
export async function collectGarbage(
  deps: GarbageDeps,
  layout: HarnessLayout,
  state: HarnessState,
  wanted: string | null,
): Promise<readonly string[]> {
  const { files } = deps;
  // Were the pointer lost again in a power cut, it would name what is removed here.
  if ((await files.lstat(layout.state)) !== undefined) await files.flush([layout.root]);
  await emptyFolder(files, layout.staging);
  for (const { name } of (await files.readDirectory(layout.downloads)) ?? []) {
    const file = path.join(layout.downloads, name);
    if (wanted === null || file !== layout.download(wanted)) await files.remove(file);
  }
  const gone: string[] = [];
  const entries = (await files.readDirectory(layout.versions)) ?? [];
  // What has no name of a version was not put there by Beaver.
  const names = entries.map(({ name }) => name).filter((name) => fileNameSchema.safeParse(name).success);
  for (const directory of planGarbage(state, names)) {
    if (await removeVersion(deps, layout, directory)) gone.push(directory);
  }
  return gone;
}

async function emptyFolder(files: FileSystem, folder: string): Promise<void> {
  for (const { name } of (await files.readDirectory(folder)) ?? [])
    await files.remove(path.join(folder, name));
}

/**
 * False when somebody runs it: then it goes in a later pass. Whoever starts a version opens its lease first and looks then whether the
 * program is there; what is removed here was named by no pointer since the pass before.
 */
async function removeVersion(
  { files, machine, ids }: GarbageDeps,
  layout: HarnessLayout,
  directory: string,
): Promise<boolean> {
  if (await machine.leaseHeld(layout.lease(directory))) return false;
  const to = path.join(layout.staging, ids.transaction());
  await files.makeDirectory(layout.staging);
  // In one step out of sight: half a version is never among the whole ones.
  await files.rename(layout.version(directory), to);
  await files.flush([layout.versions]);
  await files.remove(to);
  await files.remove(layout.lease(directory));
  return true;
}
