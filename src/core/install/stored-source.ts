import * as path from 'node:path';
import type { WorkspaceLayout } from '../layout.ts';
import type { MarketplaceSource, PackageSource } from '../package-ports.ts';

type AnySource = MarketplaceSource | PackageSource;

/** As files hold it: a folder of this machine relative to the workspace, POSIX; absolute only where there is no way between two drives. */
export function storedSource<S extends AnySource>(layout: WorkspaceLayout, source: S): S {
  if (source.kind !== 'local') return source;
  const relative = path.relative(layout.root, path.resolve(layout.root, source.path));
  if (path.isAbsolute(relative)) return source;
  return { ...source, path: relative === '' ? '.' : relative.split(path.sep).join('/') };
}

/** The reverse of {@link storedSource}. */
export function liveSource<S extends AnySource>(layout: WorkspaceLayout, source: S): S {
  return source.kind === 'local' ? { ...source, path: path.resolve(layout.root, source.path) } : source;
}
