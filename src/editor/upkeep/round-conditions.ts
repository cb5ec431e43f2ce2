import { networkInterfaces } from 'node:os';
import process from 'node:process';
import * as vscode from 'vscode';
import { isMetered, isOffline } from './network-conditions.ts';

/** What a round has to respect, as of now. */
export function roundConditions(folder: string): {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
  readonly metered: boolean;
} {
  const settings = vscode.workspace.getConfiguration(undefined, vscode.Uri.parse(folder));
  return {
    environment: process.env,
    offline: isOffline(networkInterfaces()),
    metered: isMetered(settings.get('network.meteredConnection'), settings.get('beaver.updates.whenMetered')),
  };
}
