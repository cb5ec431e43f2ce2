import { Command, InvalidArgumentError } from 'commander';
import type { InitWords, PublishWords, RotateWords, SignWords } from './words.ts';

export interface ReleaseCommands {
  keys(file: string): void;
  init(folder: string, words: InitWords): Promise<void>;
  rotate(folder: string, words: RotateWords): Promise<void>;
  publish(folder: string, words: PublishWords): Promise<void>;
  sign(folder: string, pending: string, words: SignWords): Promise<void>;
  verify(folder: string): Promise<void>;
}

/** All words of `beaver-release`. */
export function buildReleaseProgram(commands: ReleaseCommands): Command {
  const program = new Command('beaver-release')
    .description('Publishes signed releases of a harness into a folder that any web server can serve.')
    .helpCommand(false)
    .showSuggestionAfterError();
  program
    .command('keys')
    .argument('<file>', 'where the private key is written; the public one goes beside it')
    .description('make a key')
    .action((file: string) => {
      commands.keys(file);
    });
  program
    .command('init')
    .argument('<folder>', 'a new channel folder')
    .requiredOption('--product <id>', 'what the product is called in every signed document')
    .requiredOption('--root-key <file>', 'public key that may replace the trust root; repeatable', collect)
    .option('--root-threshold <n>', 'how many of them must sign; 1 unless given', whole, 1)
    .requiredOption('--manifest-key <file>', 'public key that may publish releases; repeatable', collect)
    .option('--manifest-threshold <n>', 'how many of them must sign; 1 unless given', whole, 1)
    .option('--expires-days <n>', 'how long the root holds; 365 unless given', whole, 365)
    .requiredOption('--sign-with <file>', 'private key to sign with; repeatable', collect)
    .description('make the first trust root, which clients are given with the address of the folder')
    .action((folder: string, words: InitWords) => commands.init(folder, words));
  program
    .command('rotate')
    .argument('<folder>', 'the channel folder')
    .option('--root-key <file>', 'all public keys that may replace the root from now on; repeatable', collect)
    .option('--root-threshold <n>', 'how many of them must sign', whole)
    .option('--manifest-key <file>', 'all public keys that may publish from now on; repeatable', collect)
    .option('--manifest-threshold <n>', 'how many of them must sign', whole)
    .option('--expires-days <n>', 'how long the root holds; 365 unless given', whole, 365)
    .requiredOption('--sign-with <file>', 'private key to sign with, old and new ones; repeatable', collect)
    .description('replace the trust root by its successor; what is not given stays as it is')
    .action((folder: string, words: RotateWords) => commands.rotate(folder, words));
  program
    .command('publish')
    .argument('<folder>', 'the channel folder')
    .requiredOption('--channel <name>', 'stable, latest, …')
    .requiredOption('--release <version>', 'the version that is published')
    .requiredOption(
      '--asset <platform=file>',
      'the program for linux-x64, darwin-arm64, …, or a .tar.gz of its folder; repeatable',
      collect,
    )
    .option(
      '--executable <name>',
      'the program: its name, or its path in the archive; the product unless given',
    )
    .option(
      '--smoke-argument <text>',
      'with these it prints its version and ends; --version unless given',
      collect,
    )
    .requiredOption('--git-sha <sha>', 'the commit it was built from')
    .option('--built-at <time>', 'when it was built, ISO 8601 in UTC; now unless given')
    .option('--profile <name>', 'how it was built', 'release')
    .option('--minimum-launcher <version>', 'the oldest Beaver that can run it', '0.1.0')
    .option('--revoke <version=reason>', 'a version that is not to be run any more; repeatable', collect)
    .option('--expires-days <n>', 'how long clients believe it; 90 unless given, at most 180', whole, 90)
    .requiredOption('--sign-with <file>', 'private key to sign with; repeatable', collect)
    .description('publish a release on a channel')
    .action((folder: string, words: PublishWords) => commands.publish(folder, words));
  program
    .command('sign')
    .argument('<folder>', 'the channel folder')
    .argument('<pending>', 'a file of its folder pending/')
    .requiredOption('--sign-with <file>', 'private key to sign with; repeatable', collect)
    .description('add signatures to what waits for them, and publish it once there are enough')
    .action((folder: string, pending: string, words: SignWords) => commands.sign(folder, pending, words));
  program
    .command('verify')
    .argument('<folder>', 'the channel folder')
    .description('check everything that a client would check today')
    .action((folder: string) => commands.verify(folder));
  return program;
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function whole(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('Give a whole number from 1 on.');
  return number;
}
