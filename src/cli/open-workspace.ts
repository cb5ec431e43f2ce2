import * as path from 'node:path';
import process from 'node:process';
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
    root: path.resolve(root),
    actor: userName(),
  });
};
