import { type Command, CommanderError } from 'commander';
import type { Action, CommandContext } from './answer.ts';
import { type CliOptions, contextOf, type WorkspaceDoor } from './context.ts';
import { EXIT, type ExitCode, failureOf, UsageError } from './failure.ts';
import { buildProgram } from './program.ts';
import { oneLine, styleFor } from './style.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs one command line (without the program's name) and answers the exit code; never throws. With `--json` standard output
 * gets exactly one JSON document, whatever happens; progress, logs and errors in words go to standard error.
 */
export async function runCli(
  args: readonly string[],
  terminal: Terminal,
  door: WorkspaceDoor,
): Promise<ExitCode> {
  // Looked for before the words are parsed: they may be off, and the answer is JSON all the same.
  const json = wordsBeforeDashes(args).includes('--json');
  let exit: ExitCode = EXIT.done;
  const printed: string[] = [];
  const program = buildProgram(async (load) => {
    exit = await perform(await load());
  });
  const perform = async (action: Action): Promise<ExitCode> => {
    const options = program.opts<CliOptions>();
    const say: CommandContext['say'] = ({ payload, text }) => {
      terminal.out(json ? document(payload) : text(styleFor(terminal, options.color)));
    };
    const answer = await action(contextOf(options, terminal, door, say));
    if ('payload' in answer) say(answer);
    return answer.exit;
  };
  keepQuiet(program, printed);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      tellAsked(terminal, json, error.code, printed.join(''));
      return EXIT.done;
    }
    if (!json) terminal.err(printed.join(''));
    return fail(terminal, json, verboseWanted(args), toUsage(error, printed.join('')));
  }
}

/** Help and version, asked for by name. */
function tellAsked(terminal: Terminal, json: boolean, code: string, text: string): void {
  if (!json) terminal.out(text);
  else terminal.out(document(code === 'commander.version' ? { version: text.trim() } : { help: text }));
}

function fail(terminal: Terminal, json: boolean, verbose: boolean, thrown: unknown): ExitCode {
  const { exit, payload } = failureOf(thrown);
  const { message, next_step, code } = payload.error;
  if (json) terminal.out(document(payload));
  terminal.err(`beaver: ${oneLine(message)} [${code}]\n${oneLine(next_step)}\n`);
  // The stack names files of this machine: it is for the person who asks for it, and for nobody's log.
  if (verbose && thrown instanceof Error) terminal.err(`${stackOf(thrown)}\n`);
  return exit;
}

function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}

/** Commander's complaints as coded errors; `help` is what it would have printed for a group without a command. */
function toUsage(error: unknown, help: string): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.code === 'commander.help') {
    const names = /^Usage: (.+?) \[options\]/m.exec(help)?.[1] ?? 'beaver';
    return new UsageError('The command is not complete.', {
      nextStep: `Run "${names} --help" to see its commands.`,
    });
  }
  return new UsageError(sentence(error.message.replace(/^error: /, '')));
}

function sentence(text: string): string {
  const [first = '', ...rest] = oneLine(text);
  const capital = first.toUpperCase() + rest.join('');
  return /[.?!)]$/.test(capital) ? capital : `${capital}.`;
}

/** Commander neither exits nor prints: what it would print is collected. */
function keepQuiet(program: Command, printed: string[]): void {
  const keep = (text: string) => void printed.push(text);
  const quieten = (command: Command): void => {
    command.exitOverride().configureOutput({
      writeOut: keep,
      writeErr: keep,
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
    command.commands.forEach(quieten);
  };
  quieten(program);
}

function document(payload: object): string {
  return `${JSON.stringify(payload, undefined, 2)}\n`;
}

function verboseWanted(args: readonly string[]): boolean {
  return wordsBeforeDashes(args).includes('--verbose');
}

function wordsBeforeDashes(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}
