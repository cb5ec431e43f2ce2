import type { Packages } from '../core/package-ports.ts';
import type { Logger, Models, Ports, Programs } from '../core/ports.ts';
import { KernelLock } from './kernel-lock.ts';
import { NodeFileSystem } from './node-files.ts';
import { SystemClock } from './system-clock.ts';
import { TransactionIds } from './transaction-ids.ts';

export interface NodePortsOptions {
  /** Default: nothing is logged. */
  readonly log?: Logger;
  /** False where the file system has no executable bit; see `probeExecutableBit`. Default: true except on Windows. */
  readonly executableBit?: boolean;
  /** Default: nothing may ask a model. */
  readonly models?: Models;
  /** Default: nothing may be fetched. Gets the other ports, which a cache needs. */
  readonly packages?: (ports: Pick<Ports, 'files' | 'lock' | 'clock'>) => Packages;
  /** Default: nothing is known of the machine's programs. */
  readonly programs?: Programs;
}

const SILENT: Logger = {
  log() {
    // Nobody asked for a log.
  },
};

/** The real doors: this machine's disk, kernel locks and clock. */
export function nodePorts(options: NodePortsOptions = {}): Ports {
  const clock = new SystemClock();
  const files = new NodeFileSystem(
    options.executableBit === undefined ? {} : { executableBit: options.executableBit },
  );
  const lock = new KernelLock(clock);
  return {
    files,
    lock,
    clock,
    ids: new TransactionIds(clock),
    log: options.log ?? SILENT,
    ...(options.models === undefined ? {} : { models: options.models }),
    ...(options.packages === undefined ? {} : { packages: options.packages({ files, lock, clock }) }),
    ...(options.programs === undefined ? {} : { programs: options.programs }),
  };
}
