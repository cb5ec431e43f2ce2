import * as vscode from 'vscode';
import { Activity } from './activity.ts';
import { auditLog } from './audit-log.ts';
import type { BeaverApi } from './api.ts';
import { commands } from './commands/commands.ts';
import { contextKeyUpdates } from './context-keys.ts';
import { registerAll, type Contribution, type EditorHost } from './contribution.ts';
import { extensionApi } from './extension-api.ts';
import { Folders } from './folders.ts';
import { HarnessContribution } from './harness/harness-contribution.ts';
import { McpServers } from './mcp-servers.ts';
import { showFailure } from './messages.ts';
import type { OpenWorkspace } from './lazy-workspace.ts';
import { ReviewContribution } from './review-contribution.ts';
import { installLinks } from './marketplaces/install-links.ts';
import { PackageDocuments } from './marketplaces/package-documents.ts';
import { marketplacesView } from './marketplaces/marketplaces-view.ts';
import { preflightDiagnostics } from './preflight/preflight-diagnostics.ts';
import { Upkeep } from './upkeep/upkeep.ts';
import { upkeepDocuments } from './upkeep/upkeep-documents.ts';
import { versionFiles } from './versions/version-files.ts';
import { pluginsView } from './views/plugins-view.ts';
import { skillsView } from './views/skills-view.ts';
import { skillDecorations } from './views/skill-decorations.ts';
import { statusBar } from './views/status-bar.ts';
import { updatesView } from './views/updates-view.ts';

/**
 * Puts the extension together. Returns at once: the domains are loaded, folders read and synced after it, in the background, so that a
 * large workspace costs activation nothing.
 */
export function activateEditor(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  loadWorkspace: () => Promise<OpenWorkspace>,
): BeaverApi {
  const folders = new Folders(loadWorkspace, log);
  const activity = new Activity();
  const documents = new PackageDocuments();
  const host: EditorHost = {
    context,
    folders,
    activity,
    log,
    documents,
    t: (message, ...args) => vscode.l10n.t(message, ...args),
  };
  context.subscriptions.push(folders, activity);
  const review = new ReviewContribution();
  const mcp = new McpServers();
  const harness = new HarnessContribution();
  const upkeep = new Upkeep();
  const contributions: Readonly<Record<string, Contribution>> = {
    contextKeyUpdates,
    pluginsView,
    updatesView,
    skillsView,
    marketplacesView,
    documents,
    installLinks,
    auditLog,
    versionFiles,
    skillDecorations,
    preflightDiagnostics,
    statusBar,
    review,
    mcp,
    harness,
    upkeep,
    upkeepDocuments,
    commands: commands((target) => review.open(target), harness, upkeep),
  };
  for (const { name, error } of registerAll(contributions, host)) {
    void showFailure(host, `register ${name}`, error);
  }
  const settled = new Promise<void>((resolve) => {
    setImmediate(() => {
      void folders.start().then(resolve);
    });
  });
  return extensionApi(folders, settled, mcp);
}
