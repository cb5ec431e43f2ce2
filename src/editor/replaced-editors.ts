import * as vscode from 'vscode';

/**
 * Shows again what Beaver has replaced under an open editor. VS Code reads a file again when its watcher names that file, and for a
 * directory that was swapped as a whole it names the directory only: a skill would stay on screen as it was before a publication or a
 * rollback. A tab that is opened reads its file. One with unsaved text is left alone: VS Code warns when it is saved.
 */
export async function reopenReplaced(isPlaced: (uri: vscode.Uri) => boolean): Promise<void> {
  for (const group of vscode.window.tabGroups.all) {
    const tab = group.activeTab;
    if (!(tab?.input instanceof vscode.TabInputText) || tab.isDirty || tab.isPinned) continue;
    const { uri } = tab.input;
    if (!isPlaced(uri) || !(await isReplaced(uri))) continue;
    const editor = vscode.window.visibleTextEditors.find(
      ({ document, viewColumn }) =>
        viewColumn === group.viewColumn && document.uri.toString() === uri.toString(),
    );
    const { isPreview: preview } = tab;
    const selection = editor?.selection;
    const seen = editor?.visibleRanges[0];
    if (!(await vscode.window.tabGroups.close(tab, true))) continue;
    const shown = await vscode.window.showTextDocument(uri, {
      viewColumn: group.viewColumn,
      preserveFocus: true,
      preview,
    });
    if (selection !== undefined) shown.selection = selection;
    if (seen !== undefined) shown.revealRange(seen, vscode.TextEditorRevealType.AtTop);
  }
}

/** Whether the file has another text than the document that shows it, and nobody typed meanwhile. A file that is gone has not been replaced. */
async function isReplaced(uri: vscode.Uri): Promise<boolean> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document === undefined || document.isDirty) return false;
  const { version } = document;
  const shown = withoutLineEnds(document.getText());
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    const stored = withoutLineEnds(await vscode.workspace.decode(bytes, { uri }));
    return stored !== shown && document.version === version && !document.isDirty;
  } catch {
    return false;
  }
}

function withoutLineEnds(text: string): string {
  return text.replaceAll('\r', '');
}
