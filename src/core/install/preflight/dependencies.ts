import * as semver from 'semver';
import { shown } from '../../tree-names.ts';
import type { Draft, Range } from './finding.ts';
import type { Dependency } from './requirements.ts';

/** What a marketplace offers, as far as dependencies need it. */
export interface Catalog {
  /** Undefined where the marketplace has no name. */
  readonly name: string | undefined;
  /** Other marketplaces whose plugins its plugins may depend on. */
  readonly allows: readonly string[];
  /** By name. */
  readonly plugins: ReadonlyMap<string, CatalogPlugin>;
}

export interface CatalogPlugin {
  /** Null where neither the entry nor the manifest has one. */
  readonly version: string | null;
  readonly dependencies: readonly Dependency[];
}

/** A dependency and where it is written. */
export interface WrittenDependency {
  readonly dependency: Dependency;
  readonly file: string;
  readonly pointer: string;
  readonly range: Range;
}

/**
 * Whether everything that the plugin depends on can be had. `own` is the marketplace of the plugin, `others` are catalogs that are known
 * besides. What cannot be looked up is said to be unchecked, and never passed over.
 */
export function checkDependencies(
  name: string,
  written: readonly WrittenDependency[],
  own: Catalog | undefined,
  others: readonly Catalog[] = [],
): readonly Draft[] {
  return written.flatMap((one) => checkOne(name, one, own, others));
}

function checkOne(
  plugin: string,
  { dependency, ...place }: WrittenDependency,
  own: Catalog | undefined,
  others: readonly Catalog[],
): readonly Draft[] {
  const { name, range, marketplace } = dependency;
  if (range !== undefined && semver.validRange(range) === null) {
    const message = `The range ${shown(range)} for ${shown(name)} is not a semantic version range.`;
    return [{ ...place, code: 'PF-DEP-RANGE-INVALID', message }];
  }
  const foreign = marketplace !== undefined && marketplace !== own?.name;
  if (foreign && own !== undefined && !own.allows.includes(marketplace)) {
    const message = `${shown(name)} is in the marketplace ${shown(marketplace)}, which this one does not allow.`;
    return [{ ...place, code: 'PF-DEP-MARKETPLACE', message }];
  }
  const catalog = foreign ? others.find((other) => other.name === marketplace) : own;
  if (catalog === undefined) {
    const where =
      marketplace === undefined
        ? 'no marketplace is at hand'
        : `the marketplace ${shown(marketplace)} is not at hand`;
    return [{ ...place, code: 'PF-DEP-UNCHECKED', message: `${shown(name)} was not checked: ${where}.` }];
  }
  const found = catalog.plugins.get(name);
  if (found === undefined) {
    return [
      {
        ...place,
        code: 'PF-DEP-UNRESOLVED',
        message: `There is no plugin ${shown(name)} in the marketplace.`,
      },
    ];
  }
  const circle = foreign ? undefined : circleThrough(plugin, name, catalog);
  return [
    ...versionFindings(place, dependency, found),
    ...(circle === undefined
      ? []
      : [
          {
            ...place,
            code: 'PF-DEP-CYCLE' as const,
            message: `The plugins ${circle.map(shown).join(' → ')} need each other.`,
          },
        ]),
  ];
}

function versionFindings(
  place: Omit<WrittenDependency, 'dependency'>,
  { name, range }: Dependency,
  found: CatalogPlugin,
): readonly Draft[] {
  if (range === undefined) return [];
  const version = found.version === null ? null : semver.valid(semver.clean(found.version));
  if (version === null) {
    const message = `${shown(name)} was not checked: it has no semantic version to compare with.`;
    return [{ ...place, code: 'PF-DEP-UNCHECKED', message, nextStep: 'Give the dependency a version.' }];
  }
  if (semver.satisfies(version, range)) return [];
  const message = `${shown(name)} is at ${version}, which is not in ${shown(range)}.`;
  return [{ ...place, code: 'PF-DEP-RANGE', message }];
}

/** The way from `plugin` over `first` back to itself, both ends named; undefined when there is none. */
function circleThrough(plugin: string, first: string, catalog: Catalog): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (name: string, way: readonly string[]): readonly string[] | undefined => {
    if (name === plugin) return [...way, name];
    if (seen.has(name)) return undefined;
    seen.add(name);
    for (const next of catalog.plugins.get(name)?.dependencies ?? []) {
      if (next.marketplace !== undefined && next.marketplace !== catalog.name) continue;
      const circle = walk(next.name, [...way, name]);
      if (circle !== undefined) return circle;
    }
    return undefined;
  };
  return walk(first, [plugin]);
}
