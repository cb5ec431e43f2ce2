import * as vscode from 'vscode';
import * as z from 'zod';

/** The hosts that a plugin would find here, by the names that manifests use. `manifest` is the extension's own package.json. */
export function editorHosts(manifest: unknown): Readonly<Record<string, string>> {
  const own = z.looseObject({ version: z.string() }).safeParse(manifest);
  return { vscode: vscode.version, ...(own.success ? { beaver: own.data.version } : {}) };
}
