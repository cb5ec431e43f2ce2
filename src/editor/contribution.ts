import type * as vscode from 'vscode';
import type { Activity } from './activity.ts';
import type { PackageDocuments } from './marketplaces/package-documents.ts';
import type { Folders } from './folders.ts';
import { logFailure } from './log.ts';
import type { Translate } from './model/translate.ts';

/** What every contribution may use. */
export interface EditorHost {
  readonly context: vscode.ExtensionContext;
  readonly folders: Folders;
  readonly activity: Activity;
  readonly log: vscode.LogOutputChannel;
  readonly documents: PackageDocuments;
  readonly t: Translate;
}

/** One part of the extension: a view, the status bar item, the commands. */
export interface Contribution {
  register(host: EditorHost): vscode.Disposable;
}

/** Registers each; one that fails is logged and given back, and the others live. */
export function registerAll(
  contributions: Readonly<Record<string, Contribution>>,
  host: EditorHost,
): readonly { readonly name: string; readonly error: unknown }[] {
  const failures: { name: string; error: unknown }[] = [];
  for (const [name, contribution] of Object.entries(contributions)) {
    try {
      host.context.subscriptions.push(contribution.register(host));
    } catch (error) {
      logFailure(host.log, `register ${name}`, error);
      failures.push({ name, error });
    }
  }
  return failures;
}
