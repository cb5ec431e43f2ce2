<<<<<<< HEAD
import type { Logger, Models, Ports } from '../core/ports.ts';
=======
import type { Logger, Ports } from '../core/ports.ts';
import { DiskWorkers } from './disk-workers.ts';
import { IS_WINDOWS } from './file-calls.ts';
>>>>>>> ba428d4 (Sync: folders are scanned by threads; nothing is asked of the disk twice)
import { KernelLock } from './kernel-lock.ts';
import { NodeFileSystem } from './node-files.ts';
import { scanWith } from './scan.ts';
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
  const executableBit = options.executableBit ?? !IS_WINDOWS;
  const files = new NodeFileSystem({ executableBit });
  const workers = new DiskWorkers();
  return {
    files,
    scan: (roots) => scanWith(workers, files, executableBit, roots),
    writeTrees: (trees) => workers.write(trees),
    lock: new KernelLock(clock),
    clock,
    ids: new TransactionIds(clock),
    log: options.log ?? SILENT,
    ...(options.models === undefined ? {} : { models: options.models }),
  };
}
