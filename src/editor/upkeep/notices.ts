import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';

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
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: EditorHost) {
    this.#host = host;
  }

  /** Those of `keys` that nobody was told of. */
  untold(keys: readonly string[]): readonly string[] {
    const told = new Set(this.#told());
    return keys.filter((key) => !told.has(key));
  }

  /** A person has seen these elsewhere. */
  seen(keys: readonly string[]): void {
    if (this.untold(keys).length === 0) return;
    const told = [...new Set([...this.#told(), ...keys])].slice(-MOST_TOLD);
    void this.#host.context.workspaceState.update(TOLD, told);
  }

  /** Shows it when the one before is gone. Never rejects. */
  show(
    kind: 'information' | 'warning',
    message: string,
    keys: readonly string[],
    actions: readonly NoticeAction[],
  ): void {
    this.seen(keys);
    if (!wanted()) return;
    this.#last = this.#last.then(() => this.#ask(kind, message, actions));
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
