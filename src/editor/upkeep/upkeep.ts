import * as vscode from 'vscode';
import type { Contribution, EditorHost } from '../contribution.ts';
import type { MarketSession } from '../model/market-session.ts';
import { readSettings } from '../settings.ts';
import type { FolderUpkeep } from './folder-upkeep.ts';
import type { Notices } from './notices.ts';
import type { RoundEnd } from './update-runner.ts';

/**
 * Keeps installed plugins up by itself, folder by folder, in trusted workspaces and only where something is installed: nothing of it is
 * loaded before. A folder that is opened again, for a setting of it has changed, begins anew, and what ran for it is told to end.
 */
export class Upkeep implements Contribution {
  readonly #followed = new Map<MarketSession, Promise<FolderUpkeep>>();
  /** One for the window: whatever the folders have to tell comes one after the other. */
  #notices: Notices | undefined;
  #looking = 0;
  readonly #startedAt = new Date().toISOString();

  register(host: EditorHost): vscode.Disposable {
    const follow = (): void => {
      this.#follow(host);
    };
    return vscode.Disposable.from(
      host.folders.onDidChange(follow),
      vscode.workspace.onDidGrantWorkspaceTrust(follow),
      host.folders.onDidChangeMarkets(() => {
        for (const upkeep of this.#followed.values())
          void upkeep.then((one) => one.follow(this.#looking > 0));
        follow();
      }),
      new vscode.Disposable(() => {
        for (const upkeep of this.#followed.values())
          void upkeep.then((one) => {
            one.dispose();
          });
        this.#followed.clear();
      }),
    );
  }

  /** While a person looks for updates nothing is told of what they are about to see. */
  async whileLooking<T>(body: () => Promise<T>): Promise<T> {
    this.#looking += 1;
    try {
      return await body();
    } finally {
      this.#looking -= 1;
    }
  }

  /** A round that a person asked for has ended. */
  async followRound(market: MarketSession, end: RoundEnd): Promise<void> {
    (await this.#followed.get(market))?.followRound(end);
  }

  #follow(host: EditorHost): void {
    const open = new Set(host.folders.markets);
    for (const [market, upkeep] of this.#followed) {
      if (open.has(market)) continue;
      this.#followed.delete(market);
      void upkeep.then((one) => {
        one.dispose();
      });
    }
    if (!vscode.workspace.isTrusted) return;
    for (const market of open) {
      const { phase, installed } = market.snapshot;
      if (!this.#followed.has(market) && phase === 'ready' && installed.length > 0)
        this.#followed.set(market, this.#begin(host, market));
    }
  }

  async #begin(host: EditorHost, market: MarketSession): Promise<FolderUpkeep> {
    const [{ FolderUpkeep }, { Notices }] = await Promise.all([
      import('./folder-upkeep.ts'),
      import('./notices.ts'),
    ]);
    this.#notices ??= new Notices(host);
    const mayRepair = (): boolean =>
      vscode.workspace.isTrusted && readSettings(vscode.Uri.parse(market.folder)).autoSync;
    const upkeep = new FolderUpkeep(host, market, this.#notices, this.#startedAt, mayRepair);
    void upkeep.follow(this.#looking > 0).then(() => upkeep.start());
    return upkeep;
  }
}
