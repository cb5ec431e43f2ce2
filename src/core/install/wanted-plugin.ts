import { BeaverError } from '../../base/errors.ts';
import { originText } from '../package-identity.ts';
import type { PackagePin } from '../package-pin.ts';
import type { PackageSource } from '../package-ports.ts';
import type { InstallDeps } from './install-deps.ts';
import { readInstalled } from './install-registry.ts';
import type { InstalledPlugin } from './installed-plugin.ts';
import { installedIdOf, type WantedPlugin } from './staged-package.ts';
import { liveSource } from './stored-source.ts';

/** What is to be installed: a plugin of a marketplace, or whatever is at a source. */
export type InstallTarget =
  | { readonly kind: 'listed'; readonly name: string; readonly marketplace: string }
  | { readonly kind: 'source'; readonly source: PackageSource };

/** @throws BeaverError `plugin_not_listed`, and those of the marketplace. */
export async function wantedPlugin(
  deps: InstallDeps,
  target: InstallTarget,
  pin: PackagePin | null,
): Promise<WantedPlugin> {
  if (target.kind === 'listed') return listedPlugin(deps, target.name, target.marketplace, pin);
  const { layout, ports } = deps.mirror;
  const origin = originText(target.source);
  for (const [id, record] of await readInstalled(ports.files, layout)) {
    if (record.marketplace !== null || originText(liveSource(layout, record.source)) !== origin) continue;
    return {
      ...installedAsWanted(deps, id, record),
      source: target.source,
      pin: pin ?? record.pin,
      requested: true,
    };
  }
  const name = nameOf(target.source);
  return {
    id: installedIdOf(name, null),
    name,
    marketplace: null,
    source: target.source,
    pin,
    requested: true,
  };
}

/** @throws BeaverError `plugin_not_listed`, and those of the marketplace. */
export async function listedPlugin(
  deps: InstallDeps,
  name: string,
  marketplace: string,
  pin: PackagePin | null,
): Promise<WantedPlugin> {
  const listing = await deps.catalog.find(name, marketplace);
  if (listing === undefined) {
    throw new BeaverError('plugin_not_listed', `The marketplace "${marketplace}" has no plugin "${name}".`, {
      nextStep: 'Browse the marketplace for what it has, or refresh it.',
      field: 'id',
    });
  }
  return {
    id: installedIdOf(listing.name, listing.marketplace),
    name: listing.name,
    marketplace: listing.marketplace,
    source: listing.source,
    pin,
    defaultPin: listing.defaultPin,
    requested: true,
  };
}

/** What an update of this plugin is to bring. @throws BeaverError `plugin_not_listed`, and those of the marketplace. */
export async function updateOf(
  deps: InstallDeps,
  id: string,
  record: InstalledPlugin,
): Promise<WantedPlugin> {
  if (record.marketplace === null) return installedAsWanted(deps, id, record);
  return { ...(await listedPlugin(deps, record.name, record.marketplace, record.pin)), id };
}

/** What is installed, to be had again from where it came. */
export function installedAsWanted(deps: InstallDeps, id: string, plugin: InstalledPlugin): WantedPlugin {
  const { name, marketplace, source, pin, requested } = plugin;
  return { id, name, marketplace, source: liveSource(deps.mirror.layout, source), pin, requested };
}

/** What a source is called until its manifest says it. */
function nameOf(source: PackageSource): string {
  const text = source.kind === 'npm' ? source.name : source.kind === 'local' ? source.path : source.url;
  const below = source.kind === 'git' && source.subpath !== '' ? source.subpath : text;
  const last = below
    .split(/[\\/:]/)
    .filter((part) => part !== '')
    .at(-1);
  return (last ?? 'plugin').replace(/\.(?:git|zip|tgz|tar\.gz)$/, '');
}
