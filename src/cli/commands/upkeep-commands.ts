import process from 'node:process';
import { parsePin } from '../../core/package-pin.ts';
import type { Action } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import { fetching } from '../fetching.ts';
import {
  autoUpdateText,
  frozenText,
  lockText,
  outdatedText,
  pinText,
  reconcileText,
  verifyText,
  whyText,
} from '../text/upkeep-text.ts';
import type { InstallWords } from '../install-words.ts';
import type { AutoUpdateWords, PinWords, ReconcileWords } from '../upkeep-words.ts';

/** `plugins outdated [ID...]`. Exits with 1 when something is outdated. */
export function showOutdated(ids: readonly string[]): Action {
  return async (context) => {
    const { upkeep } = await context.workspace();
    const payload = await fetching(context, (transfer) => upkeep.outdated(ids, transfer));
    const exit = payload.outdated.length === 0 ? EXIT.done : EXIT.found;
    return { payload, text: (style) => outdatedText(style, payload), exit };
  };
}

/** `plugins pin ID [PIN]`: to the content in use without a pin. */
export function pinPlugin(id: string, written: string | undefined, { prereleases }: PinWords): Action {
  const pin = written === undefined ? undefined : parsePin(written, { prereleases: prereleases === true });
  if (prereleases === true && pin?.kind !== 'range')
    throw new UsageError('--prereleases goes with a range.', { field: 'prereleases' });
  return async (context) => {
    const { upkeep } = await context.workspace();
    const payload =
      pin === undefined ? await upkeep.pinHere(id, context.wait) : await upkeep.pin(id, pin, context.wait);
    return { payload, text: () => pinText(payload), exit: EXIT.done };
  };
}

export function unpinPlugin(id: string): Action {
  return async (context) => {
    const payload = await (await context.workspace()).upkeep.pin(id, null, context.wait);
    return { payload, text: () => pinText(payload), exit: EXIT.done };
  };
}

export function showWhy(id: string): Action {
  return async (context) => {
    const payload = await (await context.workspace()).upkeep.why(id);
    return { payload, text: (style) => whyText(style, payload), exit: EXIT.done };
  };
}

export const lockPlugins: Action = async (context) => {
  const payload = await (await context.workspace()).upkeep.lock(context.wait);
  return { payload, text: () => lockText(payload), exit: EXIT.done };
};

/** `verify`. Exits with 1 when anything differs. */
export const verifyLock: Action = async (context) => {
  const payload = await (await context.workspace()).upkeep.verify();
  return {
    payload,
    text: (style) => verifyText(style, payload),
    exit: payload.verified ? EXIT.done : EXIT.found,
  };
};

/** `updates auto`. The environment and the setting `beaver.autoUpdate` hold it back; exits with 1 when something waits for a person. */
export function autoUpdate({ explain, now }: AutoUpdateWords): Action {
  return async (context) => {
    const { upkeep } = await context.workspace();
    const environment = process.env;
    const payload =
      explain === true
        ? await upkeep.autoUpdateState(environment)
        : await fetching(context, (transfer) =>
            upkeep.autoUpdate(
              {
                environment,
                ...(now === true ? { now } : {}),
                ...(transfer.signal === undefined ? {} : { signal: transfer.signal }),
              },
              context.wait,
            ),
          );
    const waiting = payload.auto_update.plugins.some(
      ({ action, alert }) => action === 'notify' || alert !== null,
    );
    return {
      payload,
      text: (style) => autoUpdateText(style, payload),
      exit: waiting ? EXIT.found : EXIT.done,
    };
  };
}

/** `plugins reconcile`. Exits with 1 while anything is off. */
export function reconcilePlugins({ apply, yes }: ReconcileWords): Action {
  if (yes === true && apply !== true) throw new UsageError('--yes goes with --apply.', { field: 'yes' });
  return async (context) => {
    const { upkeep } = await context.workspace();
    const request = { apply: apply === true, confirmed: yes === true };
    const payload = await fetching(context, (transfer) => upkeep.reconcile(request, transfer, context.wait));
    return {
      payload,
      text: (style) => reconcileText(style, payload),
      exit: payload.reconcile.status === 'drift' ? EXIT.found : EXIT.done,
    };
  };
}

/** `plugins install --frozen`: what the lock file says, or nothing and an error that says what differs. */
export function installFrozen(written: string | undefined, options: InstallWords): Action {
  if (written !== undefined)
    throw new UsageError('--frozen installs what is locked: name no plugin.', { field: 'plugin' });
  for (const field of ['pin', 'accept'] as const)
    if (options[field] !== undefined)
      throw new UsageError(`--frozen takes on what is locked, and no --${field}.`, { field });
  const { enable, offline = false } = options;
  return async (context) => {
    const { upkeep } = await context.workspace();
    const payload = await fetching(context, ({ signal }) =>
      upkeep.installFrozen({ ...(signal === undefined ? {} : { signal }), enable, offline }, context.wait),
    );
    return { payload, text: () => frozenText(payload), exit: EXIT.done };
  };
}
