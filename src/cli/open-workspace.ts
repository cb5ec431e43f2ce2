import * as path from 'node:path';
import process from 'node:process';
import type { WorkspaceOptions } from '../app/api.ts';
import { createWorkspace } from '../app/workspace.ts';
import { EnvironmentModels } from '../node/models/environment-models.ts';
import { nodePorts } from '../node/node-ports.ts';
import { userName } from '../node/user-name.ts';
import type { OpenWorkspace } from './context.ts';
import { readWorkspaceSettings } from './settings.ts';

/** The workspace on this machine's disk, with the settings that the editor uses for the same folder. */
export const openWorkspace: OpenWorkspace = async ({ root, overrides, log }) => {
  const settings = await readWorkspaceSettings(root);
  return createWorkspace(nodePorts({ log, models: new EnvironmentModels(process.env) }), {
    ...settings,
    ...overrides,
    ...limitsOf(settings, overrides),
    root: path.resolve(root),
    actor: userName(),
  });
};

/** One limit that is given leaves the other one as it is set. */
function limitsOf(
  settings: Pick<WorkspaceOptions, 'limits'>,
  overrides: Pick<WorkspaceOptions, 'limits'>,
): Pick<WorkspaceOptions, 'limits'> {
  if (settings.limits === undefined && overrides.limits === undefined) return {};
  return { limits: { ...settings.limits, ...overrides.limits } };
}
