import { FaultFileSystem } from '../support/fault-files.ts';
import { changesDisk, UnflushedFiles } from './crash-ports.ts';

/** The real disk for a process that is killed before its call number `at` that changes it; 0 for never. */
export function dyingFiles(at: number): FaultFileSystem {
  return new FaultFileSystem(new UnflushedFiles(), {
    at,
    counts: changesDisk,
    fault: {
      kind: 'halt',
      // The signal of a process to itself may arrive a moment later; no call returns in between.
      reached: () => process.kill(process.pid, 'SIGKILL'),
    },
  });
}
