import type { Blocker, RestartQuiescence } from './blocker.ts';
import { type RestartNotice, type RestartTarget, tellingBlocker } from './restart-words.ts';
import type { UpdatePolicy } from './update-policy.ts';

export interface RestartQuestion {
  /** As people call the program. */
  readonly name: string;
  /** What the session could be restarted into; null when there is nothing newer. */
  readonly target: RestartTarget | null;
  readonly quiescence: RestartQuiescence;
  readonly policy: UpdatePolicy;
  /** What the person asked of this session. `deferred`: not in this session, unless they ask again. */
  readonly wish: 'none' | 'restart' | 'deferred';
}

export type RestartDecision =
  | { readonly kind: 'nothing'; readonly why: 'nothing_staged' | 'switched_off' | 'deferred_by_person' }
  /** Not now: when the turn is over, or when what is named is. */
  | { readonly kind: 'defer'; readonly notice: RestartNotice; readonly blockers: readonly Blocker[] }
  /** Admission is to be closed, and everything asked once more. */
  | { readonly kind: 'restart'; readonly notice: RestartNotice };

/** Whether a session is restarted now. Pure; asked again with everything that changes. */
export function decideRestart(question: RestartQuestion): RestartDecision {
  const { name, target, quiescence, policy, wish } = question;
  if (wish !== 'restart') {
    if (target === null) return { kind: 'nothing', why: 'nothing_staged' };
    if (wish === 'deferred') return { kind: 'nothing', why: 'deferred_by_person' };
    if (!policy.autoRestart) return { kind: 'nothing', why: 'switched_off' };
  }
  if (quiescence.status === 'ready') {
    return target === null
      ? { kind: 'nothing', why: 'nothing_staged' }
      : { kind: 'restart', notice: { kind: 'restarting', name, target } };
  }
  if (target === null) return { kind: 'nothing', why: 'nothing_staged' };
  const { blockers } = quiescence;
  const telling = tellingBlocker(blockers);
  const notice: RestartNotice =
    telling !== undefined
      ? { kind: 'deferred', blocker: telling }
      : target.kind === 'version'
        ? { kind: 'staged', name, version: target.version }
        : { kind: 'build_found' };
  return { kind: 'defer', notice, blockers };
}

/** What a build of this machine looks like on the disk. */
export interface BuildLook {
  /** Bytes. */
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ino: bigint;
}

export interface BuildWatch {
  /** What the session was started from. */
  readonly running: BuildLook;
  /** What was seen last, where it was another one. */
  readonly seen: BuildLook | null;
  /** A whole new build: looked the same twice. */
  readonly ready: boolean;
}

/** A session that was started from this build. */
export function watchBuild(running: BuildLook): BuildWatch {
  return { running, seen: null, ready: false };
}

/**
 * The watch after another look; `null` while the file is not there, as in the middle of a build. A build counts as new when it was seen
 * twice in a row with the same size and time, so that one that is still being written does not.
 */
export function lookedAtBuild(watch: BuildWatch, look: BuildLook | null): BuildWatch {
  if (look === null || look.size === 0) return { ...watch, seen: null, ready: false };
  if (isSameBuild(look, watch.running)) return watchBuild(watch.running);
  return { ...watch, seen: look, ready: watch.seen !== null && isSameBuild(watch.seen, look) };
}

function isSameBuild(a: BuildLook, b: BuildLook): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino;
}
