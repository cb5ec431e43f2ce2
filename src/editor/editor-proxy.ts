import * as vscode from 'vscode';

/** The proxy that the person set up for the editor; undefined leaves it to the environment. */
export function editorProxy(): string | undefined {
  const proxy = vscode.workspace.getConfiguration('http').get<string>('proxy', '');
  return proxy === '' ? undefined : proxy;
}
