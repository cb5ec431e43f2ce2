import { homedir } from 'node:os';
import type { InstallRequest } from '../../app/api.ts';
import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import type { PhaseProgress } from '../../core/install/phases.ts';
import type { InstallTarget } from '../../core/install/wanted-plugin.ts';
import { parsePackageSource } from '../../core/marketplaces/written-source.ts';
import { parsePin } from '../../core/package-pin.ts';
import type { Action, CommandContext } from '../answer.ts';
import { EXIT, type ExitCode, UsageError } from '../failure.ts';
import { fetching } from '../fetching.ts';
import type { InstallWords, UpdateWords } from '../install-words.ts';
import { historyText, installedText, outcomesText, uninstalledText } from '../text/install-text.ts';

const LISTED = /^([A-Za-z0-9][\w. -]*)@([A-Za-z0-9][\w.-]*)$/;

/** `plugins install PLUGIN`: 1 when something new in it asks for a person. */
export function installPlugin(written: string | undefined, options: InstallWords): Action {
  if (written === undefined) throw new UsageError('Name the plugin to install.', { field: 'plugin' });
  return async (context) => {
    const { installs } = await context.workspace();
    const target = targetOf(written, context);
    const request = {
      ...requestOf(options),
      ...(options.pin === undefined ? {} : { pin: parsePin(options.pin) }),
      enable: options.enable,
    };
    const payload = await withProgress(context, (progress) =>
      installs.install(target, { ...request, ...progress }, context.wait),
    );
    return {
      payload,
      text: (style) => outcomesText(style, [payload.install]),
      exit: exitOf([payload.install]),
    };
  };
}

export const listInstalled: Action = async (context) => {
  const payload = await (await context.workspace()).installs.list();
  return { payload, text: (style) => installedText(style, payload), exit: EXIT.done };
};

/** `plugins update [ID...]`: 1 when one of them failed or asks for a person; the others are updated all the same. */
export function updatePlugins(ids: readonly string[], options: UpdateWords): Action {
  return async (context) => {
    const { installs, upkeep } = await context.workspace();
    const payload = await withProgress(context, (progress) => {
      const request = { ...requestOf(options), ...progress };
      return options.staged === true
        ? upkeep.applyStaged(ids, request, context.wait)
        : installs.update(ids, request, context.wait);
    });
    return {
      payload,
      text: (style) => outcomesText(style, payload.updates),
      exit: exitOf(payload.updates),
    };
  };
}

export function rollBackPlugin(id: string, to: string | undefined): Action {
  return async (context) => {
    const { installs } = await context.workspace();
    const payload = await withProgress(context, (progress) =>
      installs.rollback(id, to, progress, context.wait),
    );
    return { payload, text: (style) => outcomesText(style, [payload.install]), exit: EXIT.done };
  };
}

export function uninstallPlugin(id: string, force: boolean): Action {
  return async (context) => {
    const payload = await (await context.workspace()).installs.uninstall(id, { force }, context.wait);
    return { payload, text: (style) => uninstalledText(style, payload), exit: EXIT.done };
  };
}

export function showInstallHistory(id: string | undefined): Action {
  return async (context) => {
    const payload = await (await context.workspace()).installs.history(id);
    return { payload, text: (style) => historyText(style, payload), exit: EXIT.done };
  };
}

function targetOf(written: string, context: CommandContext): InstallTarget {
  const [, name, marketplace] = LISTED.exec(written.trim()) ?? [];
  if (name !== undefined && marketplace !== undefined) return { kind: 'listed', name, marketplace };
  const from = { directory: context.directory, home: homedir() };
  return { kind: 'source', source: parsePackageSource(written, from) };
}

function requestOf({ accept, offline }: UpdateWords): InstallRequest {
  return {
    ...(accept === undefined ? {} : { accept }),
    ...(offline === true ? { offline } : {}),
  };
}

/** Ctrl+C cancels it up to its activation; standard error hears in which phase it is. */
async function withProgress<T>(
  context: CommandContext,
  body: (progress: Pick<InstallRequest, 'signal' | 'onProgress'>) => Promise<T>,
): Promise<T> {
  return fetching(context, ({ signal }) =>
    body({
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => {
        context.tell(progressText(progress));
      },
    }),
  );
}

function progressText({ id, phase, number, of }: PhaseProgress): string {
  return `Installing ${id} (phase ${number}/${of}): ${phase}`;
}

function exitOf(outcomes: readonly InstallOutcomePayload[]): Extract<ExitCode, 0 | 1> {
  const waits = outcomes.some(({ status }) => status === 'consent_required' || status === 'failed');
  return waits ? EXIT.found : EXIT.done;
}
