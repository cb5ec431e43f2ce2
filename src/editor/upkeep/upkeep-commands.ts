import type { EditorHost } from '../contribution.ts';
import type { CommandId } from '../model/command-ids.ts';
import { readTarget, type CommandTarget } from '../model/command-target.ts';
import type { Upkeep } from './upkeep.ts';

type UpkeepCommandId = Extract<CommandId, `beaver.upkeep.${string}`>;
type Act = (host: EditorHost, target: CommandTarget) => Promise<void>;

/** The commands about what is installed and how it is kept up. What they do is loaded with the first that is used. */
export function upkeepCommands(
  host: EditorHost,
  upkeep: Upkeep,
): Readonly<Record<UpkeepCommandId, (argument: unknown) => Promise<void>>> {
  const later =
    (load: () => Promise<Act>) =>
    async (argument: unknown): Promise<void> =>
      (await load())(host, readTarget(argument));
  return {
    'beaver.upkeep.check': later(async () => {
      const { checkForUpdates } = await import('./check-act.ts');
      return (on, target) => checkForUpdates(on, target, upkeep);
    }),
    'beaver.upkeep.review': later(async () => (await import('./review-act.ts')).reviewUpdates),
    'beaver.upkeep.why': later(async () => (await import('./document-acts.ts')).showWhy),
    'beaver.upkeep.timeline': later(async () => (await import('./document-acts.ts')).showTimeline),
    'beaver.upkeep.repair': later(async () => (await import('./repair-act.ts')).repairPlugins),
  };
}
