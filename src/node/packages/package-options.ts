import * as path from 'node:path';
import type { Clock, FileSystem, Lock } from '../../core/ports.ts';
import { beaverHome } from '../beaver-home.ts';
import type { NodePackagesOptions } from './node-packages.ts';

/**
 * How packages are fetched on this machine: the cache in `BEAVER_HOME`, its bound in `BEAVER_CACHE_MAX_MB` (megabytes; anything else than a
 * positive number counts as not set), the proxy of the editor or of the environment.
 */
export function packageOptions(
  environment: Readonly<Record<string, string | undefined>>,
  ports: { readonly files: FileSystem; readonly lock: Lock; readonly clock: Clock },
  proxy?: string,
): NodePackagesOptions {
  const megabytes = Number(environment['BEAVER_CACHE_MAX_MB'] ?? '');
  return {
    cache: path.join(beaverHome(environment), 'cache'),
    environment,
    ports,
    ...(proxy === undefined ? {} : { proxy }),
    ...(Number.isFinite(megabytes) && megabytes > 0 ? { maxCacheBytes: megabytes * 1_000_000 } : {}),
  };
}
