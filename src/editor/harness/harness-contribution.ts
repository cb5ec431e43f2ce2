import * as path from 'node:path';
import * as vscode from 'vscode';
import { beaverHome } from '../../node/beaver-home.ts';
import type { Contribution, EditorHost } from '../contribution.ts';
import { showFailure } from '../messages.ts';
import { HARNESS_KEY } from '../model/context-keys.ts';
import { VIEWS, type HarnessCommandId } from '../model/command-ids.ts';
import type { HarnessTreeNode } from '../model/harness-nodes.ts';
import { viewMessage } from '../views/view-message.ts';
import type { HarnessPart } from './harness-part.ts';

/**
 * The Harness view and its commands. Their code is loaded when a harness is configured, or when somebody opens the view or runs a command:
 * whoever has none pays for one look at a folder.
 */
export class HarnessContribution implements Contribution {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #disposed = new AbortController();
  #host: EditorHost | undefined;
  #loading: Promise<HarnessPart> | undefined;

  register(host: EditorHost): vscode.Disposable {
    this.#host = host;
    const view = vscode.window.createTreeView<HarnessTreeNode>(VIEWS.harness, {
      treeDataProvider: this.#tree(),
      showCollapseAll: true,
    });
    const start = setImmediate(() => void this.#loadWhereConfigured());
    return vscode.Disposable.from(
      view,
      this.#changed,
      viewMessage(view, host),
      vscode.window.registerTerminalProfileProvider(VIEWS.harness, {
        provideTerminalProfile: () => this.#profile(host),
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) void this.#loadWhereConfigured();
      }),
      new vscode.Disposable(() => {
        clearImmediate(start);
        this.#disposed.abort();
        void this.#loading?.then((part) => {
          part.dispose();
        });
      }),
    );
  }

  /** Never reject. */
  get commands(): Readonly<Record<HarnessCommandId, (argument: unknown) => Promise<void>>> {
    const late =
      (id: HarnessCommandId) =>
      (argument: unknown): Promise<void> =>
        this.#run(id, argument);
    return {
      'beaver.harness.open': late('beaver.harness.open'),
      'beaver.harness.check': late('beaver.harness.check'),
      'beaver.harness.stage': late('beaver.harness.stage'),
      'beaver.harness.update': late('beaver.harness.update'),
      'beaver.harness.rollback': late('beaver.harness.rollback'),
      'beaver.harness.ignore': late('beaver.harness.ignore'),
      'beaver.harness.unignore': late('beaver.harness.unignore'),
      'beaver.harness.useLocal': late('beaver.harness.useLocal'),
      'beaver.harness.stopLocal': late('beaver.harness.stopLocal'),
      'beaver.harness.delegate': late('beaver.harness.delegate'),
      'beaver.harness.undelegate': late('beaver.harness.undelegate'),
      'beaver.harness.refresh': late('beaver.harness.refresh'),
    };
  }

  async #run(id: HarnessCommandId, argument: unknown): Promise<void> {
    const host = this.#host;
    if (host === undefined) return;
    try {
      const part = await this.#load(host);
      const { harnessCommands } = await import('./harness-commands.ts');
      await harnessCommands(part)[id](argument);
    } catch (error) {
      void showFailure(host, id, error);
    }
  }

  /** Undefined opens no terminal: nothing was chosen, or the message says why not. */
  async #profile(host: EditorHost): Promise<vscode.TerminalProfile | undefined> {
    try {
      const part = await this.#load(host);
      const [{ chooseToOpen }, { harnessTerminal }] = await Promise.all([
        import('./harness-commands.ts'),
        import('./harness-terminal.ts'),
      ]);
      const harness = await chooseToOpen(part, {});
      return harness === undefined ? undefined : new vscode.TerminalProfile(harnessTerminal(part, harness));
    } catch (error) {
      void showFailure(host, 'terminal of a harness', error);
      return undefined;
    }
  }

  #tree(): vscode.TreeDataProvider<HarnessTreeNode> {
    const part = (): Promise<HarnessPart> => {
      if (this.#host === undefined) throw new Error('The view is registered first.');
      return this.#load(this.#host);
    };
    return {
      onDidChangeTreeData: this.#changed.event,
      getTreeItem: async (node) => (await part()).item(node),
      getChildren: async (node) => (await part()).children(node),
    };
  }

  async #loadWhereConfigured(): Promise<void> {
    if (this.#host === undefined || this.#loading !== undefined) return;
    const folder = vscode.Uri.file(path.join(beaverHome(process.env), 'harness'));
    const there = await vscode.workspace.fs.stat(folder).then(
      () => true,
      () => false,
    );
    if (there && !this.#disposed.signal.aborted) await this.#load(this.#host).catch(() => undefined);
  }

  /** Loads once; a failure is told once and tried again with the next use. */
  #load(host: EditorHost): Promise<HarnessPart> {
    return (this.#loading ??= this.#open(host).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    }));
  }

  async #open(host: EditorHost): Promise<HarnessPart> {
    const { HarnessPart } = await import('./harness-part.ts');
    const part = await HarnessPart.open(host);
    const follow = (): void => {
      const configured = part.session.snapshot.entries.length > 0;
      void vscode.commands.executeCommand('setContext', HARNESS_KEY, configured ? 'some' : 'none');
      host.activity.showNews(part.news());
      this.#changed.fire(undefined);
    };
    part.onDidChange(follow);
    follow();
    return part;
  }
}
