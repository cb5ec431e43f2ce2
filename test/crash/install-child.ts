import { FaultFileSystem } from '../support/fault-files.ts';
import { carryOutInstall, INSTALL_OPERATIONS } from '../support/install-faults.ts';
import { changesDisk, standingPorts, UnflushedFiles } from './crash-ports.ts';

/** Carries out one operation in the folder `ROOT` and is killed before its call number `AT`: `node install-child ROOT OPERATION AT`. */
const [root = '', operation = '', at = ''] = process.argv.slice(2);
const files = new FaultFileSystem(new UnflushedFiles(), {
  at: Number(at),
  counts: changesDisk,
  fault: {
    kind: 'hook',
    when: 'before',
    hook: () => {
      process.kill(process.pid, 'SIGKILL');
      // The signal of a process to itself may arrive a moment later; nothing may happen in between.
      return new Promise<never>(() => undefined);
    },
  },
});
const wanted = INSTALL_OPERATIONS.find((one) => one === operation);
// A failure is an unhandled rejection: the child ends with 1.
if (wanted !== undefined) void carryOutInstall({ root, ports: standingPorts(files) }, wanted);
