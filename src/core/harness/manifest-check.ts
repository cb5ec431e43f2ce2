import * as semver from 'semver';
import { parseEnvelope, requireThreshold, validSigners } from './envelope.ts';
import { type HarnessAsset, type HarnessManifest, manifestSchema } from './manifest.ts';
import { refusal } from '../harness-refusal.ts';
import { parseDocument } from './strict-json.ts';
import type { TrustRoot } from './trust-root.ts';

/** Bytes of a signed manifest. */
export const LARGEST_MANIFEST = 512 * 1024;
/** However far ahead a manifest says that it holds, it is believed for this long after its publication (A07). Milliseconds. */
export const LONGEST_VALIDITY = 180 * 24 * 3600 * 1000;
/** Clocks of publisher and machine may differ by this much. Milliseconds. */
const CLOCK_TOLERANCE = 24 * 3600 * 1000;

/** A manifest that passed every check, with the exact bytes that it was read from. */
export interface TrustedManifest {
  readonly manifest: HarnessManifest;
  readonly bytes: Uint8Array;
}

export interface ManifestExpectation {
  readonly product: string;
  readonly channel: string;
  /** Milliseconds since the epoch, taken once when the refresh began (TUF 5.1). */
  readonly startedAt: number;
  /** What was trusted on this channel before; null for nothing. */
  readonly floor: TrustedManifest | null;
}

/**
 * The checks of a served manifest, in the order of TUF 5.4 and of the guardrails "signed update manifests" and "build identity".
 * Whether this machine can use it is asked by {@link usableAsset} afterwards: revocations count even where the release itself does not.
 * @throws BeaverError with the code of the first check that fails.
 */
export function checkManifest(
  bytes: Uint8Array,
  root: TrustRoot,
  expected: ManifestExpectation,
): TrustedManifest {
  // 5.4.1: the size was bounded while it was read.
  const envelope = parseEnvelope(bytes, 'manifest');
  // 5.4.2: arbitrary software. Nothing in it is believed before.
  requireThreshold(envelope, root.roles.manifest, root, `root ${root.version}`);
  const manifest = parseDocument(envelope.payload, 'manifest', manifestSchema);
  // Wrong software: the right signature on something else.
  requireTarget(manifest, expected);
  // Build identity: what is said of the release and of its build must be one thing (mix-and-match, 5.6.4).
  requireOneBuild(manifest);
  // 5.4.3: rollback.
  requireNewer(manifest, bytes, expected.floor);
  // 5.4.4: freeze.
  requireCurrent(manifest, expected.startedAt);
  return { manifest, bytes };
}

/** A manifest that is kept: it was checked when it came, and only has to be read. @throws BeaverError `trust_unreadable`. */
export function readKeptManifest(bytes: Uint8Array): TrustedManifest {
  try {
    return {
      manifest: parseDocument(parseEnvelope(bytes, 'manifest').payload, 'manifest', manifestSchema),
      bytes,
    };
  } catch (cause) {
    throw refusal('trust_unreadable', 'What is known of the last release cannot be read.', { cause });
  }
}

/**
 * TUF 5.3.11: what a kept manifest says is a floor only while those who signed it are trusted. Once their keys are replaced it is none any
 * more, and so a publisher recovers from a stolen key that pushed the counter ahead (A08).
 */
export function floorUnder(root: TrustRoot, kept: TrustedManifest | null): TrustedManifest | null {
  if (kept === null) return null;
  const { manifest } = root.roles;
  return validSigners(parseEnvelope(kept.bytes, 'manifest'), manifest, root).size >= manifest.threshold
    ? kept
    : null;
}

function requireTarget(manifest: HarnessManifest, { product, channel }: ManifestExpectation): void {
  if (manifest.product !== product) {
    throw refusal(
      'wrong_target',
      `A release of "${manifest.product}" is served in place of one of "${product}".`,
      {
        field: '/product',
      },
    );
  }
  if (manifest.channel !== channel) {
    throw refusal(
      'wrong_target',
      `A release of the channel "${manifest.channel}" is served in place of one of "${channel}".`,
      { field: '/channel' },
    );
  }
}

function requireOneBuild({ version, channel, build }: HarnessManifest): void {
  if (build.package_version !== version) {
    throw refusal('mismatch', `The release says ${version} and its build ${build.package_version}.`, {
      field: '/build/package_version',
    });
  }
  if (build.channel !== channel) {
    throw refusal('mismatch', `The release is for "${channel}" and its build for "${build.channel}".`, {
      field: '/build/channel',
    });
  }
}

function requireNewer(manifest: HarnessManifest, bytes: Uint8Array, floor: TrustedManifest | null): void {
  if (floor === null) return;
  const known = floor.manifest;
  if (manifest.counter < known.counter) {
    throw refusal(
      'rollback',
      `Number ${manifest.counter} of the channel is served; ${known.counter} is known.`,
    );
  }
  // Two different documents with one number: the publisher, or somebody with its key, tells two stories.
  if (
    manifest.counter === known.counter &&
    !Buffer.from(floor.bytes).equals(bytes) &&
    !samePayload(floor, bytes)
  ) {
    throw refusal('rollback', `Number ${manifest.counter} of the channel was another document before.`);
  }
  if (semver.compare(manifest.version, known.version) < 0) {
    throw refusal('rollback', `Version ${manifest.version} is served; ${known.version} is known.`);
  }
}

/** The same document with another set of valid signatures is the same document. */
function samePayload(floor: TrustedManifest, bytes: Uint8Array): boolean {
  const before = parseEnvelope(floor.bytes, 'manifest').payload;
  return Buffer.from(before).equals(parseEnvelope(bytes, 'manifest').payload);
}

function requireCurrent(manifest: HarnessManifest, startedAt: number): void {
  if (validUntil(manifest) <= startedAt) {
    throw refusal('expired', `Version ${manifest.version} held until ${isoDay(validUntil(manifest))}.`, {
      field: '/expires_at',
    });
  }
  if (Date.parse(manifest.published_at) > startedAt + CLOCK_TOLERANCE) {
    throw refusal('expired', `Version ${manifest.version} was published after the time of this machine.`, {
      field: '/published_at',
    });
  }
}

/** Milliseconds since the epoch; capped however far the manifest reaches. */
export function validUntil({ published_at, expires_at }: HarnessManifest): number {
  return Math.min(Date.parse(expires_at), Date.parse(published_at) + LONGEST_VALIDITY);
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * What this machine would install of a manifest.
 * @throws BeaverError `launcher_too_old`, `revoked` (a release that revokes itself), `wrong_target` (nothing for the platform).
 */
export function usableAsset(
  manifest: HarnessManifest,
  platform: string,
  launcherVersion: string,
): HarnessAsset {
  if (semver.compare(launcherVersion, manifest.minimum_launcher) < 0) {
    throw refusal(
      'launcher_too_old',
      `Version ${manifest.version} needs Beaver ${manifest.minimum_launcher} or newer; this is ${launcherVersion}.`,
      { field: '/minimum_launcher' },
    );
  }
  const withdrawn = revocationOf(manifest, manifest.version);
  if (withdrawn !== undefined) throw refusal('revoked', `Version ${manifest.version} was withdrawn.`);
  const asset = Object.hasOwn(manifest.assets, platform) ? manifest.assets[platform] : undefined;
  if (asset === undefined) {
    throw refusal('wrong_target', `Version ${manifest.version} has nothing for ${platform}.`, {
      field: '/assets',
    });
  }
  return asset;
}

/** Why a version is not to be run, in its publisher's words; undefined when it may be. */
export function revocationOf(manifest: HarnessManifest, version: string): string | undefined {
  return manifest.revocations.find((entry) => semver.eq(entry.version, version))?.reason;
}
