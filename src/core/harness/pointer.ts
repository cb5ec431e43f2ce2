import * as semver from 'semver';
import { BeaverError } from '../../base/errors.ts';
import { revocationOf } from './manifest-check.ts';
import type { HarnessAsset, HarnessManifest } from './manifest.ts';
import { refusal } from '../harness-refusal.ts';
import { type HarnessState, type IgnoredVersion, type InstalledVersion, LONGEST_DETAIL } from './state.ts';

/** What the pointer may become. Pure: each function gives the next state, and {@link StateStore} puts it in place. */

/** What an update would do, and why. */
export type UpdatePlan =
  | { readonly kind: 'current' }
  | { readonly kind: 'staged_already' }
  | { readonly kind: 'ignored'; readonly ignored: IgnoredVersion }
  /** The channel offers less than what runs; nothing that runs is replaced by something older. */
  | { readonly kind: 'older' }
  | { readonly kind: 'stage' };

export function planUpdate(state: HarnessState, manifest: HarnessManifest, asset: HarnessAsset): UpdatePlan {
  const ignored = state.ignored.find((entry) => matches(entry, manifest.version, asset.sha256));
  if (ignored !== undefined) return { kind: 'ignored', ignored };
  const { active, staged } = state;
  if (active?.asset_sha256 === asset.sha256) return { kind: 'current' };
  if (
    active !== null &&
    semver.lt(manifest.version, active.version) &&
    revocationOf(manifest, active.version) === undefined
  ) {
    return { kind: 'older' };
  }
  return staged?.asset_sha256 === asset.sha256 ? { kind: 'staged_already' } : { kind: 'stage' };
}

export function isIgnored(state: HarnessState, version: InstalledVersion): boolean {
  return state.ignored.some((entry) => matches(entry, version.version, version.asset_sha256));
}

function matches(entry: IgnoredVersion, version: string, assetSha256: string): boolean {
  return semver.eq(entry.version, version) && (entry.asset_sha256 ?? assetSha256) === assetSha256;
}

/** The state with what a manifest revokes taken out of reach: it is neither staged nor returned to. What runs goes on running. */
export function withRevocations(state: HarnessState, manifest: HarnessManifest): HarnessState {
  const fine = (one: InstalledVersion | null): InstalledVersion | null =>
    one === null || revocationOf(manifest, one.version) !== undefined ? null : one;
  return { ...state, staged: fine(state.staged), previous: fine(state.previous) };
}

export function withStaged(state: HarnessState, staged: InstalledVersion): HarnessState {
  return { ...state, staged };
}

/** The staged version becomes the active one, and the active one what a rollback returns to. */
export function activated(state: HarnessState): HarnessState {
  const { staged, active, previous } = state;
  if (staged === null) return state;
  const kept = active === null || active.directory === staged.directory ? previous : active;
  return { ...state, active: staged, staged: null, previous: kept };
}

/** An entry more, once for each version and content; the oldest go when there are too many, and a long reason is cut. */
export function withIgnored(state: HarnessState, wanted: IgnoredVersion): HarnessState {
  const entry = { ...wanted, detail: wanted.detail.slice(0, LONGEST_DETAIL) };
  const others = state.ignored.filter(
    (one) => !(one.version === entry.version && one.asset_sha256 === entry.asset_sha256),
  );
  const staged = state.staged !== null && matches(entry, state.staged.version, state.staged.asset_sha256);
  return { ...state, staged: staged ? null : state.staged, ignored: [...others, entry].slice(-200) };
}

/**
 * The previous version becomes the active one, and the one that was left is ignored, so that the next look does not bring it back.
 * @throws BeaverError `nothing_to_roll_back`, `revoked`.
 */
export function rolledBack(
  state: HarnessState,
  manifest: HarnessManifest | null,
  at: number,
  why: string,
): HarnessState {
  const { active, previous } = state;
  if (active === null || previous === null) {
    throw new BeaverError('nothing_to_roll_back', 'There is no earlier version to return to.', {
      nextStep: 'Run "beaver harness status" to see which versions are there.',
    });
  }
  if (manifest !== null && revocationOf(manifest, previous.version) !== undefined) {
    throw refusal('revoked', `Version ${previous.version} was withdrawn; it is not returned to.`);
  }
  const left = withIgnored(state, {
    version: active.version,
    asset_sha256: active.asset_sha256,
    reason: 'rolled_back',
    detail: why,
    at: new Date(at).toISOString(),
  });
  return { ...left, active: previous, previous: null };
}

/**
 * A version that failed when a session went on with it: what ran before becomes active again, and the failed one is ignored. Where another one
 * became active meanwhile, that stays.
 */
export function leftForPrevious(
  state: HarnessState,
  failed: InstalledVersion,
  before: InstalledVersion,
  at: number,
  why: string,
): HarnessState {
  const { version, asset_sha256 } = failed;
  const entry = { version, asset_sha256, reason: 'crash_loop', detail: why } as const;
  const left = withIgnored(state, { ...entry, at: new Date(at).toISOString() });
  if (left.active?.directory !== failed.directory) return left;
  const previous = left.previous?.directory === before.directory ? null : left.previous;
  return { ...left, active: before, previous };
}

/**
 * A version that a person does not want, whatever its content; one that was staged is staged no more.
 * @throws BeaverError `version_in_use` for the one that starts.
 */
export function ignoredByHand(state: HarnessState, version: string, why: string, at: number): HarnessState {
  if (state.active?.version === version) {
    throw new BeaverError('version_in_use', `Version ${version} is the one that starts.`, {
      nextStep: 'Roll back instead: that ignores the version which is left.',
    });
  }
  const entry = { version, asset_sha256: null, reason: 'by_hand', detail: why.slice(0, 300) } as const;
  return withIgnored(state, { ...entry, at: new Date(at).toISOString() });
}

/** Every entry about a version taken back, whoever made it. @throws BeaverError `version_not_ignored`. */
export function notIgnored(state: HarnessState, version: string): HarnessState {
  const ignored = state.ignored.filter((entry) => !semver.eq(entry.version, version));
  if (ignored.length === state.ignored.length) {
    throw new BeaverError('version_not_ignored', `Version ${version} is not ignored.`, {
      nextStep: 'Run "beaver harness status" to see which versions are.',
    });
  }
  return { ...state, ignored };
}
