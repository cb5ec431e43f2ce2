import * as vscode from 'vscode';
import type { InstallRequest } from '../../app/api.ts';
import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import { BeaverError, isBeaverError } from '../../base/errors.ts';
import type { LockWait } from '../../core/ports.ts';
import type { Write } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import { logFailure } from '../log.ts';
import type { MarketSession } from '../model/market-session.ts';
import { failedInstall, failureReason } from '../model/install-text.ts';
import { phaseText } from '../model/phase-text.ts';

type Progress = Required<Pick<InstallRequest, 'signal' | 'onProgress'>>;

/** Milliseconds. */
const DIALOG_GOES = 300;

export interface Installation {
  readonly market: MarketSession;
  /** Where its row is. */
  readonly id: string;
  /** As a person calls it. */
  readonly name: string;
}

/**
 * Carries an installation out: in which phase it is shows in its row, on the view and in a notification that cancels it. What fails is told
 * with what is in use now. Undefined when nothing came of it, which has been told then.
 */
export async function carryOut(
  host: EditorHost,
  { market, id, name }: Installation,
  write: Write,
  start: (progress: Progress, wait: LockWait) => Promise<InstallOutcomePayload>,
): Promise<InstallOutcomePayload | undefined> {
  const { t, folders } = host;
  await dialogsGone();
  const began = new Date().toISOString();
  try {
    const outcome = await write((wait) =>
      withPhases(host, { market, id, name }, (progress) => start(progress, wait)),
    );
    const { reason } = outcome;
    if (outcome.status !== 'failed' || reason === null) return outcome;
    throw new BeaverError(reason.code, reason.message, { nextStep: reason.next_step });
  } catch (error) {
    if (isBeaverError(error, 'install_cancelled') || isBeaverError(error, 'fetch_cancelled')) {
      host.activity.showOutcome(t('Cancelled; nothing in use has changed'));
      return undefined;
    }
    if (isBeaverError(error, 'plugin_write_busy') || isBeaverError(error, 'workspace_untrusted')) throw error;
    // Not awaited: the message stays until a person answers it.
    void tellFailure(host, { market, id, name }, began, error);
    return undefined;
  } finally {
    market.progress(id, undefined);
    await market.refresh();
    await folders.session(market.folder)?.refresh();
  }
}

/** VS Code shows no toast for what comes while a dialog of its own goes: the notification would wait behind the bell, and nobody could cancel. */
function dialogsGone(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, DIALOG_GOES);
  });
}

async function withPhases<T>(
  { t }: EditorHost,
  { market, id, name }: Installation,
  body: (progress: Progress) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: t('Installing {0}', name),
      cancellable: true,
    },
    async (shown, cancellation) => {
      const controller = new AbortController();
      const subscription = cancellation.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await body({
          signal: controller.signal,
          onProgress: (progress) => {
            market.progress(id, progress);
            shown.report({ message: phaseText(progress, t), increment: 100 / progress.of });
          },
        });
      } finally {
        subscription.dispose();
      }
    },
  );
}

async function tellFailure(
  host: EditorHost,
  { market, id, name }: Installation,
  began: string,
  error: unknown,
): Promise<void> {
  const { t } = host;
  logFailure(host.log, `install ${id}`, error);
  const history = await market.workspace.installs.history(id).then(
    (answer) => answer.history,
    () => [],
  );
  const last = history.findLast(({ at }) => at >= began);
  const inUse = market.snapshot.installed.find((plugin) => plugin.id === id)?.active;
  const reason = failureReason(error, vscode.env.language.startsWith('en'), t);
  const [showHistory, showLog] = [t('Show History'), t('Show Log')];
  // The timeline is that of a plugin that is there.
  const buttons = inUse === undefined ? [showLog] : [showHistory, showLog];
  const message = failedInstall(name, inUse, last, reason, t);
  const chosen = await vscode.window.showErrorMessage(message, ...buttons);
  if (chosen === showLog) host.log.show();
  if (chosen === showHistory) {
    const plugin = { folder: market.folder, installedId: id };
    await vscode.commands.executeCommand('beaver.upkeep.timeline', plugin);
  }
}
