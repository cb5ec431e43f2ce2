import { BeaverError } from '../../base/errors.ts';
import type { ConsentSubject } from './consent.ts';
import type { InstallDeps } from './install-deps.ts';
import type { InstalledPlugin } from './installed-plugin.ts';
import { readPackage, type SurfaceItem } from './package-contents.ts';
import type { StagedPackage } from './staged-package.ts';
import { liveSource } from './stored-source.ts';

/** A package beside the one that it would replace. */
export async function consentSubject(
  deps: InstallDeps,
  staged: StagedPackage,
  before: InstalledPlugin | null,
): Promise<ConsentSubject> {
  const { wanted, contents } = staged;
  return {
    id: wanted.id,
    identity: staged.package.identity,
    version: staged.package.version,
    source: wanted.source,
    surface: contents.surface,
    before:
      before === null
        ? null
        : {
            version: before.active.version,
            source: liveSource(deps.mirror.layout, before.source),
            surface: await surfaceOf(deps, wanted.id, before),
          },
  };
}

/** Of the active package; where it cannot be read, everything that comes is new. */
async function surfaceOf(
  deps: InstallDeps,
  id: string,
  { active, name }: InstalledPlugin,
): Promise<readonly SurfaceItem[]> {
  const { layout, ports } = deps.mirror;
  const root = layout.installPackage(id, active.directory);
  try {
    return (await readPackage(ports.files, root, layout.display(root), name)).surface;
  } catch (error) {
    if (error instanceof BeaverError) return [];
    throw error;
  }
}
