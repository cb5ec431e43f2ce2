import * as vscode from 'vscode';
import type { Contribution } from './contribution.ts';
import { contextKeys } from './model/context-keys.ts';

/** Keeps VS Code's context keys in step with what is known; each is set only when it changes. */
export const contextKeyUpdates: Contribution = {
  register({ folders }) {
    const last = new Map<string, boolean | string>();
    const follow = (): void => {
      for (const [key, value] of Object.entries(contextKeys(folders.snapshots, folders.marketSnapshots))) {
        if (last.get(key) === value) continue;
        last.set(key, value);
        void vscode.commands.executeCommand('setContext', key, value);
      }
    };
    follow();
    return vscode.Disposable.from(folders.onDidChange(follow), folders.onDidChangeMarkets(follow));
  },
};
