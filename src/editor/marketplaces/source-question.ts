import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { isBeaverError } from '../../base/errors.ts';
import { parseMarketplaceSource } from '../../core/marketplaces/written-source.ts';
import type { EditorHost } from '../contribution.ts';
import { errorText } from '../model/error-text.ts';
import type { Translate } from '../model/translate.ts';

type Kind = 'repository' | 'url' | 'npm' | 'folder';

/** Where a marketplace is, as a person writes it; a folder is chosen. Undefined when they left it. */
export async function askSource(host: EditorHost, root: string): Promise<string | undefined> {
  const { t } = host;
  const title = t('Add Marketplace');
  const kinds: readonly (vscode.QuickPickItem & { readonly kindOf: Kind })[] = [
    {
      label: `$(repo) ${t('Repository')}`,
      description: 'owner/repo',
      detail: t('On GitHub, or the address of any git repository'),
      kindOf: 'repository',
    },
    {
      label: `$(link) ${t('Address of a catalog')}`,
      description: 'https://…/marketplace.json',
      detail: t('A marketplace.json by itself'),
      kindOf: 'url',
    },
    {
      label: `$(package) ${t('npm package')}`,
      description: 'npm:NAME',
      detail: t('From the registry that npm is set up for'),
      kindOf: 'npm',
    },
    {
      label: `$(folder) ${t('Folder of this machine')}`,
      detail: t('A checkout, say, of a marketplace that you work on'),
      kindOf: 'folder',
    },
  ];
  const kind = await vscode.window.showQuickPick(kinds, {
    title,
    placeHolder: t('Where is the marketplace?'),
  });
  if (kind === undefined) return undefined;
  if (kind.kindOf === 'folder') {
    const [folder] =
      (await vscode.window.showOpenDialog({
        title,
        openLabel: t('Add Marketplace'),
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: vscode.Uri.file(root),
      })) ?? [];
    return folder?.fsPath;
  }
  const place = { directory: root, home: homedir() };
  return vscode.window.showInputBox({
    title,
    prompt: promptOf(kind.kindOf, t),
    ...(kind.kindOf === 'npm' ? { value: 'npm:', valueSelection: [4, 4] } : {}),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' ? undefined : problemOf(() => parseMarketplaceSource(text, place), t),
  });
}

function promptOf(kind: Exclude<Kind, 'folder'>, t: Translate): string {
  switch (kind) {
    case 'repository':
      return t('owner/repo, owner/repo#branch, or the address of a git repository');
    case 'url':
      return t('The https address of a marketplace.json');
    case 'npm':
      return t('npm:NAME, or npm:NAME@RANGE');
  }
}

/** What is wrong with what somebody types, in the language of the window; undefined when it can be read. */
export function problemOf(read: () => unknown, t: Translate): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!isBeaverError(error)) throw error;
    const { message, nextStep } = errorText(error, vscode.env.language.startsWith('en'), t);
    return `${message} ${nextStep}`;
  }
}
