import { type Command, Option } from 'commander';
import type { AddMarketplaceWords, SetMarketplaceWords } from './marketplace-words.ts';
import { AUTO_UPDATE_WORDS, CACHE_WORDS } from './marketplace-words.ts';
import { collect, group, type Perform } from './program-parts.ts';

/** Words of the marketplaces: where plugins come from. */
export function addMarketplaces(program: Command, perform: Perform): void {
  const marketplaces = group(program, 'marketplaces', 'where plugins come from');
  const commands = () => import('./commands/marketplace-commands.ts');
  marketplaces
    .command('add')
    .argument(
      '<source>',
      'owner/repo, owner/repo#ref, the address of a repository or of a marketplace.json, npm:NAME, or a folder that starts with "./"',
    )
    .option('--name <name>', 'what it is called here, instead of what it calls itself')
    .option('--trust', 'say at once that plugins may be installed from it')
    .description('add a marketplace and fetch what it offers; installs nothing')
    .action((source: string, options: AddMarketplaceWords) =>
      perform(async () => (await commands()).addMarketplace(source, options)),
    );
  marketplaces
    .command('list')
    .description('list the marketplaces that were added')
    .action(() => perform(async () => (await commands()).listMarketplaces));
  marketplaces
    .command('browse')
    .argument('[name]', 'marketplace; all of them without one')
    .option('--search <text>', 'only plugins with these words in name, description, category or tags')
    .description('list what marketplaces offer, as of the last look')
    .action((name: string | undefined, options: { search?: string }) =>
      perform(async () => (await commands()).browseMarketplaces(name, options.search)),
    );
  marketplaces
    .command('refresh')
    .argument('[name...]', 'marketplaces; all of them without one')
    .description('look again what marketplaces offer; installs nothing')
    .action((names: readonly string[]) => perform(async () => (await commands()).refreshMarketplaces(names)));
  marketplaces
    .command('trust')
    .argument('<name>', 'marketplace')
    .option('--revoke', 'say that plugins may not be installed from it')
    .description('say that plugins may be installed from a marketplace')
    .action((name: string, options: { revoke?: true }) =>
      perform(async () => (await commands()).trustMarketplace(name, options.revoke !== true)),
    );
  marketplaces
    .command('set')
    .argument('<name>', 'marketplace')
    .addOption(
      new Option('--auto-update <mode>', 'what is done by itself about new releases').choices(
        AUTO_UPDATE_WORDS,
      ),
    )
    .option('--pin <pin>', 'what its plugins are held to: a range, tag:NAME, channel:NAME; none lets go')
    .description('set up how plugins of a marketplace are kept up to date')
    .action((name: string, options: SetMarketplaceWords) =>
      perform(async () => (await commands()).setMarketplace(name, options)),
    );
  marketplaces
    .command('remove')
    .argument('<name>', 'marketplace')
    .description('forget a marketplace; what was installed from it stays')
    .action((name: string) => perform(async () => (await commands()).removeMarketplace(name)));
}

/** Words of what was fetched. */
export function addCache(program: Command, perform: Perform): void {
  const cache = group(
    program,
    'cache',
    'what was fetched, shared by all workspaces; anything in it can be fetched again',
  );
  const commands = () => import('./commands/cache-commands.ts');
  cache
    .command('list')
    .description('list what is in the cache, used last first')
    .action(() => perform(async () => (await commands()).listCache));
  cache
    .command('clear')
    .addOption(
      new Option('--kind <kind>', 'only what came this way; repeatable')
        .choices(CACHE_WORDS)
        .argParser(collect),
    )
    .description('empty the cache; what another process works with stays')
    .action((options: { kind?: readonly string[] }) =>
      perform(async () => (await commands()).clearCache(options.kind)),
    );
  cache
    .command('verify')
    .description('check that everything in the cache is what it was, and remove what is not')
    .action(() => perform(async () => (await commands()).verifyCache));
}
