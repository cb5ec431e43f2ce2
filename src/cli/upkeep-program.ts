import type { Command } from 'commander';
import type { Perform } from './program-parts.ts';
import type { AutoUpdateWords, ImportWords, PinWords, ReconcileWords } from './upkeep-words.ts';

/** Words of keeping what is installed as it is wanted: commands below `plugins` and `updates`, and `verify`. */
export function addUpkeep(program: Command, perform: Perform): void {
  const commands = () => import('./commands/upkeep-commands.ts');
  const plugins = groupOf(program, 'plugins');
  plugins
    .command('outdated')
    .argument('[id...]', 'installed plugins, NAME@MARKETPLACE; all of them without one')
    .description(
      'show what installed plugins could be updated to, what pins them, and what changed; asks their sources',
    )
    .action((ids: readonly string[]) => perform(async () => (await commands()).showOutdated(ids)));
  plugins
    .command('pin')
    .argument('<id>', 'installed plugin, NAME@MARKETPLACE')
    .argument(
      '[pin]',
      'a whole commit id, a version, a range (^1.2), tag:NAME, or channel:NAME for a branch or dist-tag; the content in use unless given',
    )
    .option('--prereleases', 'a range takes prereleases too')
    .description('hold a plugin to what this stands for, from its next update on')
    .action((id: string, pin: string | undefined, options: PinWords) =>
      perform(async () => (await commands()).pinPlugin(id, pin, options)),
    );
  plugins
    .command('unpin')
    .argument('<id>', 'installed plugin, NAME@MARKETPLACE')
    .description('let go of the pin of a plugin')
    .action((id: string) => perform(async () => (await commands()).unpinPlugin(id)));
  plugins
    .command('why')
    .argument('<id>', 'installed plugin, NAME@MARKETPLACE')
    .description('say why a plugin is installed as it is, and why it was or was not updated by itself')
    .action((id: string) => perform(async () => (await commands()).showWhy(id)));
  plugins
    .command('lock')
    .description('write what is installed to beaver.lock.json')
    .action(() => perform(async () => (await commands()).lockPlugins));
  plugins
    .command('reconcile')
    .option('--apply', 'repair what can be repaired without removing or overwriting anything')
    .option('--yes', 'with --apply: also what removes or overwrites')
    .description('hold what is wanted against what is there, and say what is off and what would be done')
    .action((options: ReconcileWords) => perform(async () => (await commands()).reconcilePlugins(options)));
  plugins
    .command('import')
    .option('--claude', 'what Claude Code has installed for this folder or for every folder')
    .option('--skills-lock', 'skills-lock.json in the workspace')
    .option('--apply', 'add the marketplaces and install the plugins; only shown otherwise')
    .option('--trust', 'with --apply: say that plugins may be installed from these marketplaces')
    .description('take over what another manager has installed; its files are only read')
    .action((options: ImportWords) =>
      perform(async () => (await import('./commands/import-command.ts')).importPlugins(options)),
    );
  groupOf(program, 'updates')
    .command('auto')
    .option('--explain', 'only show what was decided last, and why; asks nobody')
    .option('--now', 'look at once, whatever is due')
    .description('one round of auto-update: looks at marketplaces that are due and does what their modes say')
    .action((options: AutoUpdateWords) => perform(async () => (await commands()).autoUpdate(options)));
  program
    .command('verify')
    .description('hold beaver.lock.json against what is installed and what is on disk')
    .action(() => perform(async () => (await commands()).verifyLock));
}

function groupOf(program: Command, name: string): Command {
  const group = program.commands.find((command) => command.name() === name);
  if (group === undefined) throw new TypeError(`no group ${name}`);
  return group;
}
