import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import type { WorkspaceOptions } from '../app/api.ts';
import { reviewPolicies } from '../core/learning/review-policy.ts';
import { replayPolicies } from '../core/learning/replay/replay-gate.ts';
import { systemCode } from '../base/system-errors.ts';
import { parseJsonWithComments } from './jsonc.ts';

/** The part of {@link WorkspaceOptions} that a workspace settles for itself. */
export type WorkspaceSettings = Omit<WorkspaceOptions, 'root' | 'actor'>;

const DISPLAY = '.vscode/settings.json';
const names = z.array(z.string()).optional();
const positive = z.int().positive().optional();

/** The settings that the editor and the command line share, by the names that the extension contributes. */
const settingsSchema = z.object({
  'beaver.skillsDirectory': z.string().min(1).optional(),
  'beaver.pluginSearchPaths': names,
  'beaver.runtimeTargets': names,
  'beaver.ignoredTargetFiles': names,
  'beaver.gates.review': z.enum(reviewPolicies).optional(),
  'beaver.gates.replay': z.enum(replayPolicies).optional(),
  'beaver.limits.maxFiles': positive,
  'beaver.limits.maxBytes': positive,
});

/**
 * Reads the `beaver.*` settings of the workspace folder, so that the editor and the shell agree; no file means no settings.
 * A file that cannot be understood is an error, not a default: going on could write to another folder than the editor does.
 * @throws BeaverError `settings_unreadable` or `setting_invalid`.
 */
export async function readWorkspaceSettings(root: string): Promise<WorkspaceSettings> {
  const text = await settingsText(path.join(root, '.vscode', 'settings.json'));
  if (text === undefined) return {};
  const parsed = settingsSchema.safeParse(rawSettings(text));
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

function optionsOf(settings: z.infer<typeof settingsSchema>): WorkspaceSettings {
  const limits = {
    ...present('maxFiles', settings['beaver.limits.maxFiles']),
    ...present('maxBytes', settings['beaver.limits.maxBytes']),
  };
  const gates = {
    ...present('review', settings['beaver.gates.review']),
    ...present('replay', settings['beaver.gates.replay']),
  };
  const targets = settings['beaver.runtimeTargets'];
  return {
    ...present('skillsDirectory', settings['beaver.skillsDirectory']),
    ...present('pluginSearchPaths', settings['beaver.pluginSearchPaths']),
    // An empty list is the setting's default and stands for "those that exist".
    ...present('runtimeTargets', targets?.length === 0 ? undefined : targets),
    ...present('ignoredTargetFiles', settings['beaver.ignoredTargetFiles']),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(gates).length === 0 ? {} : { gates }),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  const result: Partial<Record<K, V>> = {};
  if (value !== undefined) result[key] = value;
  return result;
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

function rawSettings(text: string): unknown {
  try {
    return parseJsonWithComments(text);
  } catch (cause) {
    throw new BeaverError('settings_unreadable', `${DISPLAY} cannot be understood.`, {
      nextStep: 'Correct the file: it must be JSON, comments and trailing commas allowed.',
      path: DISPLAY,
      cause,
    });
  }
}
