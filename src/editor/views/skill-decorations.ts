import * as vscode from 'vscode';
import type { Contribution } from '../contribution.ts';

const SCHEME = 'beaver-skill';

/** Names a skill's row for decorations. It stands for no file. */
export function skillUri(skill: { readonly folder: string; readonly skillName: string }): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${skill.skillName}`, query: skill.folder });
}

/** Marks rows of skills that were edited where agents read them, as source control marks modified files. */
export const skillDecorations: Contribution = {
  register({ folders, t }) {
    const changed = new vscode.EventEmitter<undefined>();
    return vscode.Disposable.from(
      changed,
      folders.onDidChange(() => {
        changed.fire(undefined);
      }),
      vscode.window.registerFileDecorationProvider({
        onDidChangeFileDecorations: changed.event,
        provideFileDecoration(uri) {
          if (uri.scheme !== SCHEME) return undefined;
          if (folders.session(uri.query)?.snapshot.marks.get(uri.path.slice(1)) !== 'edited')
            return undefined;
          return new vscode.FileDecoration(
            'E',
            t('Edited where agents read it'),
            new vscode.ThemeColor('gitDecoration.modifiedResourceForeground'),
          );
        },
      }),
    );
  },
};
