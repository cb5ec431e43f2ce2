import * as vscode from 'vscode';
import type { ReplayPayload } from '../../app/payloads.ts';
import type { LockWait } from '../../core/ports.ts';
import type { EditorHost } from '../contribution.ts';
import { VIEWS } from '../model/command-ids.ts';
import type { CommandTarget } from '../model/command-target.ts';
import type { FolderSession } from '../model/folder-session.ts';
import { replayOutcome } from '../model/replay-text.ts';
import { draftOf, type OpenReview } from './draft-of.ts';
import { chooseUpdate } from './pick.ts';
import { runWriting } from './run.ts';

/** Milliseconds that each finished run waits for another writer before the replay gives up. */
const LOCK_PATIENCE = 60_000;
const WAIT: LockWait = { kind: 'bounded', timeout: LOCK_PATIENCE };

/** Runs the evals of a skill with the current version and with the draft: minutes, so with a notification that tells and cancels. */
export async function replay(host: EditorHost, target: CommandTarget, openReview: OpenReview): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.updates.replay', VIEWS.updates, async (write) => {
    const chosen = await chooseUpdate(host, target, {}, t('Run the replay evaluation of which update?'));
    if (chosen === undefined) return undefined;
    const { session } = chosen;
    const draftId = await draftOf(chosen, write);
    try {
      const found = await replayDraft(host, session, { draftId, skillName: chosen.update.skill_name });
      // Not awaited: the message stays until a person answers it.
      void tell(host, found, () =>
        openReview({
          folder: session.folder,
          candidateId: chosen.update.candidate_id,
          skillName: chosen.update.skill_name,
          draft: draftId,
        }),
      );
    } finally {
      await session.refresh();
    }
    return undefined;
  });
}

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

async function tell({ t }: EditorHost, found: ReplayPayload, openReview: () => Promise<void>): Promise<void> {
  const text = replayOutcome(found, t);
  const open = t('Open Review');
  const good = found.verdict === 'improved' || found.verdict === 'no_worse';
  const chosen = good
    ? await vscode.window.showInformationMessage(text, open)
    : await vscode.window.showWarningMessage(text, open);
  if (chosen === open) await openReview();
}
