import * as path from 'node:path';
import { HarnessService } from '../../src/core/harness/harness-service.ts';
import { HttpTransfer } from '../../src/node/harness/http-transfer.ts';
import { UnpackingMachine } from '../../src/node/harness/unpacking-machine.ts';
import { SmallSteps, standingPorts } from './crash-ports.ts';
import { dyingFiles } from './dying-files.ts';

/**
 * Updates the harness `acme` below `HOME`, or rolls it back, and is killed before its call number `AT` that changes the disk; 0 for never.
 * Prints how many such calls there were when it gets to its end.
 */
const [home = '', action = '', at = ''] = process.argv.slice(2);
const files = dyingFiles(Number(at));
const service = new HarnessService({
  ...standingPorts(new SmallSteps(files)),
  clock: { now: () => Date.UTC(2026, 10, 21) },
  transfer: new HttpTransfer({ environment: {}, proxy: undefined }),
  machine: new UnpackingMachine(),
  beaverHome: path.join(home, '.beaver'),
  launcherVersion: '0.1.0',
  searched: [],
  suffixes: [''],
});
const wait = { kind: 'bounded', timeout: 60_000 } as const;
const work: Promise<unknown> =
  action === 'rollback' ? service.rollback('acme', 'worse', wait) : service.update('acme', { wait });
// A failure is an unhandled rejection: the child ends with 1.
void work.then(() => process.stdout.write(String(files.calls.length)));
