import * as vscode from 'vscode';
import type { ReplayPayload } from '../../app/payloads.ts';
import type { LockWait } from '../../core/ports.ts';
import type { EditorHost } from '../contribution.ts';
import type { FolderSession } from '../model/folder-session.ts';

/** Milliseconds that each finished run waits for another writer before the replay gives up. */
const LOCK_PATIENCE = 60_000;
const WAIT: LockWait = { kind: 'bounded', timeout: LOCK_PATIENCE };

export interface ReplayOfDraft {
  readonly draftId: string;
  readonly skillName: string;
  /** Stops it, as the notification does. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: { readonly finished: number; readonly planned: number }) => void;
}

/** Runs the evals of a draft with a notification that tells how far it is and stops it. What has finished when it is stopped is kept. */
export async function replayDraft(
  host: EditorHost,
  session: FolderSession,
  { draftId, skillName, signal, onProgress }: ReplayOfDraft,
): Promise<ReplayPayload> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: host.t('Replaying tasks of {0}', skillName),
      cancellable: true,
    },
    (progress, cancellation) =>
      run(host, progress, cancellation, signal, (request) =>
        session.workspace.updates.replay(
          draftId,
          {
            ...request,
            onProgress: (step) => {
              request.onProgress(step);
              onProgress?.(step);
            },
          },
          WAIT,
        ),
      ),
  );
}

type Start = (request: {
  readonly signal: AbortSignal;
  readonly onProgress: (step: {
    finished: number;
    planned: number;
    evalName: string;
    arm: 'baseline' | 'candidate';
  }) => void;
}) => Promise<{ readonly replay: ReplayPayload }>;

async function run(
  { t }: EditorHost,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  cancellation: vscode.CancellationToken,
  stop: AbortSignal | undefined,
  start: Start,
): Promise<ReplayPayload> {
  const controller = new AbortController();
  const subscription = cancellation.onCancellationRequested(() => {
    controller.abort();
  });
  let shown = 0;
  try {
    const { replay: found } = await start({
      signal: stop === undefined ? controller.signal : AbortSignal.any([controller.signal, stop]),
      onProgress: ({ finished, planned, evalName, arm }) => {
        const side = arm === 'baseline' ? t('current version') : t('draft');
        const increment = ((finished - shown) / planned) * 100;
        shown = finished;
        progress.report({
          message: t('{0} of {1} runs: {2}, {3}', finished, planned, evalName, side),
          increment,
        });
      },
    });
    return found;
  } finally {
    subscription.dispose();
  }
}
