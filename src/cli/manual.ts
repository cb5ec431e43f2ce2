import type { Argument, Command, Option } from 'commander';
import * as z from 'zod';
import { draftPayload, findingPayload, pluginPayload, replayPayload, skillPayload } from '../app/payloads.ts';
import { answerSchemas, failureSchema } from './answer-schemas.ts';
import { harnessPayload } from './harness/harness-payloads.ts';
import { buildProgram } from './program.ts';

/** `docs/cli.md` as the code has it: `npm run docs:cli` writes it, and a test holds the file in step. Ends with one newline. */
export function renderManual(): string {
  const program = buildProgram(() => Promise.resolve());
  const groups = program.commands.filter((command) => command.commands.length > 0);
  const single = program.commands.filter((command) => command.commands.length === 0);
  return `${[
    INTRODUCTION,
    '## Options of every command\n',
    optionTable(program.options),
    SETTINGS.trimStart(),
    FETCHING.trimStart(),
    EXIT_CODES,
    FAILURES,
    shape(failureSchema),
    namedShapes(),
    ...groups.flatMap((group) => [
      `## ${group.name()}\n`,
      `${sentence(group.description())}\n`,
      ...group.commands.map((command) => commandSection(command, group.name())),
    ]),
    '## Other commands\n',
    ...single.map((command) => commandSection(command, '')),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

const INTRODUCTION = `<!-- Written by \`npm run docs:cli\` from src/cli; a test holds it in step with the code. -->

# The command line

\`\`\`
beaver [options] COMMAND ...
\`\`\`

The workspace is the folder that the command starts in, or the one given with \`-C\`. Answers are text for people; with \`--json\`
standard output gets exactly one JSON document and nothing else. Progress, logs and the message that another writer is being waited
for go to standard error. No answer holds an absolute path, but that of \`serve\` names its token file.

Colour is for terminals only; \`NO_COLOR\`, \`TERM=dumb\` and \`--no-color\` turn it off.
`;

const SETTINGS = `
## Settings

The command line reads the \`beaver.*\` settings of \`.vscode/settings.json\` in the workspace folder (comments and trailing commas
are fine), so that the editor and the shell agree: \`beaver.skillsDirectory\`, \`beaver.pluginSearchPaths\`, \`beaver.runtimeTargets\`, \`beaver.placeDuringTurn\`,
\`beaver.ignoredTargetFiles\`, \`beaver.gates.review\`, \`beaver.gates.replay\`, \`beaver.autoUpdate\`, \`beaver.limits.maxFiles\`, \`beaver.limits.maxBytes\`. The options above take precedence. User settings and
\`.code-workspace\` files are the editor's own and are not read. A settings file that cannot be understood, or a setting of the wrong
kind, is an error (\`settings_unreadable\`, \`setting_invalid\`): going on with defaults could write to another folder than the editor does.

## A language model

\`updates propose\` and \`updates replay\` ask the language model that the environment names. No other command and no other moment asks one.

| variable | says |
| --- | --- |
| \`BEAVER_MODEL\` | the model: \`anthropic:NAME\`, \`openai:NAME\`, or the NAME of a model at \`BEAVER_MODEL_BASE_URL\` |
| \`BEAVER_MODEL_BASE_URL\` | the address of a server that speaks the OpenAI protocol (with \`anthropic:\`, of one that speaks Anthropic's); https, or http on this machine |
| \`BEAVER_MODEL_KEY\` | its key, where it asks for one. Without it, \`ANTHROPIC_API_KEY\` or \`OPENAI_API_KEY\` are used for the service's own address, and for no other |
| \`BEAVER_MODEL_TIMEOUT\` | seconds that one answer may take (default: 300) |

What \`updates propose\` sends: the three texts of \`SKILL.md\`, their merge, and the question. The answer is checked before any of it is shown: it may say only
what one of the sides says at that place, must leave out nothing that it does not list, and must keep every statement of Safety and Required
Tools sections. Whatever fails is withheld with its reason, and the conflict stays yours to settle.

What \`updates replay\` sends: the tasks of the skill's evals, each with the skill as it is or as the draft has it, and then the results that only
prose can judge ([evals.md](evals.md)). It stays within its budget.
`;

const FETCHING = `
## Fetching

Marketplaces and packages are fetched when a command says so, and kept in \`cache\` below \`BEAVER_HOME\` for all workspaces.

| variable | says |
| --- | --- |
| \`BEAVER_HOME\` | where Beaver keeps what belongs to the whole machine (default: \`.beaver\` in your own folder) |
| \`BEAVER_CACHE_MAX_MB\` | how large the cache may become, in megabytes (default: about 2100); what was used longest ago goes first |
| \`BEAVER_NPM_REGISTRY\` | the npm registry, where a source names none; else \`npm_config_registry\`, else the public one |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`ALL_PROXY\`, \`NO_PROXY\` | the proxy, and hosts that are reached without it |
`;

const EXIT_CODES = `## Exit codes

| exit | meaning |
| --- | --- |
| 0 | done |
| 1 | the check found something: conflicts, a failed gate, something that keeps a skill from being synced, a finding of the doctor, a plugin that fails the preflight |
| 2 | the words are off; nothing was read or written |
| 3 | the operation failed |
| 4 | another writer holds the lock (\`plugin_write_busy\`) |

\`plugins list\`, \`updates show\` and the other commands that only look exit with 0 whatever they see; only \`doctor\`, \`merge\`
and \`preflight\` judge.
A broken plugin is among the \`errors\` of a listing or a sync and does not make it fail.
`;

const FAILURES = `With exit 2, 3 or 4 and \`--json\`, standard output has the error; standard error has it in words:
`;

function commandSection(command: Command, group: string): string {
  const words = group === '' ? command.name() : `${group} ${command.name()}`;
  const usage = ['beaver', words, ...command.registeredArguments.map(argumentText)].join(' ');
  const options = command.options.length === 0 ? '' : `${optionTable(command.options)}\n`;
  const schemas = answersOf(words).map((schema) => shape(schema));
  const answers = schemas.length === 0 ? '' : `With \`--json\`:\n\n${schemas.join('\nor\n\n')}`;
  return `### ${words}\n\n\`\`\`\n${usage}${command.options.length === 0 ? '' : ' [options]'}\n\`\`\`\n\n${sentence(command.description())}\n\n${argumentList(command.registeredArguments)}${options}${answers}`;
}

function answersOf(words: string): readonly z.ZodType[] {
  const found = Object.entries(answerSchemas).find(([name]) => name === words);
  if (found === undefined) throw new Error(`The command "${words}" has no answer schema.`);
  return found[1];
}

function argumentText(argument: Argument): string {
  const name = argument.name().toUpperCase() + (argument.variadic ? '...' : '');
  return argument.required ? name : `[${name}]`;
}

function argumentList(args: readonly Argument[]): string {
  if (args.length === 0) return '';
  return `${args.map((argument) => `- \`${argument.name().toUpperCase()}\`: ${argument.description}`).join('\n')}\n\n`;
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map((option) => {
    const fallback =
      option.defaultValueDescription === undefined ? '' : ` (default: ${option.defaultValueDescription})`;
    const choices =
      option.argChoices === undefined
        ? ''
        : ` (${option.argChoices.map((choice) => `\`${choice}\``).join(', ')})`;
    return `| \`${option.flags}\` | ${option.description}${choices}${fallback} |`;
  });
  return `| option | does |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** Shapes that many answers share: written down once, referred to by name. */
const NAMED: readonly (readonly [name: string, schema: z.ZodType])[] = [
  ['Plugin', pluginPayload],
  ['Finding', findingPayload],
  ['Skill', skillPayload],
  ['Draft', draftPayload],
  ['Replay', replayPayload],
  ['Harness', harnessPayload],
];

function namedShapes(): string {
  const shapes = NAMED.map(([name, schema]) => `${name} = ${describe(asJsonSchema(schema, name), '')}`);
  return `## Shapes of answers\n\nA name followed by \`?\` may be left out. Lists are sorted, ids are stable, times are ISO 8601 in UTC.\n\n\`\`\`\n${shapes.join('\n\n')}\n\`\`\`\n`;
}

/** A schema as an example of its own shape: names in braces, what they hold in words. */
function shape(schema: z.ZodType): string {
  const named = NAMED.find((entry) => entry[1] === schema)?.[0];
  return `\`\`\`\n${named ?? describe(asJsonSchema(schema), '')}\n\`\`\`\n`;
}

/** With the named shapes as references, except for `self`, which is spelled out. */
function asJsonSchema(schema: z.ZodType, self?: string): JsonSchema {
  const metadata = z.registry<{ id: string }>();
  for (const [name, shared] of NAMED) if (name !== self) metadata.add(shared, { id: name });
  return z.toJSONSchema(schema, { metadata });
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function describe(schema: JsonSchema, indent: string): string {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map((part) => describeAny(part, indent)).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.type === 'array') return describeArray(schema, indent);
  if (schema.type !== 'object') return typeof schema.type === 'string' ? schema.type : 'any';
  if (schema.properties === undefined) return '{ ... }';
  const inner = `${indent}  `;
  const members = Object.entries(schema.properties).map(([name, part]) => {
    const optional = schema.required?.includes(name) === true ? '' : '?';
    return `${inner}${JSON.stringify(name)}${optional}: ${describeAny(part, inner)}`;
  });
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function describeArray({ items }: JsonSchema, indent: string): string {
  if (items === undefined || Array.isArray(items)) return '[ ... ]';
  return `[${describeAny(items, indent)}]`;
}

function describeAny(schema: z.core.JSONSchema._JSONSchema, indent: string): string {
  return typeof schema === 'boolean' ? 'any' : describe(schema, indent);
}
