import process from 'node:process';
import { createWorkspace } from '../app/workspace.ts';
import { SessionTurns } from '../core/harness/session-turns.ts';
import { beaverHome } from '../node/beaver-home.ts';
import { NodeProcesses } from '../node/harness/node-processes.ts';
import { EnvironmentModels } from '../node/models/environment-models.ts';
import { nodePorts } from '../node/node-ports.ts';
import { LazyPackages } from '../node/packages/lazy-packages.ts';
import { packageOptions } from '../node/packages/package-options.ts';
import { SystemPrograms } from '../node/system-programs.ts';
import { userName } from '../node/user-name.ts';
import type { OpenWorkspace } from './context.ts';
import { workspaceOptions } from './workspace-options.ts';

/** The workspace on this machine's disk, with the settings that the editor uses for the same folder. */
export const openWorkspace: OpenWorkspace = async (request) => {
  const ports = nodePorts({
    log: request.log,
    models: new EnvironmentModels(process.env),
    packages: (doors) => new LazyPackages(() => packageOptions(process.env, doors)),
    programs: new SystemPrograms(process.env),
  });
  const home = beaverHome(process.env);
  const quiet = new SessionTurns(ports.files, new NodeProcesses(), home);
  return createWorkspace(
    { ...ports, quiet },
    { ...(await workspaceOptions(request)), actor: userName(), home },
  );
};
