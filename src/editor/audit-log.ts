import * as vscode from 'vscode';
import type { Contribution, EditorHost } from './contribution.ts';
import { localTime } from './local-time.ts';
import { auditEntries, auditText, type AuditEntry } from './model/audit-entries.ts';

/** The log as a read-only document; its one address. */
const SCHEME = 'beaver-audit';
export const AUDIT_LOG = vscode.Uri.from({ scheme: SCHEME, path: '/Beaver Audit Log.log' });

/** What was decided and done in all folders, newest first. */
export async function readAuditEntries({ folders, t }: EditorHost): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (const { workspace } of folders.sessions) {
    entries.push(...auditEntries(await workspace.audit(), localTime, t));
  }
  return entries.sort((a, b) => b.at.localeCompare(a.at));
}

/** Follows what happens while it is open. */
export const auditLog: Contribution = {
  register(host) {
    const changed = new vscode.EventEmitter<vscode.Uri>();
    return vscode.Disposable.from(
      changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: changed.event,
        provideTextDocumentContent: async () => auditText(await readAuditEntries(host), host.t),
      }),
      host.folders.onDidChange(() => {
        changed.fire(AUDIT_LOG);
      }),
    );
  },
};
