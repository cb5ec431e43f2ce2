import * as vscode from 'vscode';
import type { ItemTooltip, ItemView } from '../model/item-view.ts';

const COLLAPSIBLE = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** `node` is handed to the item's command, as VS Code does for the commands of its menus. */
export function treeItem(view: ItemView, node: unknown): vscode.TreeItem {
  const item = new vscode.TreeItem(view.label, COLLAPSIBLE[view.expandable]);
  item.id = view.id;
  if (view.description !== '') item.description = view.description;
  item.tooltip = tooltip(view.tooltip);
  item.iconPath = new vscode.ThemeIcon(
    view.icon.id,
    view.icon.color === undefined ? undefined : new vscode.ThemeColor(view.icon.color),
  );
  item.contextValue = view.context;
  item.accessibilityInformation = { label: view.spoken };
  if (view.command !== undefined) {
    item.command = { command: view.command.id, title: view.command.title, arguments: [node] };
  }
  return item;
}

/** The texts come from plugins: they are appended as text, and the string is not trusted with commands or HTML (invariant 11). */
export function tooltip({ heading, lines }: ItemTooltip): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**').appendText(heading).appendMarkdown('**');
  for (const line of lines) appendWords(markdown.appendMarkdown('\n\n'), line);
  return markdown;
}

/** `appendText` joins words by spaces that do not break, so that a long line is cut in the middle of a word: they are appended one by one. */
function appendWords(markdown: vscode.MarkdownString, text: string): void {
  for (const [at, word] of text.split(/[ \t]+/).entries()) {
    // A number at the start of a line would make a list of it.
    if (at > 0) markdown.appendMarkdown(at === 1 && /^\s*\d+[.)]/.test(text) ? '&nbsp;' : ' ');
    markdown.appendText(word);
  }
}
