import * as path from 'node:path';
import * as vscode from 'vscode';
import { HarnessLayout } from '../../core/harness/layout.ts';
import type { FileSystem } from '../../core/ports.ts';
import { Debounce } from '../model/debounce.ts';

/**
 * Says when something about the harnesses of this machine may have changed: a command line or another window writes there too. Each folder
 * is watched by itself and not what lies below it, since the trees of versions are large. What VS Code's watcher does not see (a folder
 * that is not there yet) is looked at when the window gets the focus back or a command in a terminal ends.
 */
export class HarnessWatch {
  readonly #home: string;
  readonly #files: Pick<FileSystem, 'lstat' | 'readDirectory'>;
  readonly #debounce: Debounce<string>;
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #subscriptions: vscode.Disposable;

  constructor(home: string, files: Pick<FileSystem, 'lstat' | 'readDirectory'>, onChange: () => void) {
    this.#home = home;
    this.#files = files;
    this.#debounce = new Debounce(onChange);
    const look = (): void => {
      this.#debounce.ask('all');
    };
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) look();
      }),
      vscode.window.onDidEndTerminalShellExecution(look),
      vscode.window.onDidCloseTerminal(look),
    );
  }

  /** Brings the watchers in step with the folders that are there; to be called after each look. */
  async follow(): Promise<void> {
    const wanted = new Set(await this.#folders());
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.dispose();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#watchers.has(folder)) continue;
      this.#watchers.set(folder, this.#watch(folder));
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#watchers.clear();
    this.#debounce.dispose();
  }

  async #folders(): Promise<readonly string[]> {
    const all = HarnessLayout.all(this.#home);
    const harnesses = ((await this.#files.readDirectory(all)) ?? [])
      .filter(({ kind }) => kind === 'directory')
      .map(({ name }) => path.join(all, name));
    const state = path.join(this.#home, 'state');
    const fixed = [this.#home, all, state, path.join(state, 'sessions'), path.join(state, 'jobs')];
    const there = await Promise.all(
      fixed.map(async (folder) => (await this.#files.lstat(folder))?.kind === 'directory'),
    );
    return [...fixed.filter((_folder, index) => there[index]), ...harnesses];
  }

  #watch(folder: string): vscode.Disposable {
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const changed = (): void => {
      this.#debounce.ask(folder);
    };
    return vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
    );
  }
}
