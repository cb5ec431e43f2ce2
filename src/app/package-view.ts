import { isBeaverError } from '../base/errors.ts';
import { toBeaverError } from '../base/system-errors.ts';
import type { InstalledPlugins } from '../core/install/install-registry.ts';
import { hashPackageTree } from '../core/install/package-tree.ts';
import { liveSource } from '../core/install/stored-source.ts';
import type { SeenMarketplace, UpdatablePlugin } from '../core/marketplaces/auto-update-plan.ts';
import type { PackageOnDisk, PackagesOnDisk } from '../core/marketplaces/lock-check.ts';
import type { MarketplaceService } from '../core/marketplaces/marketplace-service.ts';
import type { MirrorDeps } from '../core/mirror/mirror-deps.ts';
import { StateBook } from '../core/mirror/state-book.ts';

/** What the active packages are on disk: every file is read, since this is what tells whether one was changed. */
export async function packagesOnDisk(deps: MirrorDeps, installed: InstalledPlugins): Promise<PackagesOnDisk> {
  const { layout, ports } = deps;
  const { manifests, look } = await deps.discover();
  const found = new Map<string, PackageOnDisk>();
  for (const [id, { active }] of installed) {
    const root = layout.installPackage(id, active.directory);
    const present = (await ports.files.lstat(root)) !== undefined;
    const treeHash = await orNull(() => hashPackageTree(ports.files, root, layout.display(root)));
    const manifest = manifests.find((one) => one.root === root);
    const skills = new Map<string, string | null>();
    for (const skill of manifest?.skills ?? [])
      skills.set(skill.name, await orNull(() => deps.treeHash(manifest ?? never(), skill, null, look)));
    found.set(id, { present, treeHash, skills });
  }
  return found;
}

/** Installed plugins as auto-update sees them; sources ready for use. */
export async function updatablePlugins(
  deps: MirrorDeps,
  installed: InstalledPlugins,
): Promise<readonly UpdatablePlugin[]> {
  const state = await StateBook.read(deps.ports.files, deps.layout);
  return [...installed].map(([id, plugin]): UpdatablePlugin => {
    const known = state.find(plugin.plugin_id);
    return {
      id,
      name: plugin.name,
      marketplace: plugin.marketplace,
      source: liveSource(deps.layout, plugin.source),
      installed: plugin.active,
      pin: plugin.pin,
      ignored: plugin.ignored.map(({ identity, reason }) => ({ identity, reason: reason.message })),
      active: known?.enabled === false ? 'disabled' : known?.updates_paused === true ? 'paused' : 'yes',
    };
  });
}

/** The marketplaces as of the last look at each. One whose catalog cannot be read has no entries. */
export async function seenMarketplaces(
  service: MarketplaceService,
): Promise<ReadonlyMap<string, SeenMarketplace>> {
  const seen = new Map<string, SeenMarketplace>();
  for (const { name, mode, trusted_at: trusted, pin: defaultPin } of await service.list()) {
    const catalog = await service.catalog(name).catch((error: unknown) => {
      if (!isBeaverError(error)) throw error;
      return undefined;
    });
    const sources = new Map(catalog?.plugins.map((plugin) => [plugin.name, plugin.source]));
    seen.set(name, { mode, trusted: trusted !== null, defaultPin, sources });
  }
  return seen;
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (toBeaverError(error) === undefined) throw error;
    return null;
  }
}

function never(): never {
  throw new TypeError('a skill has a plugin');
}
