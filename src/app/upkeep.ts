import type { PackagePin } from '../core/package-pin.ts';
import type { FetchOptions } from '../core/package-ports.ts';
import type { LockWait } from '../core/ports.ts';
import type { InstallUpdatePayload } from './install-payloads.ts';
import type {
  AutoUpdatePayload,
  FrozenPayload,
  LockPayload,
  OutdatedPayload,
  PinPayload,
  ReconcilePayload,
  VerifyPayload,
  WhyPayload,
} from './upkeep-payloads.ts';
import { type AutoUpdateRound, autoUpdateRound, lastAutoUpdates } from './upkeep/auto-update.ts';
import { type FrozenRequest, installLocked, verifyLock, writeLock } from './upkeep/locked-plugins.ts';
import { outdatedPlugins } from './upkeep/outdated.ts';
import { setPin } from './upkeep/pins.ts';
import { reconcilePlugins, type ReconcileRequest } from './upkeep/reconcile.ts';
import { applyStagedUpdates, type StagedRequest } from './upkeep/staged.ts';
import type { Environment, UpkeepContext } from './upkeep/upkeep-context.ts';
import { whyPlugin } from './upkeep/why.ts';

/** Keeping what is installed as it is wanted: pins, the lock file, auto-update, reconciliation. */
export interface UpkeepApi {
  /** How installed plugins stand to what is offered; all of them without ids. Asks their sources, one after the other. */
  outdated(ids?: readonly string[], fetching?: FetchOptions): Promise<OutdatedPayload>;
  /** Holds a plugin to what a pin stands for from the next update on; null lets go of it. */
  pin(id: string, pin: PackagePin | null, wait?: LockWait): Promise<PinPayload>;
  /** Holds a plugin to exactly the content that is in use. */
  pinHere(id: string, wait?: LockWait): Promise<PinPayload>;
  /** Why a plugin is installed as it is, and why it was or was not updated. Asks nobody. */
  why(id: string): Promise<WhyPayload>;
  /** Makes the lock file say what is installed, and nothing else. */
  lock(wait?: LockWait): Promise<LockPayload>;
  /** Holds the lock file against what is installed and what is on disk. */
  verify(): Promise<VerifyPayload>;
  /** Installs exactly what the lock file says, or nothing. @throws BeaverError `lock_missing`, `lock_incomplete`, `lock_mismatch`. */
  installFrozen(request?: FrozenRequest, wait?: LockWait): Promise<FrozenPayload>;
  /** One round. The environment and the setting hold it back. */
  autoUpdate(request: AutoUpdateRound, wait?: LockWait): Promise<AutoUpdatePayload>;
  /** Puts staged updates in use, each by itself, without a network; all of them without ids. What is new asks as in any other update. */
  applyStaged(
    ids?: readonly string[],
    request?: StagedRequest,
    wait?: LockWait,
  ): Promise<InstallUpdatePayload>;
  /** What the last rounds decided, asking nobody. */
  autoUpdateState(environment: Environment): Promise<AutoUpdatePayload>;
  /** What is off and what would be done; done with `apply`, and with `confirmed` also what removes or overwrites. */
  reconcile(request?: ReconcileRequest, fetching?: FetchOptions, wait?: LockWait): Promise<ReconcilePayload>;
}

export function createUpkeep(context: UpkeepContext): UpkeepApi {
  const { bounded } = context;
  return {
    outdated: (ids = [], fetching = {}) => outdatedPlugins(context, ids, fetching),
    pin: (id, pin, wait = bounded) => setPin(context, id, wait, () => pin),
    pinHere: (id, wait = bounded) =>
      setPin(context, id, wait, ({ identity }) => ({ kind: 'exact', identity })),
    why: (id) => whyPlugin(context, id),
    lock: (wait = bounded) => writeLock(context, wait),
    verify: () => verifyLock(context),
    installFrozen: (request = {}, wait = bounded) => installLocked(context, request, wait),
    autoUpdate: (round, wait = bounded) => autoUpdateRound(context, round, wait),
    applyStaged: (ids = [], request = {}, wait = bounded) => applyStagedUpdates(context, ids, request, wait),
    autoUpdateState: (environment) => lastAutoUpdates(context, environment),
    reconcile: (request = {}, fetching = {}, wait = bounded) =>
      reconcilePlugins(context, request, fetching, wait),
  };
}
