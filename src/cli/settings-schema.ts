import * as z from 'zod';
import { reviewPolicies } from '../core/learning/review-policy.ts';
import { replayPolicies } from '../core/learning/replay/replay-gate.ts';
import { AUTO_UPDATE_MODES } from '../core/marketplaces/auto-update-mode.ts';
import type { WorkspaceOptions } from '../app/api.ts';

const names = z.array(z.string()).optional();
const positive = z.int().positive().optional();

/** The part of {@link WorkspaceOptions} that a workspace settles for itself. */
export type WorkspaceSettings = Omit<WorkspaceOptions, 'root' | 'actor'>;

/** The settings that the editor and the command line share, by the names that the extension contributes. */
export const settingsSchema = z.object({
  'beaver.skillsDirectory': z.string().min(1).optional(),
  'beaver.pluginSearchPaths': names,
  'beaver.runtimeTargets': names,
  'beaver.placeDuringTurn': z.boolean().optional(),
  'beaver.ignoredTargetFiles': names,
  'beaver.gates.review': z.enum(reviewPolicies).optional(),
  'beaver.gates.replay': z.enum(replayPolicies).optional(),
  'beaver.autoUpdate': z.enum(AUTO_UPDATE_MODES).optional(),
  'beaver.limits.maxFiles': positive,
  'beaver.limits.maxBytes': positive,
});

export function optionsOf(settings: z.infer<typeof settingsSchema>): WorkspaceSettings {
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
    ...present('placeDuringTurn', settings['beaver.placeDuringTurn']),
    ...present('ignoredTargetFiles', settings['beaver.ignoredTargetFiles']),
    ...present('autoUpdate', settings['beaver.autoUpdate']),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(gates).length === 0 ? {} : { gates }),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  const result: Partial<Record<K, V>> = {};
  if (value !== undefined) result[key] = value;
  return result;
}
