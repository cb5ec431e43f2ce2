import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { BeaverError } from '../base/errors.ts';
import type { WorkspaceSettings } from './settings-schema.ts';
import { systemCode } from '../base/system-errors.ts';

const DISPLAY = '.vscode/settings.json';
/**
 * Reads the `beaver.*` settings of the workspace folder, so that the editor and the shell agree; no file means no settings.
 * A file that cannot be understood is an error, not a default: going on could write to another folder than the editor does.
 * @throws BeaverError `settings_unreadable` or `setting_invalid`.
 */
export async function readWorkspaceSettings(root: string): Promise<WorkspaceSettings> {
  const text = await settingsText(path.join(root, '.vscode', 'settings.json'));
  if (text === undefined) return {};
  // Most folders have no settings of their own: what reads them is loaded where there are some.
  const { optionsOf, settingsSchema } = await import('./settings-schema.ts');
  const { parseJsonWithComments } = await import('./jsonc.ts');
  const parsed = settingsSchema.safeParse(rawSettings(text, parseJsonWithComments));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new BeaverError('setting_invalid', `The setting ${field} in ${DISPLAY} is not what it should be.`, {
      nextStep: 'Correct the setting, or remove it to use its default.',
      field,
      path: DISPLAY,
    });
  }
  return optionsOf(parsed.data);
}

async function settingsText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function rawSettings(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new BeaverError('settings_unreadable', `${DISPLAY} cannot be understood.`, {
      nextStep: 'Correct the file: it must be JSON, comments and trailing commas allowed.',
      path: DISPLAY,
      cause,
    });
  }
}
