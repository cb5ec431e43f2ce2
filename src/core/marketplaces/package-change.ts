import * as semver from 'semver';
import { sameIdentity } from '../package-identity.ts';
import type { PackagePin } from '../package-pin.ts';
import type { PackageIdentity } from '../package-ports.ts';
import { compareVersions, type VersionedOffer, versionOfTag } from './tagged-versions.ts';

/** What is installed, as far as it can be held against what is offered. */
export interface InstalledContent {
  readonly identity: PackageIdentity;
  readonly version: string | null;
  /** The tags that named it when it was installed. */
  readonly tags: readonly string[];
}

/**
 * What a chosen content is to the one that is installed. Content decides whether there is a change at all, the version is only its label:
 * `republished` is other content under the same label, `retagged` a tag that names other content than it did. Both are updates.
 */
export type PackageChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'upgrade'; readonly size: UpgradeSize }
  | { readonly kind: 'downgrade' }
  | { readonly kind: 'republished' }
  | { readonly kind: 'retagged'; readonly tag: string }
  /** Other content, and no two versions to compare. */
  | { readonly kind: 'new_content' };

export type UpgradeSize = 'major' | 'minor' | 'patch' | 'prerelease';

export interface ChangeContext {
  readonly pluginName: string;
  readonly pin: PackagePin | null;
}

export function packageChange(
  installed: InstalledContent,
  offer: VersionedOffer,
  context: ChangeContext,
): PackageChange {
  if (sameIdentity(installed.identity, offer.identity)) return { kind: 'none' };
  const moved = movedTag(installed, [offer], context);
  if (moved !== undefined) return { kind: 'retagged', tag: moved };
  if (installed.version !== null && installed.version === offer.version) return { kind: 'republished' };
  const [from, to] = [parsed(installed.version), parsed(offer.version)];
  if (from === null || to === null) return { kind: 'new_content' };
  const order = compareVersions(offer.version, installed.version);
  if (order === 0) return { kind: 'republished' };
  return order < 0 ? { kind: 'downgrade' } : { kind: 'upgrade', size: upgradeSize(from, to) };
}

/**
 * The tag that named the installed content and now names another one of `offers`: somebody replaced what had been published under a name
 * that does not move. Tags of versions never should, nor one that a person holds the plugin to; `v1` and `stable` are made to.
 */
export function movedTag(
  installed: InstalledContent,
  offers: readonly VersionedOffer[],
  { pluginName, pin }: ChangeContext,
): string | undefined {
  return installed.tags.find((tag) => {
    const fixed = versionOfTag(tag, pluginName) !== undefined || (pin?.kind === 'tag' && pin.tag === tag);
    return (
      fixed &&
      offers.some((offer) => offer.tags.includes(tag) && !sameIdentity(offer.identity, installed.identity))
    );
  });
}

/** Whether a person is to be told: what was published under a name that never moves, or a registry's version, was replaced. */
export function isAlert(change: PackageChange, installed: PackageIdentity): boolean {
  return change.kind === 'retagged' || (change.kind === 'republished' && installed.kind === 'integrity');
}

/** Before 1.0.0 a minor version is what a major one is later. */
function upgradeSize(from: semver.SemVer, to: semver.SemVer): UpgradeSize {
  if (from.major !== to.major) return 'major';
  if (from.minor !== to.minor) return to.major === 0 ? 'major' : 'minor';
  return from.patch === to.patch ? 'prerelease' : 'patch';
}

function parsed(version: string | null): semver.SemVer | null {
  return version === null ? null : semver.parse(version);
}
