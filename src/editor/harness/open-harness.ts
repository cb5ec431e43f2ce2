import type * as vscode from 'vscode';
import { z } from 'zod';
import type { HarnessDeps } from '../../core/harness/harness-cache.ts';
import { HarnessChoices } from '../../core/harness/harness-choices.ts';
import { HarnessService } from '../../core/harness/harness-service.ts';
import { beaverHome } from '../../node/beaver-home.ts';
import { HttpTransfer } from '../../node/harness/http-transfer.ts';
import { searchedPrograms } from '../../node/harness/searched-programs.ts';
import { UnpackingMachine } from '../../node/harness/unpacking-machine.ts';
import { nodePorts } from '../../node/node-ports.ts';
import { editorProxy } from '../editor-proxy.ts';
import { channelLogger } from '../log.ts';

const manifestSchema = z.looseObject({ version: z.string() });

export interface OpenedHarness {
  readonly service: HarnessService;
  readonly choices: HarnessChoices;
  readonly deps: HarnessDeps;
}

/** The harness domain on this machine. Nothing of a workspace goes into it: no setting and no file there says what is trusted (A18). */
export function openHarness(
  { extension }: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): OpenedHarness {
  const deps: HarnessDeps = {
    ...nodePorts({ log: channelLogger(log) }),
    transfer: new HttpTransfer({ environment: process.env, proxy: editorProxy() }),
    machine: new UnpackingMachine(),
    beaverHome: beaverHome(process.env),
    launcherVersion: manifestSchema.parse(extension.packageJSON).version,
    ...searchedPrograms(process.env),
  };
  return { service: new HarnessService(deps), choices: new HarnessChoices(deps), deps };
}
