import * as path from 'node:path';
import type { WorkspaceLayout } from '../layout.ts';
import type { PackageSource } from '../package-ports.ts';

/** As files hold it: a folder of this machine relative to the workspace, POSIX; absolute only where there is no way between two drives. */
export function storedSource(layout: WorkspaceLayout, source: PackageSource): PackageSource {
  if (source.kind !== 'local') return source;
  const relative = path.relative(layout.root, path.resolve(layout.root, source.path));
  if (path.isAbsolute(relative)) return source;
  return { kind: 'local', path: relative === '' ? '.' : relative.split(path.sep).join('/') };
}

/** The reverse of {@link storedSource}. */
export function liveSource(layout: WorkspaceLayout, source: PackageSource): PackageSource {
  return source.kind === 'local' ? { kind: 'local', path: path.resolve(layout.root, source.path) } : source;
}
