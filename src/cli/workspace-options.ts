import * as path from 'node:path';
import type { WorkspaceOptions } from '../app/api.ts';
import type { OpenRequest } from './context.ts';
import { readWorkspaceSettings } from './settings.ts';
import { VERSION } from './version.ts';

/** What the settings of the workspace and the words of the command line say together. @throws BeaverError as `readWorkspaceSettings` does. */
export async function workspaceOptions({
  root,
  overrides,
}: Pick<OpenRequest, 'root' | 'overrides'>): Promise<WorkspaceOptions> {
  const settings = await readWorkspaceSettings(root);
  return {
    ...settings,
    ...overrides,
    ...limitsOf(settings, overrides),
    root: path.resolve(root),
    version: VERSION,
  };
}

/** One limit that is given leaves the other one as it is set. */
function limitsOf(
  settings: Pick<WorkspaceOptions, 'limits'>,
  overrides: Pick<WorkspaceOptions, 'limits'>,
): Pick<WorkspaceOptions, 'limits'> {
  if (settings.limits === undefined && overrides.limits === undefined) return {};
  return { limits: { ...settings.limits, ...overrides.limits } };
}
