import * as z from 'zod';
import type { FileSystem } from '../ports.ts';
import { readStoredJson } from '../stored-json.ts';

/** What happens by itself: `policy.json` of a harness, in the folder of the person alone. Nothing in a workspace changes it. */
export const updatePolicySchema = z.looseObject({
  schema_version: z.literal(1),
  auto_update: z.boolean().describe('look for releases and stage them without being asked'),
  auto_restart: z.boolean().describe('restart a session into what is staged, at its next quiet moment'),
});
export type StoredUpdatePolicy = z.infer<typeof updatePolicySchema>;

/** Variables that say otherwise for one start: `on` or `off`. */
export const POLICY_VARIABLES = {
  autoUpdate: 'BEAVER_AUTO_UPDATE',
  autoRestart: 'BEAVER_AUTO_RESTART',
  dogfood: 'BEAVER_DOGFOOD',
} as const;

export interface UpdatePolicy {
  readonly autoUpdate: boolean;
  readonly autoRestart: boolean;
  /** Who decided about restarts. */
  readonly by: 'default' | 'policy' | 'variable' | 'dogfood' | 'ci';
}

const VARIABLES_OF_CI = [
  'CI',
  'CONTINUOUS_INTEGRATION',
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'BUILDKITE',
  'TF_BUILD',
];

/**
 * What holds for a start. A variable of its own comes first, then CI, where nothing happens by itself, then dogfood, then the file. Where
 * nobody said anything both are on: only a person adds a source, and that is the wish to have its updates.
 */
export function updatePolicy(
  stored: StoredUpdatePolicy | null,
  environment: Readonly<Record<string, string | undefined>>,
): UpdatePolicy {
  const update = switchOf(environment[POLICY_VARIABLES.autoUpdate]);
  const restart = switchOf(environment[POLICY_VARIABLES.autoRestart]);
  const below = policyBelow(stored, environment);
  return {
    autoUpdate: update ?? below.autoUpdate,
    autoRestart: restart ?? below.autoRestart,
    by: restart === undefined ? below.by : 'variable',
  };
}

/** @throws BeaverError `stored_file_unreadable`, `schema_newer`: then nothing may happen by itself. */
export async function readUpdatePolicy(files: FileSystem, file: string): Promise<StoredUpdatePolicy | null> {
  const kind = { name: 'policy of a harness', schemaVersion: 1 };
  return (await readStoredJson(files, file, 'policy.json', kind, updatePolicySchema)) ?? null;
}

function policyBelow(
  stored: StoredUpdatePolicy | null,
  environment: Readonly<Record<string, string | undefined>>,
): UpdatePolicy {
  const isSet = (name: string): boolean => {
    const value = environment[name];
    return value !== undefined && value !== '' && switchOf(value) !== false;
  };
  if (VARIABLES_OF_CI.some(isSet)) return { autoUpdate: false, autoRestart: false, by: 'ci' };
  if (isSet(POLICY_VARIABLES.dogfood)) return { autoUpdate: true, autoRestart: true, by: 'dogfood' };
  if (stored === null) return { autoUpdate: true, autoRestart: true, by: 'default' };
  return { autoUpdate: stored.auto_update, autoRestart: stored.auto_restart, by: 'policy' };
}

/** Undefined where it says neither. */
function switchOf(value: string | undefined): boolean | undefined {
  switch (value?.trim().toLowerCase()) {
    case 'on':
    case '1':
    case 'true':
    case 'yes':
      return true;
    case 'off':
    case '0':
    case 'false':
    case 'no':
      return false;
    case undefined:
    default:
      return undefined;
  }
}
