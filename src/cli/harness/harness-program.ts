import { type Command, Option } from 'commander';
import { collect, group, type Perform } from '../program-parts.ts';
import type {
  HarnessAddWords,
  HarnessAutoWords,
  HarnessCheckWords,
  HarnessIgnoreWords,
  HarnessRollbackWords,
  HarnessStopWords,
  HarnessUpdateWords,
} from './harness-words.ts';

const ACCEPT_CLOCK = [
  '--accept-clock',
  'the clock is right now and was ahead when it was last looked',
] as const;

export function addHarness(program: Command, perform: Perform): void {
  const harness = group(program, 'harness', 'signed releases of agent programs, in a cache of their own');
  const commands = () => import('../commands/harness-commands.ts');
  harness
    .command('status')
    .argument('[harness]', 'its name; all that have a source unless given')
    .description('show which versions are there, which one starts, and what Beaver would not touch')
    .action((name: string | undefined) => perform(async () => (await commands()).showHarness(name)));
  harness
    .command('add')
    .argument('<harness>', 'a name for it: claude, codex, …')
    .requiredOption('--root <file>', 'the trust root that its publisher gives')
    .requiredOption('--mirror <url>', 'a channel folder on the web, ending with a slash; repeatable', collect)
    .option('--channel <name>', 'which releases', 'stable')
    .option('--command <name>', 'what you type to start it; its name unless given')
    .option('--delegate', 'keep versions in the cache although something else installed the command')
    .option('--replace', 'take another trust root for a harness that has a source')
    .description('trust a publisher with a harness; from then on only what its keys sign is taken')
    .action((name: string, words: HarnessAddWords) =>
      perform(async () => (await commands()).addHarness(name, words)),
    );
  harness
    .command('check')
    .argument('<harness>', 'its name')
    .option(...ACCEPT_CLOCK)
    .description('look for a release and install nothing')
    .action((name: string, words: HarnessCheckWords) =>
      perform(async () => (await commands()).checkHarness(name, words)),
    );
  harness
    .command('update')
    .argument('<harness>', 'its name')
    .option('--stage-only', 'have it ready in the cache and go on starting the present version')
    .option(...ACCEPT_CLOCK)
    .description('install the newest release; what runs goes on running')
    .action((name: string, words: HarnessUpdateWords) =>
      perform(async () => (await commands()).updateHarness(name, words)),
    );
  harness
    .command('rollback')
    .argument('<harness>', 'its name')
    .option('--reason <text>', 'why, for the status')
    .description('return to the previous version and ignore the one that is left')
    .action((name: string, words: HarnessRollbackWords) =>
      perform(async () => (await commands()).rollBackHarness(name, words)),
    );
  addChoices(harness, perform);
}

/** What a person decides, and takes back. */
function addChoices(harness: Command, perform: Perform): void {
  const commands = () => import('../commands/harness-choice-commands.ts');
  harness
    .command('ignore')
    .argument('<harness>', 'its name')
    .argument('<version>', 'which one')
    .option('--reason <text>', 'why, for the status')
    .description('pass over a version: it is neither installed nor started')
    .action((name: string, version: string, words: HarnessIgnoreWords) =>
      perform(async () => (await commands()).ignoreVersion(name, version, words)),
    );
  harness
    .command('unignore')
    .argument('<harness>', 'its name')
    .argument('<version>', 'which one')
    .description('take a version again that is ignored, whoever ignored it')
    .action((name: string, version: string) =>
      perform(async () => (await commands()).stopIgnoringVersion(name, version)),
    );
  harness
    .command('local')
    .argument('<harness>', 'its name')
    .argument('[file]', 'the program that your build makes')
    .option('--stop', 'start the versions in the cache again')
    .description('start a build of this machine instead; no release is looked for meanwhile')
    .action((name: string, file: string | undefined, words: HarnessStopWords) =>
      perform(async () => (await commands()).useLocalBuild(name, file, words)),
    );
  harness
    .command('auto')
    .argument('<harness>', 'its name')
    .addOption(onOff('--update', 'look for releases and stage them'))
    .addOption(onOff('--restart', 'restart sessions into what is staged, at a quiet moment'))
    .description('show or set what happens by itself')
    .action((name: string, words: HarnessAutoWords) =>
      perform(async () => (await commands()).setAutomatic(name, words)),
    );
  harness
    .command('delegate')
    .argument('<harness>', 'its name')
    .option('--stop', 'leave the harness to what installed it')
    .description('keep versions in the cache although something else installed the command')
    .action((name: string, words: HarnessStopWords) =>
      perform(async () => (await commands()).delegateHarness(name, words)),
    );
}

function onOff(flag: string, description: string): Option {
  return new Option(`${flag} <on|off>`, description).choices(['on', 'off']);
}
