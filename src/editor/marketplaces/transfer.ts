import * as vscode from 'vscode';
import { isBeaverError } from '../../base/errors.ts';
import type { EditorHost } from '../contribution.ts';

/** Tells in the notification what is being done. */
export type Tell = (message: string) => void;

/** Does something that may take long, with a notification that cancels it. */
export async function withTransfer<T>(
  title: string,
  body: (signal: AbortSignal, tell: Tell) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, cancellation) => {
      const controller = new AbortController();
      const subscription = cancellation.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await body(controller.signal, (message) => {
          progress.report({ message });
        });
      } finally {
        subscription.dispose();
      }
    },
  );
}

/** What a person stops is no failure: it is told as the outcome, and `undefined` stands for it. */
export async function unlessCancelled<T>(host: EditorHost, body: () => Promise<T>): Promise<T | undefined> {
  try {
    return await body();
  } catch (error) {
    if (!isBeaverError(error, 'fetch_cancelled') && !isBeaverError(error, 'install_cancelled')) throw error;
    host.activity.showOutcome(host.t('Cancelled; nothing in use has changed'));
    return undefined;
  }
}
