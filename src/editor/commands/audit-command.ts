import * as vscode from 'vscode';
import { AUDIT_LOG, readAuditEntries } from '../audit-log.ts';
import type { EditorHost } from '../contribution.ts';
import { auditText } from '../model/audit-entries.ts';
import { joinParts } from '../model/item-view.ts';
import { reporting } from './run.ts';

/** What was decided and done, newest first, to be filtered by typing; an entry opens the log as a document, at its place. */
export async function showAudit(host: EditorHost): Promise<void> {
  const { t } = host;
  await reporting(host, 'beaver.audit.show', async () => {
    const entries = await readAuditEntries(host);
    if (entries.length === 0) {
      void vscode.window.showInformationMessage(t('Nothing is recorded.'));
      return;
    }
    const items = entries.map((entry) => ({
      label: `$(${entry.icon}) ${entry.what}`,
      description: joinParts(entry.actor, entry.when),
      ...(entry.why === '' ? {} : { detail: entry.why }),
      entry,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: t('Audit Log'),
      placeHolder: t('Type to filter by skill, decision, person or reason'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (chosen === undefined) return;
    const above = entries.slice(0, entries.indexOf(chosen.entry));
    const line = above.length === 0 ? 0 : auditText(above, t).split('\n').length - 1;
    await vscode.window.showTextDocument(AUDIT_LOG, { selection: new vscode.Range(line, 0, line, 0) });
  });
}
