import * as z from 'zod';
import {
  channelSchema,
  harnessIdSchema,
  ordinalSchema,
  platformSchema,
  relativePathSchema,
  sha256Schema,
  timeSchema,
  versionSchema,
} from './identifiers.ts';

/** Bytes of one asset, and of what it unpacks to, at most. */
export const LARGEST_ASSET = 2 * 1024 ** 3;
export const LARGEST_TREE = 4 * 1024 ** 3;

const assetSchema = z.looseObject({
  path: relativePathSchema.describe('below the channel folder, the same on every mirror'),
  size: z.int().min(1).max(LARGEST_ASSET).describe('bytes'),
  sha256: sha256Schema,
  format: z.enum(['executable', 'tar.gz']).describe('the program itself, or an archive of its folder'),
  executable: relativePathSchema.describe('the program inside the installed folder'),
  unpacked_size: z.int().min(1).max(LARGEST_TREE).describe('bytes of all files'),
  smoke_arguments: z
    .array(z.string().max(100))
    .max(8)
    .describe('with these the program prints its version and ends with 0'),
});
export type HarnessAsset = z.infer<typeof assetSchema>;

/** Where a build comes from. */
export const buildIdentitySchema = z.looseObject({
  channel: channelSchema,
  git_sha: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  built_at: timeSchema,
  profile: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9-]*$/)
    .describe('release, debug, …'),
  package_version: versionSchema,
});

/** The newest release of a channel: which version, what its files are, and which versions nobody should run any more. */
export const manifestSchema = z.looseObject({
  schema_version: z.literal(1),
  type: z.literal('manifest'),
  product: harnessIdSchema,
  channel: channelSchema,
  version: versionSchema,
  counter: ordinalSchema.describe('larger with everything that is published on the channel'),
  published_at: timeSchema,
  expires_at: timeSchema,
  minimum_launcher: versionSchema.describe('the oldest Beaver that can run this release'),
  build: buildIdentitySchema,
  assets: z.record(platformSchema, assetSchema),
  revocations: z
    .array(z.looseObject({ version: versionSchema, reason: z.string().min(1).max(200) }))
    .max(1000)
    .describe('versions that are not to be run; kept in every later manifest'),
});
export type HarnessManifest = z.infer<typeof manifestSchema>;
