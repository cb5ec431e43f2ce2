import { FaultFileSystem } from '../support/fault-files.ts';
import { changesDisk, openStage, SmallSteps, standingPorts, UnflushedFiles } from './crash-ports.ts';
import { LIFE } from './life.ts';

/**
 * Carries out one stage of the life in the folder `ROOT` and is killed before its call number `AT`: `node stage-child ROOT STAGE AT`.
 * Ends with 0 when the stage ends before that.
 */
const [root = '', stage = '', at = ''] = process.argv.slice(2);
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
// A failure is an unhandled rejection: the child ends with 1.
const found = LIFE.find(({ name }) => name === stage);
if (found !== undefined) void found.act(openStage(found, standingPorts(new SmallSteps(files)), root));
