import * as path from 'node:path';
import type { HarnessChoices } from '../../core/harness/harness-choices.ts';
import { updatePolicy } from '../../core/harness/update-policy.ts';
import type { Action, CommandContext } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import type { HarnessAutoWords, HarnessIgnoreWords, HarnessStopWords } from '../harness/harness-words.ts';
import { harnessOf, statusOf } from './harness-commands.ts';

/** `harness ignore`. */
export function ignoreVersion(harness: string, version: string, words: HarnessIgnoreWords): Action {
  return changing(harness, (choices, { wait }) =>
    choices.ignore(harness, version, words.reason ?? 'ignored by hand', wait),
  );
}

/** `harness unignore`. */
export function stopIgnoringVersion(harness: string, version: string): Action {
  return changing(harness, (choices, { wait }) => choices.stopIgnoring(harness, version, wait));
}

/** `harness local`. */
export function useLocalBuild(harness: string, file: string | undefined, { stop }: HarnessStopWords): Action {
  if ((file === undefined) !== (stop === true)) {
    throw new UsageError('Name the program of the build, or say --stop; not both.', { field: 'file' });
  }
  return changing(harness, (choices, { wait, directory }) =>
    choices.useLocalBuild(harness, file === undefined ? null : path.resolve(directory, file), wait),
  );
}

/** `harness delegate`. */
export function delegateHarness(harness: string, { stop }: HarnessStopWords): Action {
  return changing(harness, (choices, { wait }) => choices.delegate(harness, stop !== true, wait));
}

/** `harness auto`: what holds now, variables and CI included. */
export function setAutomatic(harness: string, { update, restart }: HarnessAutoWords): Action {
  return async (context) => {
    const { choices } = harnessOf(context);
    const changes = {
      ...(update === undefined ? {} : { autoUpdate: update === 'on' }),
      ...(restart === undefined ? {} : { autoRestart: restart === 'on' }),
    };
    const stored =
      update === undefined && restart === undefined
        ? await choices.policy(harness)
        : await choices.setPolicy(harness, changes, context.wait);
    const { autoUpdate, autoRestart, by } = updatePolicy(stored, context.environment);
    const said = (on: boolean): string => (on ? 'on' : 'off');
    return {
      payload: { harness, automatic: { update: autoUpdate, restart: autoRestart, by } },
      text: () => `${harness}: updates ${said(autoUpdate)}, restarts ${said(autoRestart)} (${by})\n`,
      exit: EXIT.done,
    };
  };
}

/** Changes something, and answers how the harness is then. */
function changing(
  harness: string,
  change: (choices: HarnessChoices, context: CommandContext) => Promise<unknown>,
): Action {
  return async (context) => {
    const { service, choices } = harnessOf(context);
    await change(choices, context);
    return statusOf(service, harness);
  };
}
