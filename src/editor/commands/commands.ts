import * as vscode from 'vscode';
import type { Contribution } from '../contribution.ts';
import type { HarnessContribution } from '../harness/harness-contribution.ts';
import { COMMAND_IDS, type CommandId } from '../model/command-ids.ts';
import { marketCommands } from '../marketplaces/market-commands.ts';
import type { Upkeep } from '../upkeep/upkeep.ts';
import { upkeepCommands } from '../upkeep/upkeep-commands.ts';
import { showAudit } from './audit-command.ts';
import { pluginCommands } from './plugin-commands.ts';
import { skillCommands } from './skill-commands.ts';
import { versionCommands } from './version-commands.ts';
import { openWalkthrough } from './walkthrough-command.ts';
import type { OpenReview } from './draft-of.ts';
import { updateCommands } from './update-commands.ts';

/** All commands of the extension. A command without a handler, or a handler without a command, does not compile. */
export function commands(openReview: OpenReview, harness: HarnessContribution, upkeep: Upkeep): Contribution {
  return {
    register(host) {
      const handlers: Readonly<Record<CommandId, (argument: unknown) => unknown>> = {
        ...pluginCommands(host),
        ...skillCommands(host),
        ...versionCommands(host),
        ...harness.commands,
        'beaver.audit.show': () => showAudit(host),
        ...updateCommands(host, openReview),
        ...marketCommands(host),
        ...upkeepCommands(host, upkeep),
        'beaver.log.show': () => {
          host.log.show();
        },
        'beaver.walkthrough.open': () => openWalkthrough(host),
      };
      return vscode.Disposable.from(
        ...COMMAND_IDS.map((id) => vscode.commands.registerCommand(id, handlers[id])),
      );
    },
  };
}
