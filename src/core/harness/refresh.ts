import { BeaverError, isBeaverError } from '../../base/errors.ts';
import type { Logger } from '../ports.ts';
import type { Transfer, TransferOptions } from '../harness-ports.ts';
import { checkManifest, floorUnder, LARGEST_MANIFEST, type TrustedManifest } from './manifest-check.ts';
import { refusal } from '../harness-refusal.ts';
import {
  LARGEST_ROOT,
  MOST_ROTATIONS,
  nextRoot,
  requireCurrentRoot,
  type TrustedRoot,
} from './root-chain.ts';
import type { HarnessSource } from './source.ts';
import type { TrustStore } from './trust-store.ts';

/** A clock that was set back by less than this is not worth a word. Milliseconds. */
const BACKWARDS_TOLERANCE = 60 * 60 * 1000;

export interface RefreshDeps {
  readonly transfer: Transfer;
  readonly trust: TrustStore;
  readonly log: Logger;
}

export interface RefreshOptions extends TransferOptions {
  /** A person says that the clock is right now, and that it was ahead before: the time of the last look counts no more (F28). */
  readonly acceptClock?: boolean;
}

export interface Refreshed {
  readonly root: TrustedRoot;
  readonly manifest: TrustedManifest;
  /** False when the channel says what it said before. */
  readonly changed: boolean;
  /** The mirror that answered; the assets are asked of it first. */
  readonly mirror: string;
}

/** Where the successor of a root is, on every mirror. */
export function rootPath(version: number): string {
  return `root/${version}.root.json`;
}

export function channelPath(channel: string): string {
  return `channels/${channel}.json`;
}

/**
 * One look for what is published, in the order of TUF 1.0.34 section 5. Mirrors are asked in turn until one passes every check; whatever
 * one of them serves, it can neither make the trusted state worse nor keep the next from being asked (A14).
 * The caller holds the update lock. `startedAt`: milliseconds since the epoch, the one time that all checks of this look use (5.1).
 * @throws BeaverError: the failure of the first mirror that served something wrong, else of the first that did not answer.
 */
export async function refreshTrust(
  deps: RefreshDeps,
  source: HarnessSource,
  startedAt: number,
  options: RefreshOptions = {},
): Promise<Refreshed> {
  if (options.acceptClock !== true) await refuseBackwards(deps.trust, startedAt);
  const failures: BeaverError[] = [];
  for (const mirror of source.mirrors) {
    try {
      const refreshed = await refreshFrom(deps, source, mirror, startedAt, options);
      await deps.trust.keepTime(startedAt);
      return refreshed;
    } catch (error) {
      if (!(error instanceof BeaverError) || !goesOn(error)) throw error;
      deps.log.log('warn', 'A mirror was passed over.', {
        harness: source.harness,
        mirror: source.mirrors.indexOf(mirror) + 1,
        code: error.code,
      });
      failures.push(error);
    }
  }
  throw (
    failures.find(({ code }) => code !== 'source_unreachable' && code !== 'timeout') ??
    failures[0] ??
    refusal('source_unreachable', 'The source names no mirror.')
  );
}

/** A clock that went back makes expired releases look fresh. Nothing is deleted for it: it cannot be told whether the first was right. */
async function refuseBackwards(trust: TrustStore, startedAt: number): Promise<void> {
  const known = await trust.knownTime();
  if (startedAt < known - BACKWARDS_TOLERANCE) {
    throw refusal(
      'clock_backwards',
      `The clock of this machine says ${day(startedAt)}; it has been ${day(known)} before.`,
    );
  }
}

/** Another mirror may do better, unless the caller gave up or this machine itself is the matter. */
function goesOn(error: BeaverError): boolean {
  return !isBeaverError(error, 'fetch_cancelled') && !isBeaverError(error, 'trust_unreadable');
}

async function refreshFrom(
  deps: RefreshDeps,
  source: HarnessSource,
  mirror: string,
  startedAt: number,
  options: TransferOptions,
): Promise<Refreshed> {
  const root = await followRoots(deps, source, mirror, options);
  // 5.3.10: freeze, for the last root only.
  requireCurrentRoot(root, startedAt);
  const floor = floorUnder(root.root, await deps.trust.manifest(source.channel));
  const bytes = await deps.transfer.read(
    `${mirror}${channelPath(source.channel)}`,
    LARGEST_MANIFEST,
    options,
  );
  if (bytes === undefined) throw refusal('source_unreachable', 'The source has no such channel.');
  const manifest = checkManifest(bytes, root.root, {
    product: source.product,
    channel: source.channel,
    startedAt,
    floor,
  });
  const changed = floor === null || manifest.manifest.counter !== floor.manifest.counter;
  // 5.4.5: kept only after every check. An equal number ends the look silently (5.4.3).
  if (changed) await deps.trust.keepManifest(source.channel, manifest);
  return { root, manifest: changed ? manifest : floor, changed, mirror };
}

/** TUF 5.2 and 5.3: each root is kept as soon as it is trusted, so that a later failure does not undo a rotation. */
async function followRoots(
  { transfer, trust, log }: RefreshDeps,
  source: HarnessSource,
  mirror: string,
  options: TransferOptions,
): Promise<TrustedRoot> {
  let current = await trust.root(source.product);
  for (let rotations = 0; rotations < MOST_ROTATIONS; rotations += 1) {
    const url = `${mirror}${rootPath(current.root.version + 1)}`;
    const bytes = await transfer.read(url, LARGEST_ROOT, options);
    if (bytes === undefined) return current;
    const next = nextRoot(current, bytes);
    await trust.keepRoot(next);
    log.log('info', 'A trust root was replaced by its successor.', {
      harness: source.harness,
      version: next.root.version,
    });
    current = next;
  }
  throw refusal('too_large', `More than ${MOST_ROTATIONS} trust roots are to be followed.`);
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
