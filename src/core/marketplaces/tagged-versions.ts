import * as semver from 'semver';
import { identityText } from '../package-identity.ts';
import type { PackageOffer, PackageOffers, PackageSource } from '../package-ports.ts';

/** An offer with the version that it is for one plugin; null where nothing says one. */
export type VersionedOffer = PackageOffer;

/**
 * What a source offers one plugin, highest version first, those without a version last, each content once.
 *
 * The versions of a repository are its tags. Where some are named after the plugin (`name--v1.2.3`) only those count, since the plain ones
 * are then of something else that lives there; tags of other plugins never do. A registry says the versions itself.
 */
export function versionedOffers(
  source: PackageSource,
  pluginName: string,
  offers: PackageOffers,
): readonly VersionedOffer[] {
  const all = offers.head === null ? offers.others : [offers.head, ...offers.others];
  const own = all.some((offer) => offer.tags.some((tag) => ownVersion(tag, pluginName) !== undefined));
  const byIdentity = new Map<string, VersionedOffer>();
  for (const offer of all) {
    const key = identityText(offer.identity);
    const before = byIdentity.get(key);
    const tags = before === undefined ? offer.tags : [...new Set([...before.tags, ...offer.tags])].sort();
    const version =
      source.kind === 'git'
        ? highest(tags.map((tag) => (own ? ownVersion(tag, pluginName) : plainVersion(tag))))
        : (offer.version ?? before?.version ?? null);
    byIdentity.set(key, { identity: offer.identity, tags, version });
  }
  return [...byIdentity.values()].sort(newestFirst);
}

/** The version that a tag gives a plugin of this name: `1.2.3` of `name--v1.2.3`, of `v1.2.3` and of `1.2.3`; undefined of any other. */
export function versionOfTag(tag: string, pluginName: string): string | undefined {
  return ownVersion(tag, pluginName) ?? plainVersion(tag);
}

function ownVersion(tag: string, pluginName: string): string | undefined {
  const prefix = `${pluginName}--`;
  return tag.startsWith(prefix) ? plainVersion(tag.slice(prefix.length)) : undefined;
}

/** Strict: `v1`, `1.2` and `release-1.2.3` are names and no versions. */
function plainVersion(tag: string): string | undefined {
  const written = /^v?(\d.*)$/.exec(tag)?.[1];
  if (written === undefined) return undefined;
  const parsed = semver.parse(written);
  if (parsed === null) return undefined;
  return parsed.build.length === 0 ? parsed.version : `${parsed.version}+${parsed.build.join('.')}`;
}

function highest(versions: readonly (string | undefined)[]): string | null {
  const known = versions.filter((version) => version !== undefined);
  return known.sort((a, b) => semver.compareBuild(b, a))[0] ?? null;
}

/** Identities settle what versions leave open, so that the same offers always come in the same order (invariant 6). */
function newestFirst(a: VersionedOffer, b: VersionedOffer): number {
  return compareVersions(b.version, a.version) || order(identityText(a.identity), identityText(b.identity));
}

/** As semver orders them; what is no semantic version comes before all that are, and null before everything. */
export function compareVersions(a: string | null, b: string | null): number {
  const [left, right] = [a === null ? null : semver.parse(a), b === null ? null : semver.parse(b)];
  if (left !== null && right !== null) return left.compareBuild(right) || left.compare(right);
  if (left !== null) return 1;
  if (right !== null) return -1;
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return order(a, b);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
