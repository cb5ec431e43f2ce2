import * as vscode from 'vscode';
import type { VersionsPayload } from '../../app/package-look-payloads.ts';
import { type PackagePin, parsePin } from '../../core/package-pin.ts';
import type { EditorHost } from '../contribution.ts';
import type { InstalledPayload } from '../model/market-snapshot.ts';
import { versionItems } from '../model/version-choices.ts';
import { problemOf } from './source-question.ts';

/** Which version: a pin, null for whatever is newest, or undefined when the person left it. */
export async function askVersion(
  { t }: EditorHost,
  versions: VersionsPayload['versions'],
  installed: InstalledPayload | undefined,
  title: string,
  label: string | null = null,
): Promise<PackagePin | null | undefined> {
  const items = versionItems(versions, installed, t, label).map((item) =>
    item.value === undefined
      ? { label: item.label, kind: vscode.QuickPickItemKind.Separator, value: undefined }
      : { ...item, kind: vscode.QuickPickItemKind.Default },
  );
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Newest follows every release; anything else holds the plugin to it'),
    matchOnDescription: true,
  });
  if (chosen?.value === undefined) return undefined;
  if (chosen.value.kind === 'newest') return null;
  if (chosen.value.kind === 'pin') return chosen.value.pin;
  const written = await vscode.window.showInputBox({
    title,
    prompt: t('A whole commit id, a version, a range (^1.2), tag:NAME, or channel:NAME'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? undefined : problemOf(() => parsePin(text), t)),
  });
  return written === undefined || written.trim() === '' ? undefined : parsePin(written);
}
