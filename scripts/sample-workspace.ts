import { createWorkspace } from '../src/app/workspace.ts';
import { nodePorts } from '../src/node/node-ports.ts';
import {
  EDITED_SKILL,
  editSkill,
  installPackage,
  removePackage,
  SAMPLE,
  writeProject,
} from './sample-packages.ts';

/**
 * Makes the sample in `workspace`, which may not exist yet, the way it comes about in life: plugins are enabled, a skill is edited,
 * releases arrive, a package goes. Everything that Beaver keeps is written by Beaver itself. About a second.
 */
export async function makeSampleWorkspace(workspace: string): Promise<void> {
  writeProject(workspace);
  const beaver = createWorkspace(nodePorts(), { root: workspace, actor: 'sample' });
  const { inSync, fastForward, threeWay, paused, missing } = SAMPLE;
  await beaver.plugins.enable([inSync, fastForward, threeWay, paused, missing]);

  for (const folder of await beaver.skills.targetFolders(EDITED_SKILL)) editSkill(folder, EDITED_SKILL);
  await beaver.skills.capture(EDITED_SKILL);
  await beaver.plugins.pause(paused);

  for (const plugin of [fastForward, threeWay, paused]) installPackage(workspace, plugin, 'v2');
  removePackage(workspace, missing);
  await beaver.plugins.sync();
}
