import type { HarnessDeps } from '../../core/harness/harness-cache.ts';
import { HarnessChoices } from '../../core/harness/harness-choices.ts';
import { HarnessService } from '../../core/harness/harness-service.ts';
import { beaverHome } from '../../node/beaver-home.ts';
import { HttpTransfer } from '../../node/harness/http-transfer.ts';
import { searchedPrograms } from '../../node/harness/searched-programs.ts';
import { UnpackingMachine } from '../../node/harness/unpacking-machine.ts';
import { nodePorts } from '../../node/node-ports.ts';
import type { Logger } from '../../core/ports.ts';
import { VERSION } from '../version.ts';

/** Of the environment only `BEAVER_HOME` and `PATH` are read: nothing there says whom to trust or where releases come from (A19). */
export function openHarness(
  env: Readonly<Record<string, string | undefined>>,
  log: Logger,
): { readonly service: HarnessService; readonly choices: HarnessChoices } {
  const deps: HarnessDeps = {
    ...nodePorts({ log }),
    transfer: new HttpTransfer({ environment: env, proxy: undefined }),
    machine: new UnpackingMachine(),
    beaverHome: beaverHome(env),
    launcherVersion: VERSION,
    ...searchedPrograms(env),
  };
  return { service: new HarnessService(deps), choices: new HarnessChoices(deps) };
}
