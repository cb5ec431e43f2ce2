import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import type { PackagePin } from '../package-pin.ts';
import type { InstallDeps, Resolution } from './install-deps.ts';
import type { InstalledPlugins } from './install-registry.ts';
import type { InstalledPlugin } from './installed-plugin.ts';
import type { Dependency } from './preflight/requirements.ts';
import { installedIdOf, type StagedPackage, type WantedPlugin } from './staged-package.ts';
import { intersection, type Requirement, unmet } from './version-ranges.ts';

/** How often another version of one dependency is tried before it is called a conflict. */
const MOST_ROUNDS = 5;

/** The dependencies of one plugin of an attempt, as the registry keeps them. */
export type DependencyLists = ReadonlyMap<string, InstalledPlugin['dependencies']>;

export interface PreparedDependencies {
  /** Everything that comes with the root, in the order in which it was found. */
  readonly staged: readonly StagedPackage[];
  /** By id of the root and of each staged one. */
  readonly dependencies: DependencyLists;
}

/** Brings one package in. */
export type Bring = (wanted: WantedPlugin, resolution: Resolution) => Promise<StagedPackage>;

/**
 * Finds and brings in what the root needs, and what that needs in turn. What is installed and fits is left alone. Several plugins that need
 * the same one are held to the versions that suit all of them; where there is none, nothing is installed.
 * @throws BeaverError `dependency_conflict`, `dependency_unresolved`, `dependency_not_allowed`.
 */
export async function prepareDependencies(
  deps: InstallDeps,
  root: StagedPackage,
  installed: InstalledPlugins,
  bring: Bring,
  signal: AbortSignal,
): Promise<PreparedDependencies> {
  const beside = await pluginsBeside(deps);
  const staged = new Map<string, StagedPackage>([[root.wanted.id, root]]);
  const lists = new Map<string, InstalledPlugin['dependencies']>();
  const rounds = new Map<string, number>();
  const waiting = [root.wanted.id];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const member = staged.get(next);
    if (member === undefined) continue;
    const needed = placesOf(member, installed, beside);
    lists.set(next, needed);
    for (const { id } of needed) {
      const requirements = requirementsOn(id, installed, lists);
      const held = staged.get(id)?.package.version ?? installed.get(id)?.active.version ?? null;
      const there = staged.has(id) || installed.has(id);
      if (there && unmet(held, requirements).length === 0) continue;
      const tried = (rounds.get(id) ?? 0) + 1;
      rounds.set(id, tried);
      if (tried > MOST_ROUNDS || id === root.wanted.id) throw conflict(id, requirements);
      await assertAllowed(deps, root, id, member.wanted.name);
      staged.set(id, await bringOne(deps, id, needed, member, requirements, installed, bring, signal));
      waiting.push(id);
    }
  }
  staged.delete(root.wanted.id);
  return { staged: [...staged.values()], dependencies: lists };
}

/**
 * What a package needs, where all of it is installed in versions that suit it. Brings nothing in.
 * @throws BeaverError `dependency_conflict`, `dependency_unresolved`.
 */
export function standingDependencies(
  member: Pick<StagedPackage, 'wanted' | 'contents'>,
  installed: InstalledPlugins,
  beside: PluginsBeside,
): InstalledPlugin['dependencies'] {
  const needed = placesOf(member, installed, beside);
  for (const { id, range } of needed) {
    const there = installed.get(id);
    if (there === undefined) throw unresolved(id, member.wanted.name);
    const requirements = [{ by: member.wanted.id, range }];
    if (unmet(there.active.version, requirements).length > 0) throw conflict(id, requirements);
  }
  return needed;
}

/** Plugins that are installed, or come now, and are held to versions that this one is not in. @throws BeaverError `dependency_conflict`. */
export function assertDependants(id: string, version: string | null, installed: InstalledPlugins): void {
  const requirements = requirementsOn(id, installed, new Map());
  if (unmet(version, requirements).length > 0) throw conflict(id, requirements);
}

function requirementsOn(
  id: string,
  installed: InstalledPlugins,
  lists: DependencyLists,
): readonly Requirement[] {
  const standing = [...installed]
    .filter(([by]) => !lists.has(by))
    .map(([by, { dependencies }]) => [by, dependencies] as const);
  return [...standing, ...lists].flatMap(([by, dependencies]) =>
    dependencies.filter((one) => one.id === id).map(({ range }) => ({ by, range })),
  );
}

/** Plugins that nobody installed and that are there all the same, in folders that a person keeps: their versions by id. */
export type PluginsBeside = ReadonlyMap<string, string | null>;

export async function pluginsBeside(deps: InstallDeps): Promise<PluginsBeside> {
  const { layout } = deps.mirror;
  const { manifests } = await deps.mirror.discover();
  const packages = layout.installPackages + path.sep;
  return new Map(
    manifests.filter(({ root }) => !root.startsWith(packages)).map((one) => [one.pluginId, one.version]),
  );
}

/** Without what lies beside and suits: nothing of that is ever brought in, updated or taken out here. @throws BeaverError `dependency_conflict`. */
function placesOf(
  member: Pick<StagedPackage, 'wanted' | 'contents'>,
  installed: InstalledPlugins,
  beside: PluginsBeside,
): InstalledPlugin['dependencies'] {
  return member.contents.dependencies.flatMap((one) => {
    const id = installedIdOf(one.name, null).replace(/@.*$/, '');
    const version = beside.get(id);
    if (version === undefined) return [placeOf(member, one, installed)];
    const requirements = [{ by: member.wanted.id, range: one.range ?? null }];
    // Another one of its id could not be put in use beside it.
    if (unmet(version, requirements).length > 0) throw conflict(id, requirements);
    return [];
  });
}

function placeOf(
  member: Pick<StagedPackage, 'wanted' | 'contents'>,
  { name, range, marketplace }: Dependency,
  installed: InstalledPlugins,
): InstalledPlugin['dependencies'][number] {
  const market = marketplace ?? member.wanted.marketplace;
  if (market !== null) return { id: installedIdOf(name, market), range: range ?? null };
  // What came from no marketplace has none to look in: whatever plugin of that name is there will do.
  const wanted = installedIdOf(name, null).replace(/@.*$/, '@');
  const there = [...installed.keys()].sort().find((id) => id.startsWith(wanted));
  if (there !== undefined) return { id: there, range: range ?? null };
  throw unresolved(name, member.wanted.name);
}

/** What comes with a plugin comes from its own marketplace, or from one that this marketplace names for that. */
async function assertAllowed(deps: InstallDeps, root: StagedPackage, id: string, by: string): Promise<void> {
  const { name, marketplace } = root.wanted;
  if (marketplace === null) return;
  const isFrom = (market: string): boolean => installedIdOf('x', market) === id.replace(/^.*@/, 'x@');
  if (isFrom(marketplace)) return;
  const { allows = [] } = (await deps.catalog.find(name, marketplace)) ?? {};
  if (allows.some(isFrom)) return;
  throw new BeaverError(
    'dependency_not_allowed',
    `"${by}" needs "${id}", and its marketplace "${marketplace}" does not allow plugins of that one.`,
    { nextStep: 'Install what it needs by itself, if you trust it; then install this one again.', field: id },
  );
}

async function bringOne(
  deps: InstallDeps,
  id: string,
  needed: InstalledPlugin['dependencies'],
  member: StagedPackage,
  requirements: readonly Requirement[],
  installed: InstalledPlugins,
  bring: Bring,
  signal: AbortSignal,
): Promise<StagedPackage> {
  const before = installed.get(id);
  const index = needed.findIndex((one) => one.id === id);
  const { name = before?.name ?? id, marketplace } = member.contents.dependencies[index] ?? {};
  const market = before?.marketplace ?? marketplace ?? member.wanted.marketplace;
  const listing = market === null ? undefined : await deps.catalog.find(name, market);
  if (listing === undefined) throw unresolved(name, member.wanted.name);
  const range = intersection(requirements.map((one) => one.range));
  const pin: PackagePin | null =
    before?.pin ?? (range === null ? null : { kind: 'range', range, prereleases: false });
  const wanted: WantedPlugin = {
    id,
    name: listing.name,
    marketplace: listing.marketplace,
    source: listing.source,
    // The range is that of those who need it and not a wish of the person.
    pin: before?.pin ?? null,
    requested: before?.requested ?? false,
  };
  const resolution = await resolveWithin(
    deps,
    { wanted, pin, ignored: before?.ignored ?? [] },
    id,
    requirements,
    signal,
  );
  const staged = await bring(wanted, resolution);
  if (unmet(staged.package.version, requirements).length > 0) throw conflict(id, requirements);
  return staged;
}

async function resolveWithin(
  deps: InstallDeps,
  {
    wanted,
    pin,
    ignored,
  }: { wanted: WantedPlugin; pin: PackagePin | null; ignored: InstalledPlugin['ignored'] },
  id: string,
  requirements: readonly Requirement[],
  signal: AbortSignal,
): Promise<Resolution> {
  const question = { name: wanted.name, source: wanted.source, ignored };
  try {
    return await deps.catalog.resolve({ ...question, pin }, { signal });
  } catch (error) {
    if (!(error instanceof BeaverError && error.code === 'pin_not_offered')) throw error;
    if (pin?.kind !== 'range') throw error;
    // A source without tagged versions offers one content; its manifest says whether it fits.
    const only = await deps.catalog.resolve({ ...question, pin: null }, { signal });
    if (only.resolved.version !== null && unmet(only.resolved.version, requirements).length > 0)
      throw conflict(id, requirements);
    return only;
  }
}

function conflict(id: string, requirements: readonly Requirement[]): BeaverError {
  const words = requirements.map(({ by, range }) => `${by} needs ${range ?? 'any version'}`).join('; ');
  return new BeaverError('dependency_conflict', `No version of "${id}" suits everyone: ${words}.`, {
    nextStep: 'Update the plugins that need it together, or uninstall one of them.',
    field: id,
  });
}

function unresolved(name: string, by: string): BeaverError {
  return new BeaverError(
    'dependency_unresolved',
    `"${by}" needs the plugin "${name}", which cannot be found.`,
    {
      nextStep: 'Add the marketplace that has it, or install it first.',
      field: name,
    },
  );
}
