import type { Logger, Models, Ports } from '../core/ports.ts';
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
}

const SILENT: Logger = {
  log() {
    // Nobody asked for a log.
  },
};

/** The real doors: this machine's disk, kernel locks and clock. */
export function nodePorts(options: NodePortsOptions = {}): Ports {
  const clock = new SystemClock();
  return {
    files: new NodeFileSystem(
      options.executableBit === undefined ? {} : { executableBit: options.executableBit },
    ),
    lock: new KernelLock(clock),
    clock,
    ids: new TransactionIds(clock),
    log: options.log ?? SILENT,
    ...(options.models === undefined ? {} : { models: options.models }),
  };
}
