import * as vscode from 'vscode';
import type { OpenWorkspace } from './lazy-workspace.ts';
import type { FolderSession } from './model/folder-session.ts';
import type { MarketSession } from './model/market-session.ts';
import type { MarketSnapshot } from './model/market-snapshot.ts';
import type { FolderSnapshot } from './model/snapshot.ts';
import { OpenFolder } from './open-folder.ts';
import { SETTINGS_SECTION } from './settings.ts';

/** The folders of the window. Each starts on its own, so that a slow or broken one holds no other up. */
export class Folders {
  readonly #loadWorkspace: () => Promise<OpenWorkspace>;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #open: readonly OpenFolder[] = [];
  readonly #marketsChanged = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  /** After each change of what is known of marketplaces and of what is installed. */
  readonly onDidChangeMarkets = this.#marketsChanged.event;

  constructor(loadWorkspace: () => Promise<OpenWorkspace>, log: vscode.LogOutputChannel) {
    this.#loadWorkspace = loadWorkspace;
    this.#log = log;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.#reopen((folder) => !this.#has(folder))),
      vscode.workspace.onDidChangeConfiguration((event) => {
        void this.#followSettings(event);
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.start()),
    );
    this.#open = (vscode.workspace.workspaceFolders ?? []).map((folder) => this.#create(folder));
  }

  get sessions(): readonly FolderSession[] {
    return this.#open.map(({ session }) => session);
  }

  get snapshots(): readonly FolderSnapshot[] {
    return this.sessions.map(({ snapshot }) => snapshot);
  }

  get markets(): readonly MarketSession[] {
    return this.#open.map(({ market }) => market);
  }

  get marketSnapshots(): readonly MarketSnapshot[] {
    return this.markets.map(({ snapshot }) => snapshot);
  }

  session(folder: string): FolderSession | undefined {
    return this.sessions.find((session) => session.folder === folder);
  }

  /** Resolves when every folder was read, and synced where that is wanted. Never rejects. */
  async start(): Promise<void> {
    await Promise.all(this.#open.map((folder) => folder.start()));
  }

  async refresh(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.refresh()));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const folder of this.#open) folder.dispose();
    this.#changed.dispose();
    this.#marketsChanged.dispose();
  }

  #has(folder: vscode.WorkspaceFolder): boolean {
    return this.session(folder.uri.toString()) !== undefined;
  }

  #create(folder: vscode.WorkspaceFolder): OpenFolder {
    return new OpenFolder(
      folder,
      this.#loadWorkspace,
      this.#log,
      () => {
        this.#changed.fire();
      },
      () => {
        this.#marketsChanged.fire();
      },
    );
  }

  /** A setting that no folder is opened with, such as the model to ask, opens none again. */
  async #followSettings(event: vscode.ConfigurationChangeEvent): Promise<void> {
    const changed = new Set(
      this.#open
        .filter((folder) => event.affectsConfiguration(SETTINGS_SECTION, folder.uri) && folder.hasNewSettings)
        .map(({ session }) => session.folder),
    );
    if (changed.size > 0) await this.#reopen(({ uri }) => changed.has(uri.toString()));
  }

  /** Closes what went, opens what came, and opens again what `isStale`. */
  async #reopen(isStale: (folder: vscode.WorkspaceFolder) => boolean): Promise<void> {
    const before = new Map(this.#open.map((folder) => [folder.session.folder, folder]));
    const started: OpenFolder[] = [];
    this.#open = (vscode.workspace.workspaceFolders ?? []).map((folder) => {
      const kept = before.get(folder.uri.toString());
      if (kept !== undefined && !isStale(folder)) {
        before.delete(kept.session.folder);
        return kept;
      }
      const created = this.#create(folder);
      started.push(created);
      return created;
    });
    for (const gone of before.values()) gone.dispose();
    this.#changed.fire();
    this.#marketsChanged.fire();
    await Promise.all(started.map((folder) => folder.start()));
  }
}
