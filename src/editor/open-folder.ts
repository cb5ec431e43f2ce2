import * as vscode from 'vscode';
import { FolderWatch, type FolderChanges } from './folder-watch.ts';
import { lazyWorkspace, type OpenWorkspace } from './lazy-workspace.ts';
import { logFailure } from './log.ts';
import { AutoSync } from './model/auto-sync.ts';
import { realTimers } from './model/debounce.ts';
import { FolderSession } from './model/folder-session.ts';
import { MarketSession } from './model/market-session.ts';
import { linkedSkills } from './model/snapshot.ts';
import { reopenReplaced } from './replaced-editors.ts';
import { SessionWatch } from './session-watch.ts';
import { readSettings, workspaceOptions } from './settings.ts';

/** One workspace folder while it is open: its session, its watchers and its background sync. */
export class OpenFolder {
  readonly uri: vscode.Uri;
  readonly session: FolderSession;
  readonly market: MarketSession;
  readonly #autoSync: AutoSync;
  /** What it was opened with. */
  readonly #settings: string;
  readonly #watch: FolderWatch;
  /** What was published during a turn is placed when the turn is over. */
  readonly #sessions: SessionWatch;
  /** Of the linked skills, when editors were last brought up to them. */
  #versions: string | undefined;

  constructor(
    folder: vscode.WorkspaceFolder,
    loadWorkspace: () => Promise<OpenWorkspace>,
    log: vscode.LogOutputChannel,
    onChange: () => void,
    onMarketChange: () => void,
  ) {
    this.uri = folder.uri;
    const settings = readSettings(folder.uri);
    this.#settings = JSON.stringify(settings);
    this.session = new FolderSession({
      folder: folder.uri.toString(),
      name: folder.name,
      createWorkspace: () => lazyWorkspace(loadWorkspace, workspaceOptions(folder.uri.fsPath, settings)),
      onChange,
      onFailure: (what, error) => {
        logFailure(log, what, error);
      },
    });
    this.market = new MarketSession({
      folder: this.session.folder,
      name: folder.name,
      workspace: () => this.session.workspace,
      environment: process.env,
      onChange: onMarketChange,
      onFailure: (what, error) => {
        logFailure(log, what, error);
      },
    });
    this.#autoSync = new AutoSync(this.session, realTimers, (error) => {
      logFailure(log, 'auto-sync', error);
    });
    this.#watch = new FolderWatch(folder.uri, settings, (changes) => void this.#follow(changes));
    this.#sessions = new SessionWatch(
      folder.uri.fsPath,
      () => void this.#syncIfWanted(),
      (error) => {
        logFailure(log, 'turns', error);
      },
    );
  }

  /** Reads the folder, then syncs it where that is wanted and allowed. Never rejects. */
  async start(): Promise<void> {
    await this.session.refresh();
    await this.#showReplaced();
    await this.#syncIfWanted();
    await this.session.lookAtStart();
    await this.market.firstRead();
  }

  get hasNewSettings(): boolean {
    return JSON.stringify(readSettings(this.uri)) !== this.#settings;
  }

  dispose(): void {
    this.#watch.dispose();
    this.#sessions.dispose();
    this.#autoSync.dispose();
    this.session.dispose();
    this.market.dispose();
  }

  /** Only packages lead to a sync, and a sync never writes to packages: Beaver's own writes cannot start another. */
  async #follow({ packages, store, market, targets }: FolderChanges): Promise<void> {
    if (market) void this.market.follow();
    if (packages && this.#wantsSync()) await this.#autoSync.request();
    else if (packages || store) await this.session.refresh();
    await this.#showReplaced();
    if (targets === 'all') {
      await this.session.lookAtStart();
      return;
    }
    await this.session.lookAtTargets([
      ...new Set([...targets, ...(store ? this.session.snapshot.marks.keys() : [])]),
    ]);
  }

  /** Only where a skill has become another version: an editor in which somebody is at work is otherwise left in peace. */
  async #showReplaced(): Promise<void> {
    const versions = JSON.stringify(
      linkedSkills(this.session.snapshot).map(({ skill }) => [skill.name, skill.current_beaver_version]),
    );
    const known = this.#versions;
    this.#versions = versions;
    if (known !== undefined && known !== versions) await reopenReplaced((uri) => this.#watch.isTarget(uri));
  }

  async #syncIfWanted(): Promise<void> {
    if (this.#wantsSync()) await this.#autoSync.request();
  }

  #wantsSync(): boolean {
    return (
      vscode.workspace.isTrusted &&
      readSettings(this.uri).autoSync &&
      this.session.snapshot.plugins.some(({ enabled }) => enabled)
    );
  }
}
