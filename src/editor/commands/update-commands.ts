import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { VIEWS, type CommandId } from '../model/command-ids.ts';
import { readTarget, type CommandTarget } from '../model/command-target.ts';
import { conflictCount } from '../model/labels.ts';
import { draftOf, type OpenReview } from './draft-of.ts';
import { chooseUpdate } from './pick.ts';
import { askForResolutions } from './propose-command.ts';
import { replay } from './replay-command.ts';
import { reporting, requireTrust, runWriting, writer } from './run.ts';

type UpdateCommandId = Extract<CommandId, `beaver.updates.${string}`>;

export function updateCommands(
  host: EditorHost,
  openReview: OpenReview,
): Readonly<Record<UpdateCommandId, (argument: unknown) => Promise<void>>> {
  return {
    'beaver.updates.draft': (argument) => draft(host, readTarget(argument)),
    'beaver.updates.review': (argument) => review(host, readTarget(argument), openReview),
    'beaver.updates.propose': (argument) => propose(host, readTarget(argument), openReview),
    'beaver.updates.replay': (argument) => replay(host, readTarget(argument), openReview),
    'beaver.updates.reject': (argument) => reject(host, readTarget(argument)),
    'beaver.updates.refresh': () => reporting(host, 'beaver.updates.refresh', () => refresh(host)),
  };
}

async function refresh(host: EditorHost): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: VIEWS.updates } }, () => host.folders.refresh());
}

async function draft(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.updates.draft', VIEWS.updates, async (write) => {
    const chosen = await chooseUpdate(
      host,
      target,
      { undraftedOnly: true },
      t('Prepare the draft of which update?'),
    );
    if (chosen === undefined) return undefined;
    const { draft: made } = await write((wait) =>
      chosen.session.workspace.updates.draft(chosen.update.candidate_id, wait),
    );
    await chosen.session.refresh();
    return made.conflicts.length === 0
      ? t('{0} is ready to review', made.skill_name)
      : t('{0}: {1}', made.skill_name, conflictCount(made.conflicts.length, t));
  });
}

/**
 * Prepares the draft when there is none yet: merging is quick, and a person who wants to review has asked for it. A draft that is there
 * can be read in an untrusted workspace too.
 */
async function review(host: EditorHost, target: CommandTarget, openReview: OpenReview): Promise<void> {
  await reporting(host, 'beaver.updates.review', async () => {
    const chosen = await chooseUpdate(host, target, {}, host.t('Review which update?'));
    if (chosen === undefined) return;
    const { session, update } = chosen;
    if (update.draft_id === null) requireTrust();
    const { candidate_id: candidateId, skill_name: skillName } = update;
    const draft = update.draft_id ?? draftOf(chosen, writer(host, VIEWS.updates), 'later');
    await openReview({ folder: session.folder, candidateId, skillName, draft });
  });
}

/** Asks a model about the conflicts of an update, then opens the review, where each proposal is one more choice. */
async function propose(host: EditorHost, target: CommandTarget, openReview: OpenReview): Promise<void> {
  await reporting(host, 'beaver.updates.propose', async () => {
    requireTrust();
    const chosen = await chooseUpdate(host, target, {}, host.t('Propose resolutions for which update?'));
    if (chosen === undefined) return;
    const draftId = await draftOf(chosen, writer(host, VIEWS.updates));
    if (!(await askForResolutions(host, chosen.session, draftId))) return;
    const { session, update } = chosen;
    await openReview({
      folder: session.folder,
      candidateId: update.candidate_id,
      skillName: update.skill_name,
      draft: draftId,
    });
  });
}

async function reject(host: EditorHost, target: CommandTarget): Promise<void> {
  const { t } = host;
  await runWriting(host, 'beaver.updates.reject', VIEWS.updates, async (write) => {
    const chosen = await chooseUpdate(host, target, {}, t('Reject which update?'));
    if (chosen === undefined) return undefined;
    const { session, update } = chosen;
    const reason = await vscode.window.showInputBox({
      title: t('Reject the update of {0}', update.skill_name),
      prompt: t(
        'Your skill stays as it is. Why is the update not wanted? The reason is kept with the update.',
      ),
      placeHolder: t('Reason'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? t('Say why, so that others can follow.') : undefined),
    });
    if (reason === undefined) return undefined;
    try {
      const draftId = await draftOf(chosen, write);
      await write((wait) => session.workspace.updates.reject(draftId, reason.trim(), wait));
    } finally {
      await session.refresh();
    }
    return t('The update of {0} is rejected', update.skill_name);
  });
}
