import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { isInside } from '../layout.ts';
import { readPlacements } from '../skills/placement.ts';
import { hashSkillTree, SKILL_DOCUMENT } from '../skill-tree.ts';
import { StateBook } from '../mirror/state-book.ts';
import type { MirrorDeps } from '../mirror/mirror-deps.ts';
import type { InstallDeps } from './install-deps.ts';
import { readPackage } from './package-contents.ts';
import type { Started } from './preflight/components.ts';

export interface HealthProblem {
  readonly code: string;
  readonly message: string;
  /** `machine`: the package may be as good as ever; a program is not on this PATH, a folder is taken, a disk does not answer. */
  readonly cause: 'package' | 'machine';
}

/** A package that is looked at. */
export interface HealthSubject {
  readonly pluginId: string;
  readonly name: string;
  /** Absolute. */
  readonly root: string;
}

/**
 * Whether what is installed can be used: its manifest loads, every skill can be mirrored, and the programs that its servers name are there.
 * Only looks; nothing of the package is started. Empty when it is healthy.
 */
export async function checkPackageHealth(
  deps: Pick<InstallDeps, 'mirror' | 'commandExists'>,
  { root, name, pluginId }: HealthSubject,
): Promise<readonly HealthProblem[]> {
  const { files } = deps.mirror.ports;
  const display = deps.mirror.layout.display(root);
  try {
    const { manifest, started } = await readPackage(files, root, display, name);
    if (manifest.pluginId !== pluginId)
      return [{ code: 'plugin_id_changed', message: 'The package holds another plugin.', cause: 'package' }];
    const problems: HealthProblem[] = manifest.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => ({ code, message, cause: 'package' }));
    for (const skill of manifest.skills) {
      if (skill.relativePath === '.') continue;
      await hashSkillTree(files, skill.root, { display: `${display}/${skill.relativePath}` });
    }
    for (const command of commandsOf(started, root)) {
      if (!(await deps.commandExists(command)))
        problems.push({
          code: 'command_missing',
          message: `A server of the plugin needs the program "${path.basename(command)}".`,
          cause: isInside(root, command) ? 'package' : 'machine',
        });
    }
    return problems;
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    return [{ code: error.code, message: error.message, cause: 'package' }];
  }
}

/** Programs that servers name; those with a variable that only the host fills in cannot be judged. */
function commandsOf(started: readonly Started[], root: string): readonly string[] {
  const commands = started.flatMap(({ kind, command }): readonly string[] => {
    if (kind !== 'server' || command === undefined) return [];
    const inside = command
      .replace(/^\$\{?(?:CLAUDE_)?PLUGIN_ROOT\}?(?=[\\/])/, root)
      .replace(/^\.(?=[\\/])/, root);
    return inside.includes('$') || inside.trim() === '' ? [] : [inside];
  });
  return [...new Set(commands)];
}

/** Whether the active linked skills of an enabled plugin are where agents read. Empty when they are, or the plugin is not enabled. */
export async function checkVisibility(deps: MirrorDeps, pluginId: string): Promise<readonly HealthProblem[]> {
  const { files } = deps.ports;
  const plugin = (await StateBook.read(files, deps.layout)).find(pluginId);
  if (plugin?.enabled !== true) return [];
  const { targets } = await deps.targets();
  const placements = await readPlacements(files, deps.layout);
  const problems: HealthProblem[] = [];
  for (const skillName of Object.keys(plugin.skills).sort()) {
    if ((await deps.store.load(skillName)).spec.status !== 'active') continue;
    for (const target of targets) {
      const placed = placements.targets[target.name]?.[skillName] !== undefined;
      const document = path.join(target.folder, skillName, SKILL_DOCUMENT);
      if (placed && (await files.lstat(document))?.kind === 'file') continue;
      problems.push({
        code: 'skill_not_visible',
        message: `The skill "${skillName}" is not in ${target.name}.`,
        cause: 'machine',
      });
    }
  }
  return problems;
}
