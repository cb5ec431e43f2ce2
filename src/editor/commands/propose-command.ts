import * as vscode from 'vscode';
import type { MergeProposalPayload } from '../../app/payloads.ts';
import { isBeaverError } from '../../base/errors.ts';
import type { EditorHost } from '../contribution.ts';
import type { FolderSession } from '../model/folder-session.ts';
import { proposalProblemText } from '../model/proposal-problem-text.ts';

/** How long the proposal waits for another writer before it is given up. Milliseconds. */
const LOCK_PATIENCE = 30_000;

/**
 * Asks the model about a draft, with progress that can be cancelled, and says what came of it. False when the person stopped it. The draft
 * stays as it is.
 */
export async function askForResolutions(
  { t }: Pick<EditorHost, 't'>,
  session: FolderSession,
  draftId: string,
): Promise<boolean> {
  const proposal = await withModelProgress(t('Asking for resolutions'), (signal, report) =>
    session.workspace.updates.propose(
      draftId,
      {
        signal,
        onProgress: (progress) => {
          report(
            progress.kind === 'asking'
              ? t('Waiting for {0}', progress.model)
              : t('{0} characters received', progress.characters),
          );
        },
      },
      { kind: 'bounded', timeout: LOCK_PATIENCE },
    ),
  );
  if (proposal === undefined) return false;
  tell(t, proposal.proposal);
  return true;
}

/** Undefined when the person stopped it. */
async function withModelProgress<T>(
  title: string,
  body: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T | undefined> {
  const stopping = new AbortController();
  try {
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => {
          stopping.abort();
        });
        return body(stopping.signal, (message) => {
          progress.report({ message });
        });
      },
    );
  } catch (error) {
    if (stopping.signal.aborted && isBeaverError(error, 'model_cancelled')) return undefined;
    throw error;
  }
}

function tell(t: EditorHost['t'], proposal: MergeProposalPayload): void {
  const offered = proposal.conflicts.filter(({ text }) => text !== null).length;
  const [problem] = proposal.problems;
  const message =
    offered === 0
      ? t(
          'The answer cannot be offered: {0} The conflicts are yours to settle.',
          problem === undefined ? '' : proposalProblemText(problem, t),
        )
      : t(
          'Proposals for {0} of {1} conflicts. Each is one more choice in the review.',
          offered,
          proposal.conflicts.length,
        );
  void (offered === 0
    ? vscode.window.showWarningMessage(message)
    : vscode.window.showInformationMessage(message));
}
