import * as vscode from 'vscode';
import type { Translate } from '../model/translate.ts';
import { draftUri } from './draft-files.ts';
import type { DraftPart } from './draft-uri.ts';

/** VS Code's own merge editor; the command has no public contract, so it is used where it is there and answers. */
const MERGE_EDITOR = '_open.mergeEditor';

export interface DraftDocumentRef {
  readonly folder: string;
  readonly draftId: string;
  readonly path: string;
}

/** The result as an editable document; saving it goes back to the draft. */
export async function openResult(document: DraftDocumentRef): Promise<void> {
  await vscode.window.showTextDocument(part(document, 'result'), { preview: false });
}

/** The three sides and the result in VS Code's merge editor, else local beside the result in its diff editor. */
export async function openMergeEditor(document: DraftDocumentRef, t: Translate): Promise<void> {
  const commands = await vscode.commands.getCommands(false);
  if (commands.includes(MERGE_EDITOR)) {
    await vscode.commands.executeCommand(MERGE_EDITOR, {
      base: part(document, 'base'),
      input1: { uri: part(document, 'local'), title: t('CURRENT LOCAL') },
      input2: { uri: part(document, 'upstream'), title: t('NEW UPSTREAM') },
      output: part(document, 'result'),
    });
    return;
  }
  await vscode.commands.executeCommand(
    'vscode.diff',
    part(document, 'local'),
    part(document, 'result'),
    t('{0}: local and result', document.path),
  );
}

function part(document: DraftDocumentRef, name: DraftPart): vscode.Uri {
  return draftUri({ ...document, part: name });
}
