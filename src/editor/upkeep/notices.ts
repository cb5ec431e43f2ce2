import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';
import { logFailure } from '../log.ts';
import { realTimers } from '../model/debounce.ts';
import { NoticeTurns } from './notice-turns.ts';

/** What a person was told of; kept for the workspace, so that no window tells it again. */
const TOLD = 'beaver-upkeep-told';
const MOST_TOLD = 300;
const SETTING = 'updates.notifications';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => unknown;
}

/**
 * Notifications of upkeep: one at a time, each thing once, and none once a person has said so. Whatever they say can be read in the views,
 * the status bar and the documents as well.
 */
export class Notices {
  readonly #host: EditorHost;
  readonly #turns: NoticeTurns;
  /** What is to be told when its turn has come. */
  readonly #waiting = new Set<string>();

  constructor(host: EditorHost) {
    this.#host = host;
    this.#turns = new NoticeTurns(realTimers, (error) => {
      logFailure(host.log, 'notification', error);
    });
  }

  /** Those of `keys` that nobody was told of, nor is about to be. */
  untold(keys: readonly string[]): readonly string[] {
    const told = new Set([...this.#told(), ...this.#waiting]);
    return keys.filter((key) => !told.has(key));
  }

  /** A person has seen these elsewhere. */
  seen(keys: readonly string[]): void {
    const before = new Set(this.#told());
    if (keys.every((key) => before.has(key))) return;
    const told = [...new Set([...before, ...keys])].slice(-MOST_TOLD);
    void this.#host.context.workspaceState.update(TOLD, told);
  }

  /** Shows it when the one before is answered, or has gone behind the bell. */
  show(
    kind: 'information' | 'warning',
    message: string,
    keys: readonly string[],
    actions: readonly NoticeAction[],
  ): void {
    for (const key of keys) this.#waiting.add(key);
    this.#turns.take(async () => {
      for (const key of keys) this.#waiting.delete(key);
      const told = new Set(this.#told());
      if (keys.every((key) => told.has(key))) return;
      // Not before: a window that is closed first has told nobody.
      this.seen(keys);
      if (wanted()) await this.#ask(kind, message, actions);
    });
  }

  async #ask(
    kind: 'information' | 'warning',
    message: string,
    actions: readonly NoticeAction[],
  ): Promise<void> {
    const never = this.#host.t('Don’t Show Again');
    const labels = [...actions.map(({ label }) => label), never];
    const chosen =
      kind === 'warning'
        ? await vscode.window.showWarningMessage(message, ...labels)
        : await vscode.window.showInformationMessage(message, ...labels);
    if (chosen === never)
      await vscode.workspace
        .getConfiguration('beaver')
        .update(SETTING, false, vscode.ConfigurationTarget.Global);
    await actions.find(({ label }) => label === chosen)?.run();
  }

  #told(): readonly string[] {
    return this.#host.context.workspaceState.get<readonly string[]>(TOLD, []);
  }
}

function wanted(): boolean {
  return vscode.workspace.getConfiguration('beaver').get(SETTING) !== false;
}
