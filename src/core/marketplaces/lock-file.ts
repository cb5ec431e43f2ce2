import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { installedId } from '../install/installed-plugin.ts';
import { packageSourceSchema, parseIdentity } from '../package-identity.ts';
import type { PackageIdentity } from '../package-ports.ts';
import { parseStored } from '../stored-json.ts';

/** In the root of the workspace, to be kept in version control. */
export const LOCK_FILE = 'beaver.lock.json';
const KIND = { name: 'lock file', schemaVersion: 1 } as const;

const treeHash = z.string().regex(/^[0-9a-f]{64}$/);
/** As `identityText` writes it. */
const identity = z.string().refine((text) => parseIdentity(text) !== undefined);

const lockedPluginSchema = z.object({
  /** What is asked for updates; a folder of this machine is relative to the workspace, POSIX. */
  source: packageSourceSchema,
  /** What the content was fetched as. */
  resolved: packageSourceSchema,
  identity,
  /** A label only. */
  version: z.string().nullable(),
  /** As `pinText` writes it. */
  pin: z.string().nullable().default(null),
  /** False for what came because another plugin needs it. */
  requested: z.boolean().default(true),
  /** Of every file of the package. */
  tree_hash: treeHash,
  /** Tree hashes by skill name. */
  skills: z.record(z.string(), treeHash),
});
export type LockedPlugin = z.infer<typeof lockedPluginSchema>;

/** `beaver.lock.json`: no times, no places of this machine, one block per plugin, so that two branches merge line by line. */
export const lockFileSchema = z.object({
  schema_version: z.literal(1),
  /** By `name@marketplace`. */
  plugins: z.record(installedId, lockedPluginSchema),
});

/** By `name@marketplace`. */
export type LockedPlugins = ReadonlyMap<string, LockedPlugin>;

/**
 * @throws BeaverError `lock_conflicted` for one with the conflict markers of a version control system in it, `schema_newer`,
 * `stored_file_unreadable`.
 */
export function parseLock(text: string): LockedPlugins {
  if (/^(?:<{7}|={7}|>{7})(?:\s|$)/m.test(text)) {
    throw new BeaverError('lock_conflicted', `${LOCK_FILE} has conflict markers in it.`, {
      nextStep: 'Keep either side of each conflict, then run "beaver plugins lock" to bring it up to date.',
      path: LOCK_FILE,
    });
  }
  const { plugins } = parseStored(text, LOCK_FILE, KIND, lockFileSchema);
  return new Map(Object.entries(plugins));
}

/** The exact text of the file: equal plugins are equal bytes, on every machine. */
export function serialiseLock(plugins: LockedPlugins): string {
  return canonicalJson({ schema_version: 1, plugins: z.json().parse(Object.fromEntries(plugins)) });
}

/** What identifies the locked content. */
export function lockedIdentity({ identity: text }: LockedPlugin): PackageIdentity {
  const parsed = parseIdentity(text);
  if (parsed === undefined) throw new TypeError('a lock that was not read by its schema');
  return parsed;
}
