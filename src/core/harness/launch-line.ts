import * as path from 'node:path';
import { oneShotWords } from './adapters/command-line.ts';
import { knownAdapter } from './adapters/known-adapters.ts';
import type { HarnessSource } from './source.ts';
import type { HarnessState } from './state.ts';

/** What the front of the launcher has to know of a harness besides its versions. */
export interface LaunchTraits {
  /** What a person types; looked for on the PATH when nothing of Beaver can be started. */
  readonly command: string;
  /** Arguments that make a start a one-shot run, which nobody has to look after. One word each. */
  readonly oneShot: readonly string[];
  /** Of every start from the cache, as `NAME=value` without spaces: what keeps a harness from updating itself. */
  readonly environment: readonly string[];
}

/** What is started: a version of the cache, a build of this machine, or the installation that the person had before. */
export type LaunchTarget =
  | {
      readonly kind: 'version';
      readonly version: string;
      readonly directory: string;
      /** POSIX, relative to the tree. */
      readonly executable: string;
    }
  | { readonly kind: 'build'; readonly path: string }
  | { readonly kind: 'base' };

export interface LaunchLine {
  readonly target: LaunchTarget;
  /** Folder of a version that waits to become active. */
  readonly staged: string | null;
  readonly traits: LaunchTraits;
}

/** Words that start no session in any of the programs that people run as a harness. */
const ONE_SHOT = ['--version', '-V', '--help', '-h'] as const;

const FIRST = 'beaver-launch 1';
const LAST = 'end';
const NOTHING = '-';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** `source` is null where it cannot be read: then the harness's own name is the command. */
export function launchTraits(harness: string, source: HarnessSource | null): LaunchTraits {
  const command = source?.command ?? harness;
  const adapter = knownAdapter(harness, command);
  if (adapter === undefined) return { command, oneShot: ONE_SHOT, environment: [] };
  return {
    command,
    oneShot: oneShotWords(adapter),
    environment: Object.entries(adapter.environment).map(([name, value]) => `${name}=${value}`),
  };
}

/** What a state means for the front. */
export function launchLineOf(state: HarnessState, traits: LaunchTraits): LaunchLine {
  return { target: launchTarget(state), staged: state.staged?.directory ?? null, traits };
}

function launchTarget({ active, local_override }: HarnessState): LaunchTarget {
  if (local_override !== null && isLine(local_override.path)) {
    return { kind: 'build', path: local_override.path };
  }
  if (active === null) return { kind: 'base' };
  const { version, directory, executable } = active;
  return { kind: 'version', version, directory, executable };
}

/**
 * The line file: one fact a line, so that a shell reads it without starting anything. The last line says that all of it is there.
 * Lines: `beaver-launch 1`, folder of the version, version, program, folder of the staged version, command, one-shot words, variables, `end`;
 * `-` stands for nothing. A program that is not relative is a build of this machine.
 */
export function launchLineText({ target, staged, traits }: LaunchLine): string {
  const version = target.kind === 'version' ? target : undefined;
  const program = target.kind === 'build' ? target.path : version?.executable;
  return [
    FIRST,
    version?.directory ?? NOTHING,
    version?.version ?? NOTHING,
    program ?? NOTHING,
    staged ?? NOTHING,
    traits.command,
    traits.oneShot.length === 0 ? NOTHING : traits.oneShot.join(' '),
    traits.environment.length === 0 ? NOTHING : traits.environment.join(' '),
    LAST,
    '',
  ].join('\n');
}

/** Undefined for anything that {@link launchLineText} would not have written. */
export function parseLaunchLine(text: string): LaunchLine | undefined {
  const [
    first,
    directory = '',
    version = '',
    program = '',
    staged = '',
    command = '',
    oneShot = '',
    env = '',
  ] = text.split('\n');
  if (first !== FIRST) return undefined;
  const target = parsedTarget(directory, version, program);
  if (target === undefined || !NAME.test(command)) return undefined;
  const line: LaunchLine = {
    target,
    staged: staged === NOTHING ? null : staged,
    traits: { command, oneShot: words(oneShot), environment: words(env) },
  };
  return launchLineText(line) === text ? line : undefined;
}

function parsedTarget(directory: string, version: string, program: string): LaunchTarget | undefined {
  if (directory !== NOTHING) {
    const inside = NAME.test(directory) && !path.isAbsolute(program) && !program.split('/').includes('..');
    return inside ? { kind: 'version', version, directory, executable: program } : undefined;
  }
  if (program === NOTHING) return { kind: 'base' };
  return path.isAbsolute(program) ? { kind: 'build', path: program } : undefined;
}

function words(line: string): readonly string[] {
  return line === NOTHING ? [] : line.split(' ');
}

function isLine(text: string): boolean {
  return path.isAbsolute(text) && !/[\n\r\0]/.test(text);
}
