import type { Command } from 'commander';
import type { Action } from './answer.ts';

/** Runs what the words of a command stand for; commands are loaded when they are called, so that each starts fast. */
export type Perform = (action: () => Promise<Action>) => Promise<void>;

/** A word that has commands below it. */
export function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).helpCommand(false);
}

/** For options that may be given more than once. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
