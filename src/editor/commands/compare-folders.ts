import * as vscode from 'vscode';
import type { EditorHost } from '../contribution.ts';

/** Beaver's own record beside the files of a version: no part of the skill. */
const METADATA = new Set(['version.json', 'upstream.json']);

/** Shows what differs between two versions: in the diff editor when it is one file, in the multi-file diff editor when it is several. */
export async function compareFolders(
  host: EditorHost,
  left: vscode.Uri,
  right: vscode.Uri,
  title: string,
): Promise<void> {
  const names = new Set([...(await filesBelow(left)), ...(await filesBelow(right))]);
  const changed: [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined][] = [];
  for (const name of [...names].sort()) {
    const [a, b] = [vscode.Uri.joinPath(left, name), vscode.Uri.joinPath(right, name)];
    const [before, after] = [await read(a), await read(b)];
    if (before !== undefined && after !== undefined && Buffer.compare(before, after) === 0) continue;
    changed.push([
      after === undefined ? a : b,
      before === undefined ? undefined : a,
      after === undefined ? undefined : b,
    ]);
  }
  const [first, second] = changed;
  if (first === undefined) {
    void vscode.window.showInformationMessage(host.t('The two versions have the same files.'));
    return;
  }
  const [, before, after] = first;
  if (second === undefined && before !== undefined && after !== undefined) {
    await vscode.commands.executeCommand('vscode.diff', before, after, title);
  } else {
    await vscode.commands.executeCommand('vscode.changes', title, changed);
  }
}

async function filesBelow(root: vscode.Uri, folder = ''): Promise<readonly string[]> {
  const files: string[] = [];
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(root, folder));
  for (const [name, type] of entries) {
    const relative = folder === '' ? name : `${folder}/${name}`;
    if (type === vscode.FileType.Directory) files.push(...(await filesBelow(root, relative)));
    else if (!METADATA.has(relative)) files.push(relative);
  }
  return files;
}

async function read(uri: vscode.Uri): Promise<Uint8Array | undefined> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}
