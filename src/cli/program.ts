import { Command, InvalidArgumentError, Option } from 'commander';
import { addHistory, addInstalls } from './install-program.ts';
import { addCache, addMarketplaces } from './marketplace-program.ts';
import { collect, group, type Perform } from './program-parts.ts';
import { PREFLIGHT_FORMATS, type PreflightWords } from './preflight-words.ts';
import { addHarness } from './harness/harness-program.ts';
import type { ProposeOptions } from './propose-words.ts';
import { wholeNumber } from './replay-words.ts';
import type { ServeOptions } from './serve-words.ts';
import { addUpdates } from './updates-program.ts';
import { addUpkeep } from './upkeep-program.ts';
import { VERSION } from './version.ts';

const DEFAULT_WAIT = 30;

/** All words of the command line. Parsing is all it does: `perform` runs the commands and `docs/cli.md` is printed from it. */
export function buildProgram(perform: Perform): Command {
  const program = new Command('beaver')
    .description('Mirrors plugin skills and turns upstream releases into reviewed three-way merges.')
    .option('-C <dir>', 'run as if started in this folder; the workspace is the folder itself')
    .option('--json', 'print one JSON document on standard output and nothing else')
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for another writer; 0 gives up at once')
        .argParser(milliseconds)
        .default(DEFAULT_WAIT * 1000, String(DEFAULT_WAIT)),
    )
    .option('--verbose', 'say on standard error what is being done')
    .option('--no-color', 'no colour, whatever the terminal can show')
    .option('--skills-directory <dir>', 'the managed store, instead of the setting beaver.skillsDirectory')
    .option(
      '--plugin-path <dir>',
      'a folder of plugins beside plugins/, instead of beaver.pluginSearchPaths; repeatable',
      collect,
    )
    .option(
      '--runtime-target <dir>',
      'a folder that agents read, instead of beaver.runtimeTargets; repeatable',
      collect,
    )
    .option(
      '--ignored-target-file <glob>',
      'files beside a skill that are no edits, instead of beaver.ignoredTargetFiles; repeatable, "" for none',
      collect,
    )
    .option('--max-files <n>', 'files of one skill, instead of beaver.limits.maxFiles', positiveNumber)
    .option('--max-bytes <n>', 'bytes of one skill, instead of beaver.limits.maxBytes', positiveNumber)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what a command takes')
    .showSuggestionAfterError();
  addPlugins(program, perform);
  addMarketplaces(program, perform);
  addSkills(program, perform);
  addUpdates(program, perform);
  addMerge(program, perform);
  addHistory(program, perform);
  addAudit(program, perform);
  addDoctor(program, perform);
  addServers(program, perform);
  addPreflight(program, perform);
  addCache(program, perform);
  addHarness(program, perform);
  addUpkeep(program, perform);
  program.helpCommand(false);
  return program;
}

function addPlugins(program: Command, perform: Perform): void {
  const plugins = group(program, 'plugins', 'the life cycle of plugins and their linked skills');
  const commands = () => import('./commands/plugin-commands.ts');
  plugins
    .command('list')
    .description('list the plugins found, their linked skills, and what could not be read')
    .action(() => perform(async () => (await commands()).listPlugins));
  plugins
    .command('sync')
    .description('mirror new skills of enabled plugins and make candidates of new upstream releases')
    .action(() => perform(async () => (await commands()).syncPlugins));
  plugins
    .command('enable')
    .argument('[id...]', 'plugin ids')
    .option('--all', 'every plugin that is found and not enabled')
    .description('enable plugins and mirror their skills')
    .action((ids: readonly string[], options: { all?: boolean }) =>
      perform(async () => (await commands()).enablePlugins(ids, options.all === true)),
    );
  plugins
    .command('pause')
    .argument('<id>', 'plugin id')
    .description('keep the skills in use and look for no updates')
    .action((id: string) => perform(async () => (await commands()).pausePlugin(id)));
  plugins
    .command('resume')
    .argument('<id>', 'plugin id')
    .description('look for updates again')
    .action((id: string) => perform(async () => (await commands()).resumePlugin(id)));
  plugins
    .command('disable')
    .argument('<id>', 'plugin id')
    .option('--disable-linked-skills', 'required: says that its skills are to go out of use as well')
    .description('take a plugin and its linked skills out of use; every version is kept')
    .action((id: string, options: { disableLinkedSkills?: boolean }) =>
      perform(async () => (await commands()).disablePlugin(id, options.disableLinkedSkills === true)),
    );
  plugins
    .command('adopt')
    .argument('<id>', 'plugin id')
    .argument('<skill>', 'skill name')
    .description('make a linked skill one of your own, which its plugin updates no more')
    .action((id: string, skill: string) => perform(async () => (await commands()).adoptSkill(id, skill)));
  addInstalls(plugins, perform);
}

function addSkills(program: Command, perform: Perform): void {
  const skills = group(program, 'skills', 'managed skills and their versions');
  const commands = () => import('./commands/skill-commands.ts');
  skills
    .command('list')
    .description('list the managed skills')
    .action(() => perform(async () => (await commands()).listSkills));
  skills
    .command('show')
    .argument('<name>', 'skill name')
    .description('show the current version, its provenance and hashes, all versions, and the runtime targets')
    .action((name: string) => perform(async () => (await commands()).showSkill(name)));
  skills
    .command('history')
    .argument('<name>', 'skill name')
    .description('show what happened to a skill, and when')
    .action((name: string) => perform(async () => (await commands()).showHistory(name)));
  skills
    .command('rollback')
    .argument('<name>', 'skill name')
    .argument('<version>', 'version to return to, v0001 say')
    .description('make an earlier version current again')
    .action((name: string, version: string) =>
      perform(async () => (await commands()).rollBackSkill(name, version)),
    );
  skills
    .command('capture')
    .argument('[name]', 'skill name; all skills without one')
    .description('take edits made in runtime targets in as new versions')
    .action((name: string | undefined) => perform(async () => (await commands()).captureEdits(name)));
  const proposals = () => import('./commands/propose-commands.ts');
  skills
    .command('propose')
    .argument('<name>', 'skill name')
    .requiredOption('--reason <text>', 'what it improves, for the reviewer')
    .option('--file <file>', 'the proposed SKILL.md; - reads standard input')
    .option('--put <path=file>', 'a supporting file and where its content is; repeatable', collect)
    .option('--remove <path>', 'a supporting file that is to go; repeatable', collect)
    .option('--folder <dir>', 'the whole proposed skill, instead of single files')
    .option('--base <version>', 'the version it was written on; the current one unless named')
    .description('propose a revision: it becomes a candidate to be reviewed and changes nothing')
    .action((name: string, options: ProposeOptions) =>
      perform(async () => (await proposals()).proposeRevision(name, options)),
    );
  skills
    .command('proposal')
    .argument('<candidate>', 'candidate id of a proposal')
    .description('show what became of a proposal')
    .action((id: string) => perform(async () => (await proposals()).showProposal(id)));
}

function addMerge(program: Command, perform: Perform): void {
  program
    .command('merge')
    .argument('<base>', 'the common ancestor')
    .argument('<local>', 'the file with your changes')
    .argument('<upstream>', 'the file with their changes')
    .option(
      '-o, --output <file>',
      'write the result here instead of to standard output; may be one of the three',
    )
    .option('--path <name>', 'what the file is called in its repository')
    .description('merge three files; opens no workspace')
    .action((base: string, local: string, upstream: string, options: { output?: string; path?: string }) =>
      perform(async () =>
        (await import('./commands/merge-command.ts')).mergeFiles({ base, local, upstream }, options),
      ),
    );
}

function addAudit(program: Command, perform: Perform): void {
  program
    .command('audit')
    .description('list what was decided and done: what, when, by whom, and why')
    .action(() => perform(async () => (await import('./commands/audit-command.ts')).showAudit));
}

function addDoctor(program: Command, perform: Perform): void {
  program
    .command('doctor')
    .option('--fix', 'repair what can be repaired without losing anything')
    .description('check everything that can be read off the disk, and say what is off and what to do')
    .action((options: { fix?: boolean }) =>
      perform(async () => (await import('./commands/doctor-command.ts')).runDoctor(options.fix === true)),
    );
}

function addServers(program: Command, perform: Perform): void {
  program
    .command('mcp')
    .description('serve the skills to an agent over the Model Context Protocol, on standard input and output')
    .action(() => perform(async () => (await import('./commands/mcp-command.ts')).serveMcp));
  program
    .command('serve')
    .addOption(
      new Option('--port <port>', 'port on 127.0.0.1; 0 takes any that is free')
        .argParser(portNumber)
        .default(0),
    )
    .option('--token-file <file>', 'where the token is written, instead of serve/PORT.token in BEAVER_HOME')
    .description('serve the plugins over HTTP on loopback, with a bearer token; SIGINT and SIGTERM end it')
    .action((options: ServeOptions) =>
      perform(async () => (await import('./commands/serve-command.ts')).serveHttp(options)),
    );
}

function addPreflight(program: Command, perform: Perform): void {
  program
    .command('preflight')
    .argument(
      '[path...]',
      'manifests, plugins, marketplaces, or folders that hold them; the folder itself unless given',
    )
    .addOption(new Option('--format <format>', 'what is printed').choices(PREFLIGHT_FORMATS).default('text'))
    .option('--report <format=file>', 'also write the report to a file; repeatable', collect)
    .addOption(
      new Option('--fail-on <severity>', 'the least severity that makes it fail')
        .choices(['error', 'warning', 'info'])
        .default('error'),
    )
    .option(
      '--ignore <code>',
      'a code that does not count, or CODE:GLOB for some files; PF-LINK-* for several; repeatable',
      collect,
    )
    .option('--baseline <file>', 'an earlier report in JSON: what is in it does not count')
    .option(
      '--changed-since <ref>',
      'only plugins with files that differ from where this commit and HEAD parted',
    )
    .option(
      '--host <name=version>',
      'the version of a host that plugins give ranges for; repeatable',
      collect,
    )
    .option('--catalog <file>', 'another marketplace whose plugins may be depended on; repeatable', collect)
    .option('--schema', 'print the JSON Schema of the report and check nothing')
    .description('check plugins before they are published or installed; runs nothing of what it reads')
    .action((paths: readonly string[], options: PreflightWords) =>
      perform(async () =>
        (await import('./commands/preflight-command.ts')).runPreflightCommand(paths, options),
      ),
    );
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535)
    throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return port;
}

function milliseconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new InvalidArgumentError('Give a number of seconds, 0 or more.');
  }
  return seconds * 1000;
}

function positiveNumber(value: string): number {
  const number = wholeNumber(value);
  if (number === 0) throw new InvalidArgumentError('Give a whole number, 1 or more.');
  return number;
}
