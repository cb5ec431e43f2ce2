import type { Command } from 'commander';
import type { InstallWords, UpdateWords } from './install-words.ts';
import type { Perform } from './program-parts.ts';

const ACCEPT = 'the digest that an answer asked for: takes on exactly what is new in it';
const OFFLINE = 'fetch nothing: only what the cache has';

/** Words of installed plugins, below `plugins`. */
export function addInstalls(plugins: Command, perform: Perform): void {
  const commands = () => import('./commands/install-commands.ts');
  plugins
    .command('install')
    .argument(
      '[plugin]',
      'NAME@MARKETPLACE, or a source: owner/repo, owner/repo/folder#ref, the address of a repository or an archive, npm:NAME, or a folder that starts with "./"',
    )
    .option('--pin <pin>', 'what it is held to: a whole commit id, 1.2.3, ^1.2, tag:NAME, channel:NAME')
    .option('--accept <digest>', ACCEPT)
    .option('--no-enable', 'leave its skills out of use')
    .option('--frozen', 'no plugin is named: exactly what beaver.lock.json says, or nothing')
    .option('--offline', OFFLINE)
    .description('install a plugin and put its skills in use; runs nothing of it')
    .action((written: string | undefined, options: InstallWords) =>
      perform(async () =>
        options.frozen === true
          ? (await import('./commands/upkeep-commands.ts')).installFrozen(written, options)
          : (await commands()).installPlugin(written, options),
      ),
    );
  plugins
    .command('installed')
    .description('list the installed plugins, the packages they can be rolled back to, pins and dependencies')
    .action(() => perform(async () => (await commands()).listInstalled));
  plugins
    .command('update')
    .argument('[id...]', 'installed plugins, as NAME@MARKETPLACE; all of them without one')
    .option('--accept <digest>', ACCEPT)
    .option('--offline', OFFLINE)
    .option('--staged', 'what auto-update has staged; needs no network')
    .description('install what is new within each pin; updates of skills are offered, and none is taken')
    .action((ids: readonly string[], options: UpdateWords) =>
      perform(async () => (await commands()).updatePlugins(ids, options)),
    );
  plugins
    .command('rollback')
    .argument('<id>', 'installed plugin, as NAME@MARKETPLACE')
    .option('--to <version>', 'version or identity of a package that is kept; the last one in use without it')
    .description('put an earlier package in use again; needs no network')
    .action((id: string, options: { to?: string }) =>
      perform(async () => (await commands()).rollBackPlugin(id, options.to)),
    );
  plugins
    .command('uninstall')
    .argument('<id>', 'installed plugin, as NAME@MARKETPLACE')
    .option('--force', 'even where other plugins need it')
    .description('take a plugin and its linked skills out of use; every version and edit of them is kept')
    .action((id: string, options: { force?: true }) =>
      perform(async () => (await commands()).uninstallPlugin(id, options.force === true)),
    );
}

/** What became of installed plugins. */
export function addHistory(program: Command, perform: Perform): void {
  program
    .command('history')
    .argument('[id]', 'installed plugin, as NAME@MARKETPLACE; all of them without one')
    .description('list what was installed, updated, rolled back and blocked: when, by whom, and why')
    .action((id: string | undefined) =>
      perform(async () => (await import('./commands/install-commands.ts')).showInstallHistory(id)),
    );
}
