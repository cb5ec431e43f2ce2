import type { InstalledPackage, InstalledPlugin } from '../../src/core/install/installed-plugin.ts';
import { packageDirectory } from '../../src/core/install/installed-plugin.ts';
import type { PackageIdentity, PackageSource } from '../../src/core/package-ports.ts';

const AT = '2026-11-21T10:15:30.123Z';
export const GIT_SOURCE: Extract<PackageSource, { kind: 'git' }> = {
  kind: 'git',
  url: 'https://git.example.com/kit.git',
  subpath: '',
  ref: null,
  commit: null,
};

/** A content whose commit is this digit all over. */
export function aPackage(digit: string, version: string | null = `${digit}.0.0`): InstalledPackage {
  const identity: PackageIdentity = { kind: 'commit', commit: digit.repeat(40) };
  return {
    directory: packageDirectory(identity, GIT_SOURCE),
    identity,
    source: GIT_SOURCE,
    version,
    tags: [],
    tree_hash: digit.repeat(64),
    installed_at: AT,
  };
}

export function anInstalledPlugin(over: Partial<InstalledPlugin> = {}): InstalledPlugin {
  return {
    plugin_id: 'kit',
    name: 'kit',
    marketplace: null,
    source: GIT_SOURCE,
    active: aPackage('1'),
    previous: [],
    pin: null,
    ignored: [],
    health: { status: 'healthy', checked_at: AT, checked_by: 't0001' },
    requested: true,
    dependencies: [],
    ...over,
  };
}
