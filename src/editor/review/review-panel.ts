import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Rpc } from '../../protocol/rpc.ts';
import { savedStateSchema } from '../../protocol/review-messages.ts';
import type { HostMethods, WebviewMethods } from '../../protocol/review-view.ts';
import type { EditorHost } from '../contribution.ts';
import { logFailure } from '../log.ts';
import { errorText } from '../model/error-text.ts';
import { askForResolutions } from '../commands/propose-command.ts';
import { replayDraft } from '../commands/replay-run.ts';
import type { FolderSession } from '../model/folder-session.ts';
import { isBeaverError } from '../../base/errors.ts';
import { DraftFiles } from './draft-files.ts';
import { DRAFT_SCHEME } from './draft-uri.ts';
import { openMergeEditor, openResult } from './open-document.ts';
import { reviewHtml } from './review-html.ts';
import { ReviewSession } from './review-session.ts';
import { reviewStrings } from './review-strings.ts';

export const REVIEW_VIEW_TYPE = 'beaver.review';

/** What is to be reviewed. */
export interface ReviewTarget {
  /** Uri of the workspace folder, as a string. */
  readonly folder: string;
  readonly candidateId: string;
  readonly skillName: string;
  /** Of its draft, or the promise of one that is made while the view already loads. */
  readonly draft: string | Promise<string>;
}

/** Opens reviews; one panel for each draft. */
export interface Review {
  /** Rejects, with nothing left open, where there is no draft to be had. */
  open(target: ReviewTarget): Promise<void>;
  dispose(): void;
}

interface OpenPanel {
  /** Undefined for a panel of the last session of the window. */
  readonly candidateId: string | undefined;
  readonly panel: vscode.WebviewPanel;
  readonly session: ReviewSession;
  readonly rpc: Rpc<WebviewMethods, HostMethods>;
}

export function registerReview(host: EditorHost): Review {
  const reviews = new Reviews(host);
  return {
    open: (target) => reviews.open(target),
    dispose: () => {
      reviews.dispose();
    },
  };
}

class Reviews {
  readonly #host: EditorHost;
  readonly #panels = new Set<OpenPanel>();
  /** By candidate: panels whose draft is still being made. */
  readonly #opening = new Map<string, vscode.WebviewPanel>();
  readonly #files: DraftFiles;
  readonly #subscriptions: vscode.Disposable;

  constructor(host: EditorHost) {
    this.#host = host;
    this.#files = new DraftFiles(host, ({ folder }) => {
      void host.folders.session(folder)?.refresh();
      void this.#lookForChanges();
    });
    this.#subscriptions = vscode.Disposable.from(
      this.#files,
      vscode.workspace.registerFileSystemProvider(DRAFT_SCHEME, this.#files, { isCaseSensitive: true }),
      vscode.window.registerWebviewPanelSerializer(REVIEW_VIEW_TYPE, {
        deserializeWebviewPanel: (panel, state) => this.#restore(panel, state),
      }),
      host.folders.onDidChange(() => void this.#lookForChanges()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#files.refreshAll();
        void this.#lookForChanges(true);
      }),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const { panel } of [...this.#panels]) panel.dispose();
  }

  async open({ folder, candidateId, skillName, draft }: ReviewTarget): Promise<void> {
    const known = this.#opening.get(candidateId) ?? (await this.#panelOf(candidateId, draft));
    const owner = this.#host.folders.session(folder);
    if (known !== undefined || owner === undefined) {
      known?.reveal();
      await draft;
      return;
    }
    const title = this.#title(skillName);
    const panel = vscode.window.createWebviewPanel(REVIEW_VIEW_TYPE, title, vscode.ViewColumn.Active);
    this.#opening.set(candidateId, panel);
    this.#attach(panel, owner, draft, candidateId);
    try {
      await draft;
    } catch (error) {
      panel.dispose();
      throw error;
    } finally {
      this.#opening.delete(candidateId);
    }
  }

  /** A draft that was only just made is not among what the trees know: it is asked for again, and is the one on show. */
  async #panelOf(
    candidateId: string,
    draft: string | Promise<string>,
  ): Promise<vscode.WebviewPanel | undefined> {
    const asked = [...this.#panels].some((open) => open.candidateId === candidateId);
    const draftId = asked ? await draft : draft;
    return [...this.#panels].find(({ session }) => session.draftId === draftId)?.panel;
  }

  #title(skillName: string): string {
    return `${this.#host.t('Review Skill Update')}: ${skillName}`;
  }

  /** After a reload of the window: finds the folder that has the draft, for which the webview left the id. */
  async #restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = savedStateSchema.safeParse(state);
    if (saved.success) {
      for (const session of this.#host.folders.sessions) {
        if (await hasDraft(session, saved.data.draftId)) {
          this.#attach(panel, session, saved.data.draftId);
          return;
        }
      }
    }
    panel.dispose();
  }

  #attach(
    panel: vscode.WebviewPanel,
    owner: FolderSession,
    draft: string | Promise<string>,
    candidateId?: string,
  ): void {
    const { t, context } = this.#host;
    const root = vscode.Uri.joinPath(context.extensionUri, 'dist');
    panel.iconPath = new vscode.ThemeIcon('git-merge');
    panel.webview.options = { enableScripts: true, localResourceRoots: [root] };
    const session = new ReviewSession(draft, {
      updates: owner.workspace.updates,
      strings: reviewStrings(t),
      translate: t,
      locale: vscode.env.language,
      writable: () => vscode.workspace.isTrusted,
      open: (id, path, where) => {
        const document = { folder: owner.folder, draftId: id, path };
        return where === 'result' ? openResult(document) : openMergeEditor(document, t);
      },
      propose: async (id) => {
        await askForResolutions(this.#host, owner, id);
      },
      replay: async (replayed, signal) => {
        const onProgress = (step: { readonly finished: number; readonly planned: number }): void => {
          rpc.call('replayed', step).catch((error: unknown) => {
            logFailure(this.#host.log, 'review replayed', error);
          });
        };
        await replayDraft(this.#host, owner, { ...replayed, signal, onProgress });
      },
      gates: {
        ran: (step) => {
          rpc.call('gate', step).catch((error: unknown) => {
            logFailure(this.#host.log, 'review gate', error);
          });
        },
        checked: (step) => {
          rpc.call('checked', step).catch((error: unknown) => {
            logFailure(this.#host.log, 'review checked', error);
          });
        },
        failed: (error) => {
          logFailure(this.#host.log, 'review gates', error);
        },
      },
      wrote: ({ draftId: id }) => {
        this.#files.refresh(id);
        void owner.refresh();
      },
    });
    const rpc = new Rpc<WebviewMethods, HostMethods>(
      {
        post: (message) => void panel.webview.postMessage(message),
        listen: (listener) => {
          const subscription = panel.webview.onDidReceiveMessage(listener);
          return () => {
            subscription.dispose();
          };
        },
      },
      session.handlers,
      { describe: (error) => this.#describe(error) },
    );
    const open: OpenPanel = { panel, session, rpc, candidateId };
    this.#panels.add(open);
    panel.onDidDispose(() => {
      this.#panels.delete(open);
      rpc.dispose();
    });
    panel.webview.html = reviewHtml({
      script: panel.webview.asWebviewUri(vscode.Uri.joinPath(root, 'review.js')).toString(),
      style: panel.webview.asWebviewUri(vscode.Uri.joinPath(root, 'review.css')).toString(),
      source: panel.webview.cspSource,
      nonce: randomBytes(18).toString('base64url'),
      language: vscode.env.language,
      title: panel.title,
    });
    session.prepare();
  }

  async #lookForChanges(always = false): Promise<void> {
    for (const { session, rpc, panel } of [...this.#panels]) {
      if (!always && !(await session.hasChanged())) continue;
      if (session.draftId !== undefined) this.#files.refresh(session.draftId);
      if (!panel.visible) continue;
      try {
        await rpc.call('changed', null);
      } catch (error) {
        logFailure(this.#host.log, 'review changed', error);
      }
    }
  }

  #describe(error: unknown) {
    logFailure(this.#host.log, 'review', error);
    const { message, nextStep } = errorText(error, vscode.env.language.startsWith('en'), this.#host.t);
    return { code: isBeaverError(error) ? error.code : 'unexpected', message, nextStep };
  }
}

/** False also where the folder cannot be read: another one may have the draft. */
async function hasDraft(session: FolderSession, draftId: string): Promise<boolean> {
  try {
    await session.workspace.updates.show(draftId);
    return true;
  } catch {
    return false;
  }
}
