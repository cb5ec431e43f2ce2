import * as vscode from 'vscode';
import type { ReplayPayload } from '../../app/payloads.ts';
import type { EditorHost } from '../contribution.ts';
import { VIEWS } from '../model/command-ids.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { replayOutcome } from '../model/replay-text.ts';
import { draftOf, type OpenReview } from './draft-of.ts';
import { chooseUpdate } from './pick.ts';
import { replayDraft } from './replay-run.ts';
import { runWriting } from './run.ts';

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

async function tell({ t }: EditorHost, found: ReplayPayload, openReview: () => Promise<void>): Promise<void> {
  const text = replayOutcome(found, t);
  const open = t('Open Review');
  const good = found.verdict === 'improved' || found.verdict === 'no_worse';
  const chosen = good
    ? await vscode.window.showInformationMessage(text, open)
    : await vscode.window.showWarningMessage(text, open);
  if (chosen === open) await openReview();
}
