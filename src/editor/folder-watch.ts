import * as path from 'node:path';
import * as vscode from 'vscode';
import { Debounce } from './model/debounce.ts';
import {
  skillOfTargetPath,
  watchPatterns,
  type WatchedSettings,
  type WatchPattern,
} from './model/watch-patterns.ts';

export interface FolderChanges {
  readonly packages: boolean;
  readonly store: boolean;
  readonly market: boolean;
  /** Names of skills whose folders in a runtime target changed; `all` where any of them may have. */
  readonly targets: readonly string[] | 'all';
}

const TARGET = 'target:';
const ALL_TARGETS = 'targets';
/** Milliseconds after a change when it is looked at once more. */
const SECOND_LOOK = { quiet: 2000, longest: 10_000 };

/**
 * Watches what the trees of one folder depend on, and says what changed once it is quiet.
 *
 * VS Code's watcher is not enough: on Linux it does not see inside folders that were made together with their parents, such as a package
 * that is copied in or a runtime target at its first use. So each change is looked at a second time, and the folder is looked at as a
 * whole when the window gets the focus back or a command in a terminal ends: when something else has just been at work.
 */
export class FolderWatch {
  readonly #targets: readonly string[];
  readonly #watchers: readonly vscode.Disposable[];
  readonly #debounce: Debounce<string>;
  readonly #secondLook: Debounce<string>;

  constructor(folder: vscode.Uri, settings: WatchedSettings, onChange: (changes: FolderChanges) => void) {
    this.#secondLook = new Debounce(
      (asked) => {
        onChange(toChanges(asked));
      },
      undefined,
      SECOND_LOOK,
    );
    this.#debounce = new Debounce((asked) => {
      onChange(toChanges(asked));
      for (const what of asked) if (what !== ALL_TARGETS) this.#secondLook.ask(what);
    });
    const patterns = watchPatterns(settings);
    this.#targets = patterns
      .filter(({ kind }) => kind === 'targets')
      .map(({ base }) => path.resolve(folder.fsPath, base) + path.sep);
    this.#watchers = [
      ...patterns.map((pattern) => this.#watch(folder, pattern)),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#lookAtAll();
      }),
      vscode.window.onDidEndTerminalShellExecution(() => {
        this.#lookAtAll();
      }),
    ];
  }

  /** Whether a file lies in a runtime target. */
  isTarget({ scheme, fsPath }: vscode.Uri): boolean {
    return scheme === 'file' && this.#targets.some((target) => fsPath.startsWith(target));
  }

  dispose(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#debounce.dispose();
    this.#secondLook.dispose();
  }

  #lookAtAll(): void {
    for (const what of ['packages', 'store', 'market', ALL_TARGETS]) this.#debounce.ask(what);
  }

  #watch(folder: vscode.Uri, { kind, base, glob }: WatchPattern): vscode.Disposable {
    const root = vscode.Uri.file(path.resolve(folder.fsPath, base));
    const relative = new vscode.RelativePattern(root, glob);
    const watcher = vscode.workspace.createFileSystemWatcher(relative);
    const changed = (uri: vscode.Uri): void => {
      if (kind !== 'targets') {
        this.#debounce.ask(kind);
        return;
      }
      const skill = skillOfTargetPath(path.relative(root.fsPath, uri.fsPath));
      if (skill !== undefined) this.#debounce.ask(TARGET + skill);
    };
    return vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (vscode.languages.match({ pattern: relative }, document) > 0) changed(document.uri);
      }),
    );
  }
}

function toChanges(asked: ReadonlySet<string>): FolderChanges {
  return {
    packages: asked.has('packages'),
    store: asked.has('store'),
    market: asked.has('market'),
    targets: asked.has(ALL_TARGETS)
      ? 'all'
      : [...asked].filter((what) => what.startsWith(TARGET)).map((what) => what.slice(TARGET.length)),
  };
}
