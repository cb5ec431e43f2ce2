import * as z from 'zod';
import {
  fileNameSchema,
  harnessIdSchema,
  ordinalSchema,
  relativePathSchema,
  sha256Schema,
  timeSchema,
  versionSchema,
} from './identifiers.ts';

/** A version that lies whole in the cache. */
export const installedVersionSchema = z.looseObject({
  version: versionSchema,
  directory: fileNameSchema.describe('its folder below versions/'),
  executable: relativePathSchema.describe('the program inside its tree/'),
  counter: ordinalSchema.describe('number of the manifest that it came with'),
  asset_sha256: sha256Schema,
  tree_sha256: sha256Schema.describe('digest of every file: path, size, executable bit and content'),
});
export type InstalledVersion = z.infer<typeof installedVersionSchema>;

export const IGNORE_REASONS = [
  'smoke_test_failed',
  'unsafe_archive',
  'crash_loop',
  'rolled_back',
  'revoked',
  'by_hand',
] as const;

/** Characters of the reason why a version is ignored. */
export const LONGEST_DETAIL = 300;

export const ignoredVersionSchema = z.looseObject({
  version: versionSchema,
  asset_sha256: sha256Schema.nullable().describe('null: whatever its content'),
  reason: z.enum(IGNORE_REASONS),
  detail: z.string().max(LONGEST_DETAIL),
  at: timeSchema,
});
export type IgnoredVersion = z.infer<typeof ignoredVersionSchema>;

/** How the last look for an update ended. */
export const lastCheckSchema = z.looseObject({
  at: timeSchema,
  /** `ok`, or the code of the error. */
  outcome: z.string().max(64),
  succeeded_at: timeSchema.nullable().describe('the last one that ended well'),
});

/** The pointer: which version runs. Replaced in one step, after everything that it names is durable. */
export const harnessStateSchema = z.looseObject({
  schema_version: z.literal(1),
  harness: harnessIdSchema,
  active: installedVersionSchema.nullable(),
  staged: installedVersionSchema
    .nullable()
    .describe('verified and tried; becomes active at the next quiet boundary'),
  previous: installedVersionSchema.nullable().describe('what a rollback returns to'),
  ignored: z.array(ignoredVersionSchema).max(200),
  local_override: z
    .looseObject({ path: z.string().max(4096), since: timeSchema })
    .nullable()
    .describe('a development build of this machine that runs instead; absolute'),
  last_check: lastCheckSchema.nullable(),
});
export type HarnessState = z.infer<typeof harnessStateSchema>;

export function emptyState(harness: string): HarnessState {
  return {
    schema_version: 1,
    harness,
    active: null,
    staged: null,
    previous: null,
    ignored: [],
    local_override: null,
    last_check: null,
  };
}

/** Lies beside the tree of each version and says what the tree must be: a version can be judged without the pointer. */
export const receiptSchema = z.looseObject({
  schema_version: z.literal(1),
  harness: harnessIdSchema,
  installed: installedVersionSchema,
  channel: z.string().max(32),
  platform: z.string().max(40),
  git_sha: z.string().max(64),
  installed_at: timeSchema,
});
export type Receipt = z.infer<typeof receiptSchema>;
