import * as path from 'node:path';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { type Diagnosis, repairable } from './doctor-finding.ts';
import type { MirrorDeps } from './mirror-deps.ts';

/** What durable writes put beside a file of the store. Anything else there with this ending is somebody's own. */
const STORE_TEMPORARY = /^(?:index|skill|current)\.json\.tmp$/;
const ANY_TEMPORARY = /\.tmp$/;

/**
 * Files that a durable write began and a crash left behind. They are replaced by the next write of the same file; until then they are
 * litter. Versions and snapshots are not looked into: they are whole by construction, and a skill may have files of that name.
 */
export async function examineTemporaries(deps: MirrorDeps): Promise<readonly Diagnosis[]> {
  const { layout } = deps;
  const { files } = deps.ports;
  const found: Diagnosis[] = [];
  for (const [folder, pattern] of await writtenFolders(files, layout)) {
    for (const entry of (await files.readDirectory(folder)) ?? []) {
      if (entry.kind !== 'file' || !pattern.test(entry.name)) continue;
      const file = path.join(folder, entry.name);
      found.push(
        repairable(
          {
            code: 'temporary_leftover',
            message: 'A write was interrupted before its file was put in place; the file itself is whole.',
            would: 'remove what was left; nothing refers to it',
            path: layout.display(file),
            severity: 'info',
          },
          { kind: 'remove_temporary', file },
        ),
      );
    }
  }
  return found;
}

/** Under the write lock nobody else is writing such a file. */
export async function removeTemporary(files: FileSystem, file: string): Promise<void> {
  await files.remove(file);
  await files.flush([path.dirname(file)]);
}

/** The folders whose files are written one by one. Staging is swept up by itself. */
async function writtenFolders(
  files: FileSystem,
  layout: WorkspaceLayout,
): Promise<readonly (readonly [string, RegExp])[]> {
  const below = async (folder: string): Promise<readonly string[]> =>
    ((await files.readDirectory(folder)) ?? [])
      .filter((entry) => entry.kind === 'directory')
      .map((entry) => path.join(folder, entry.name));
  const drafts = await below(layout.drafts);
  const metadata = [
    path.dirname(layout.pluginState),
    layout.learning,
    layout.cache,
    ...drafts.flatMap((draft) => [draft, path.join(draft, 'texts')]),
  ];
  return [
    ...[layout.skills, ...(await below(layout.skills))].map((folder) => [folder, STORE_TEMPORARY] as const),
    ...metadata.map((folder) => [folder, ANY_TEMPORARY] as const),
  ];
}
