import * as path from 'node:path';
import * as vscode from 'vscode';
import { beaverHome } from '../node/beaver-home.ts';
import { Debounce } from './model/debounce.ts';
import { TurnEnd } from './model/turn-end.ts';

const CHANGED = 'sessions';

/** Watches the records of agents' sessions on this machine, and says when those in one folder have ended their turns. */
export class SessionWatch {
  readonly #watcher: vscode.Disposable;
  readonly #debounce: Debounce<string>;

  constructor(folder: string, onTurnEnd: () => void, onFailure: (error: unknown) => void) {
    const home = beaverHome(process.env);
    const turns = new TurnEnd(() => isQuiet(home, folder), onTurnEnd);
    this.#debounce = new Debounce(() => {
      turns.look().catch(onFailure);
    });
    const sessions = vscode.Uri.file(path.join(home, 'state', 'sessions'));
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(sessions, '*.json'));
    const changed = (): void => {
      this.#debounce.ask(CHANGED);
    };
    this.#watcher = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
    );
    // A turn may be running already.
    changed();
  }

  dispose(): void {
    this.#watcher.dispose();
    this.#debounce.dispose();
  }
}

/** Loaded when it is first asked: activation needs none of it. */
async function isQuiet(home: string, folder: string): Promise<boolean> {
  const [{ SessionTurns }, { NodeProcesses }, { nodePorts }] = await Promise.all([
    import('../core/harness/session-turns.ts'),
    import('../node/harness/node-processes.ts'),
    import('../node/node-ports.ts'),
  ]);
  return new SessionTurns(nodePorts().files, new NodeProcesses(), home).isQuiet(folder);
}
