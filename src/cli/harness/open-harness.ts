import * as path from 'node:path';
import process from 'node:process';
import { HarnessService } from '../../core/harness/harness-service.ts';
import { beaverHome } from '../../node/beaver-home.ts';
import { HttpTransfer } from '../../node/harness/http-transfer.ts';
import { UnpackingMachine } from '../../node/harness/unpacking-machine.ts';
import { nodePorts } from '../../node/node-ports.ts';
import type { Logger } from '../../core/ports.ts';
import { VERSION } from '../version.ts';

/** Of the environment only `BEAVER_HOME` and `PATH` are read: nothing there says whom to trust or where releases come from (A19). */
export function openHarness(env: Readonly<Record<string, string | undefined>>, log: Logger): HarnessService {
  const windows = process.platform === 'win32';
  return new HarnessService({
    ...nodePorts({ log }),
    transfer: new HttpTransfer({ environment: env, proxy: undefined }),
    machine: new UnpackingMachine(),
    beaverHome: beaverHome(env),
    launcherVersion: VERSION,
    searched: (env['PATH'] ?? '').split(path.delimiter),
    suffixes: windows ? (env['PATHEXT'] ?? '.EXE;.CMD;.BAT').toLowerCase().split(';') : [''],
  });
}
