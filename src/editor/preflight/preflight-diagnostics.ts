import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PreflightFinding } from '../../core/install/preflight/report.ts';
import type { Contribution, EditorHost } from '../contribution.ts';
import { logFailure } from '../log.ts';
import { Debounce } from '../model/debounce.ts';
import { isPreflighted, PREFLIGHT_GLOBS } from '../model/preflight-files.ts';
import type { PreflightView } from './preflight-view.ts';

const SELECTOR: vscode.DocumentSelector = PREFLIGHT_GLOBS.map((pattern) => ({ scheme: 'file', pattern }));

/** What is known of one document: the findings, and the version of the text that they are about. */
interface Checked {
  readonly version: number;
  readonly findings: readonly PreflightFinding[];
}

/** The preflight in manifests and SKILL.md while they are open: problems, a language status item, quick fixes where one is safe. */
export const preflightDiagnostics: Contribution = {
  register(host) {
    const diagnostics = new PreflightDiagnostics(host);
    return new vscode.Disposable(() => {
      diagnostics.dispose();
    });
  },
};

class PreflightDiagnostics {
  readonly #host: EditorHost;
  readonly #collection = vscode.languages.createDiagnosticCollection('Beaver');
  readonly #status = vscode.languages.createLanguageStatusItem('beaver-preflight', SELECTOR);
  readonly #debounce: Debounce<string>;
  readonly #checked = new Map<string, Checked>();
  readonly #subscriptions: vscode.Disposable;
  /** Most of the code, loaded with the first document that needs it. */
  #view: Promise<PreflightView> | undefined;
  #disposed = false;

  constructor(host: EditorHost) {
    this.#host = host;
    this.#debounce = new Debounce((uris) => void this.#check(uris), undefined, { quiet: 400, longest: 3000 });
    this.#status.name = host.t('Beaver preflight');
    this.#status.command = { title: host.t('Show Problems'), command: 'workbench.actions.view.problems' };
    const ask = (document: vscode.TextDocument): void => {
      if (folderOf(document) !== undefined) this.#debounce.ask(document.uri.toString());
    };
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      this.#status,
      vscode.workspace.onDidOpenTextDocument(ask),
      vscode.workspace.onDidSaveTextDocument(ask),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        ask(document);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#checked.delete(uri.toString());
        this.#collection.delete(uri);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => void this.#showStatus()),
      vscode.languages.registerCodeActionsProvider(
        SELECTOR,
        { provideCodeActions: (document, range) => this.#fixes(document, range) },
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
    );
    for (const document of vscode.workspace.textDocuments) ask(document);
  }

  dispose(): void {
    this.#disposed = true;
    this.#debounce.dispose();
    this.#subscriptions.dispose();
  }

  async #check(uris: ReadonlySet<string>): Promise<void> {
    this.#status.busy = true;
    for (const uri of uris) {
      const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
      const folder = document === undefined ? undefined : folderOf(document);
      if (document === undefined || folder === undefined) continue;
      try {
        await this.#checkOne(document, folder);
      } catch (error) {
        logFailure(this.#host.log, 'preflight', error);
      }
    }
    this.#status.busy = false;
    await this.#showStatus();
  }

  async #checkOne(document: vscode.TextDocument, folder: vscode.WorkspaceFolder): Promise<void> {
    const view = await (this.#view ??= import('./preflight-view.ts').then(({ preflightView }) =>
      preflightView(this.#host.t),
    ));
    const open = vscode.workspace.textDocuments.filter((one) => folderOf(one) !== undefined && !one.isClosed);
    const versions = new Map(open.map((one) => [one.uri.fsPath, one.version]));
    const found = await view.check({
      file: document.uri.fsPath,
      base: folder.uri.fsPath,
      texts: new Map(open.map((one) => [one.uri.fsPath, one.getText()])),
    });
    if (this.#disposed || document.isClosed) return;
    // A finding may stand in another file of the plugin than the one that was edited: all that are open are brought up to date.
    for (const one of open) {
      if (one !== document && !found.has(one.uri.fsPath)) continue;
      const findings = found.get(one.uri.fsPath) ?? [];
      this.#checked.set(one.uri.toString(), { version: versions.get(one.uri.fsPath) ?? -1, findings });
      this.#collection.set(
        one.uri,
        findings.map((finding) => view.diagnostic(finding)),
      );
    }
  }

  async #showStatus(): Promise<void> {
    const uri = vscode.window.activeTextEditor?.document.uri.toString();
    const checked = uri === undefined ? undefined : this.#checked.get(uri);
    if (this.#view === undefined || this.#disposed) return;
    const status = (await this.#view).status(checked?.findings);
    this.#status.text = status.text;
    this.#status.detail = status.detail;
    this.#status.severity = {
      error: vscode.LanguageStatusSeverity.Error,
      warning: vscode.LanguageStatusSeverity.Warning,
      none: vscode.LanguageStatusSeverity.Information,
    }[status.severity];
  }

  /** Only for the very text that was checked: a place in another one would be another place. */
  async #fixes(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    const checked = this.#checked.get(document.uri.toString());
    if (this.#view === undefined || checked?.version !== document.version) return [];
    const view = await this.#view;
    return checked.findings.flatMap((finding) => view.quickFix(document.uri, finding, range) ?? []);
  }
}

/** The workspace folder of a document that is checked; undefined for every other document. */
function folderOf(document: vscode.TextDocument): vscode.WorkspaceFolder | undefined {
  if (document.uri.scheme !== 'file') return undefined;
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  if (folder === undefined) return undefined;
  const relative = path.relative(folder.uri.fsPath, document.uri.fsPath).split(path.sep).join('/');
  return isPreflighted(relative) ? folder : undefined;
}
