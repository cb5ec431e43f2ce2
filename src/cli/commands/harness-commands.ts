import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { isBeaverError } from '../../base/errors.ts';
import { hasCode } from '../../base/system-errors.ts';
import type { CheckOutcome, HarnessService, UpdateOutcome } from '../../core/harness/harness-service.ts';
import { SystemClock } from '../../node/system-clock.ts';
import type { Action, Answer, CommandContext } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import {
  type HarnessCheckPayload,
  type HarnessPayload,
  type HarnessUpdatePayload,
  toHarnessPayload,
} from '../harness/harness-payloads.ts';
import type {
  HarnessAddWords,
  HarnessCheckWords,
  HarnessRollbackWords,
  HarnessUpdateWords,
} from '../harness/harness-words.ts';
import { openHarness } from '../harness/open-harness.ts';
import { checkText, harnessText, updateText } from '../text/harness-text.ts';

/** `harness add`: from then on the keys of the given root are trusted with this harness. */
export function addHarness(harness: string, words: HarnessAddWords): Action {
  return async (context) => {
    const { service } = harnessOf(context);
    const file = path.resolve(context.directory, words.root);
    const root = await readFile(file).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT', 'EISDIR')) throw error;
      throw new UsageError('There is no file with the trust root.', { field: '--root' });
    });
    await service
      .add(
        {
          harness,
          root,
          mirrors: words.mirror,
          channel: words.channel,
          command: words.command ?? harness,
          delegated: words.delegate === true,
          replace: words.replace === true,
        },
        context.wait,
      )
      .catch((error: unknown) => {
        if (!isBeaverError(error, 'usage')) throw error;
        throw new UsageError(error.message, { nextStep: error.nextStep });
      });
    return statusOf(service, harness);
  };
}

/** `harness status [HARNESS]`. Asks nobody. */
export function showHarness(harness: string | undefined): Action {
  return async (context) => {
    const { service } = harnessOf(context);
    if (harness !== undefined) return statusOf(service, harness);
    const harnesses: HarnessPayload[] = [];
    for (const one of await service.list()) harnesses.push(await payloadOf(service, one));
    return {
      payload: { harnesses },
      text: (style) =>
        harnesses.length === 0
          ? 'No harness has a source. Add one with "beaver harness add".\n'
          : harnesses.map((one) => harnessText(style, one)).join('\n'),
      exit: EXIT.done,
    };
  };
}

/** `harness check`: looks, and installs nothing. */
export function checkHarness(harness: string, words: HarnessCheckWords): Action {
  return async (context) => {
    const { service } = harnessOf(context);
    const acceptClock = words.acceptClock === true;
    const check = checkOf(await service.check(harness, { wait: context.wait, acceptClock }));
    const payload: HarnessCheckPayload = { harness: await payloadOf(service, harness), check };
    return { payload, text: (style) => checkText(style, payload), exit: EXIT.done };
  };
}

/** `harness update`. */
export function updateHarness(harness: string, words: HarnessUpdateWords): Action {
  return async (context) => {
    const { service } = harnessOf(context);
    const stageOnly = words.stageOnly === true;
    const acceptClock = words.acceptClock === true;
    const update = updateOf(await service.update(harness, { wait: context.wait, stageOnly, acceptClock }));
    const payload: HarnessUpdatePayload = { harness: await payloadOf(service, harness), update };
    return { payload, text: (style) => updateText(style, payload), exit: EXIT.done };
  };
}

/** `harness rollback`. */
export function rollBackHarness(harness: string, words: HarnessRollbackWords): Action {
  return async (context) => {
    const { service } = harnessOf(context);
    await service.rollback(harness, words.reason ?? 'rolled back by hand', context.wait);
    return statusOf(service, harness);
  };
}

/** The harness domain for one command, with its warnings on stderr. */
export function harnessOf(context: CommandContext): ReturnType<typeof openHarness> {
  return openHarness(context.environment, {
    log: (level, message, fields) => {
      if (level === 'warn' || level === 'error') {
        const code = fields?.['code'];
        context.tell(typeof code === 'string' ? `${message} [${code}]` : message);
      }
    },
  });
}

async function payloadOf(service: HarnessService, harness: string): Promise<HarnessPayload> {
  return toHarnessPayload(harness, await service.status(harness), new SystemClock().now());
}

/** Answers how a harness is now. */
export async function statusOf(service: HarnessService, harness: string): Promise<Answer> {
  return statusAnswer(await payloadOf(service, harness));
}

function statusAnswer(harness: HarnessPayload): Answer {
  return { payload: { harness }, text: (style) => harnessText(style, harness), exit: EXIT.done };
}

function checkOf(
  outcome: CheckOutcome | (UpdateOutcome & { readonly kind: 'not_ours' }),
): HarnessCheckPayload['check'] {
  if (!('plan' in outcome)) return { outcome: 'not_ours', version: null, reason: null };
  const { plan, manifest } = outcome;
  return { outcome: plan.kind, version: manifest.version, reason: reasonOf(plan) };
}

function updateOf(outcome: UpdateOutcome): HarnessUpdatePayload['update'] {
  switch (outcome.kind) {
    case 'not_ours':
      return { outcome: 'not_ours', version: null, reason: null };
    case 'kept':
      return { outcome: outcome.plan.kind, version: outcome.version, reason: reasonOf(outcome.plan) };
    case 'staged':
    case 'activated':
      return { outcome: outcome.kind, version: outcome.version.version, reason: null };
  }
}

function reasonOf(plan: CheckOutcome['plan']): string | null {
  if (plan.kind === 'ignored') return plan.ignored.reason;
  return plan.kind === 'nothing_for_this_machine' ? plan.code : null;
}
