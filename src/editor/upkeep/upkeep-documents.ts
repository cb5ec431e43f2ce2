import * as vscode from 'vscode';
import type { Contribution, EditorHost } from '../contribution.ts';
import { localTime } from '../local-time.ts';
import { upkeepDocument, UPKEEP_SCHEME } from './upkeep-uri.ts';

/** The timeline of a plugin, why it was or was not updated, and what is off: read-only documents that follow what happens while they are open. */
export const upkeepDocuments: Contribution = {
  register(host) {
    const changed = new vscode.EventEmitter<vscode.Uri>();
    return vscode.Disposable.from(
      changed,
      vscode.workspace.registerTextDocumentContentProvider(UPKEEP_SCHEME, {
        onDidChange: changed.event,
        provideTextDocumentContent: (uri) => textOf(host, uri),
      }),
      host.folders.onDidChangeMarkets(() => {
        for (const { uri } of vscode.workspace.textDocuments)
          if (uri.scheme === UPKEEP_SCHEME) changed.fire(uri);
      }),
    );
  },
};

async function textOf({ folders, t }: EditorHost, uri: vscode.Uri): Promise<string> {
  const document = upkeepDocument(uri);
  const market = folders.markets.find(({ folder }) => folder === document?.folder);
  if (document === undefined || market === undefined) return '';
  const { installs, upkeep } = market.workspace;
  switch (document.kind) {
    case 'timeline': {
      const { timelineText } = await import('./timeline.ts');
      const { history } = await installs.history(document.id);
      const installed = market.snapshot.installed.some(({ id }) => id === document.id);
      const decisions = installed ? (await upkeep.why(document.id)).why.decisions : [];
      return timelineText(document.id, history, decisions, localTime, t);
    }
    case 'why': {
      const { whyText } = await import('./why-text.ts');
      return whyText(await upkeep.why(document.id), localTime, t);
    }
    case 'repair': {
      const { repairText } = await import('./repair-plan.ts');
      return repairText(await upkeep.reconcile(), market.name, t);
    }
  }
}
