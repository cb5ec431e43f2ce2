import * as vscode from 'vscode';
import type { LookPayload } from '../../app/package-look-payloads.ts';
import { contentLabel } from '../model/market-labels.ts';
import { lookDocument, surfaceDocument } from '../model/package-words.ts';
import type { Translate } from '../model/translate.ts';

const SCHEME = 'beaver-package';
/** Documents that are kept: more than anybody has open at a time. */
const MOST = 2000;

/** Texts of packages that are not there, or no more: shown to be read, never written to, gone with the window. */
export class PackageDocuments {
  readonly #texts = new Map<string, string>();
  #number = 0;

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => this.#texts.get(uri.query) ?? '',
    });
  }

  /** All that is known of a package before it is installed. */
  async showLook(look: LookPayload['look'], t: Translate): Promise<void> {
    const [uri] = this.#add([[`${look.name} ${contentLabel(look)}.md`, lookDocument(look, t)]]);
    if (uri !== undefined) await vscode.window.showTextDocument(uri, { preview: true });
  }

  /** What an update brings: first what it can run or use beside what is in use, then every text that differs. */
  async showChanges(look: LookPayload['look'], t: Translate): Promise<void> {
    const { before, changes } = look;
    const sides = [
      [
        t('What it can run or use'),
        surfaceDocument(before?.surface ?? [], t),
        surfaceDocument(look.surface, t),
      ] as const,
      ...changes.map(({ path, before: old, after }) => [path, old, after] as const),
    ].filter(([, old, after]) => old !== after);
    const resources = sides.map(
      ([path, old, after]): [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined] => {
        const [left] = old === null ? [] : this.#add([[path, old]]);
        const [right] = after === null ? [] : this.#add([[path, after]]);
        return [right ?? left ?? vscode.Uri.from({ scheme: SCHEME, path: `/${path}` }), left, right];
      },
    );
    const versions = before === null ? contentLabel(look) : `${contentLabel(before)} → ${contentLabel(look)}`;
    await vscode.commands.executeCommand('vscode.changes', `${look.name} ${versions}`, resources);
  }

  #add(documents: readonly (readonly [name: string, text: string])[]): readonly vscode.Uri[] {
    return documents.map(([name, text]) => {
      this.#number += 1;
      const key = String(this.#number);
      this.#texts.set(key, text);
      for (const oldest of this.#texts.keys()) {
        if (this.#texts.size <= MOST) break;
        this.#texts.delete(oldest);
      }
      // Both sides of a comparison have one path: else it would be shown as a renamed file.
      return vscode.Uri.from({ scheme: SCHEME, path: `/${name.replaceAll('\\', '/')}`, query: key });
    });
  }
}
