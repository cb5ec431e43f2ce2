import * as z from 'zod';
import { FieldDigest } from '../../base/digest.ts';
import { canonicalJsonLine } from '../../base/json.ts';
import { INSTALLED_ID } from '../layout.ts';
import { identityText, packageIdentitySchema, packageSourceSchema } from '../package-identity.ts';
import { packagePinSchema } from '../package-pin.ts';
import type { PackageIdentity, PackageSource } from '../package-ports.ts';

/** The part of an installed plugin's id after the `@` when it came from no marketplace. */
export const DIRECT = 'direct';

/** Packages that are kept beside the active one, so that a rollback needs no network. */
export const KEPT_PACKAGES = 2;

export const installedId = z.string().regex(INSTALLED_ID);

/** One content of a plugin on disk, below `packages/<id>/<directory>/`. */
export const installedPackageSchema = z.object({
  directory: z.string().regex(/^[0-9a-f]{16}$/),
  identity: packageIdentitySchema,
  /** As the source resolved; a folder of this machine is relative to the workspace, POSIX. */
  source: packageSourceSchema,
  /** A label only; null where nothing says one. */
  version: z.string().nullable(),
  /** The tags that named it when it was fetched. */
  tags: z.array(z.string()).default([]),
  /** Of every file of the package. */
  tree_hash: z.string(),
  installed_at: z.string(),
});
export type InstalledPackage = z.infer<typeof installedPackageSchema>;

/** Why a content is not installed again: it was found unhealthy, a person went back from it, or it was withdrawn. */
export const ignoredKinds = ['unhealthy', 'rolled_back', 'blocked'] as const;

export const ignoredContentSchema = z.object({
  identity: packageIdentitySchema,
  version: z.string().nullable(),
  kind: z.enum(ignoredKinds),
  reason: z.object({ code: z.string(), message: z.string() }),
  at: z.string(),
});
export type IgnoredPackage = z.infer<typeof ignoredContentSchema>;

export const installHealthSchema = z.object({
  /** `trial`: found healthy by whoever installed it; the next start looks again. */
  status: z.enum(['trial', 'healthy']),
  checked_at: z.string(),
  /** Who looked: not the same for two starts. */
  checked_by: z.string(),
});

export const installedDependencySchema = z.object({
  id: installedId,
  /** A semver range; null for any version. */
  range: z.string().nullable(),
});

/** What is remembered of one installed plugin, by `name@marketplace`. Keys of another writer are kept. */
export const installedPluginSchema = z
  .object({
    /** Of the manifest: what the life cycle of linked skills knows it by. */
    plugin_id: z.string(),
    /** As the marketplace spells it. */
    name: z.string(),
    /** Null for `@direct`. */
    marketplace: z.string().nullable(),
    /** What is asked for updates. */
    source: packageSourceSchema,
    active: installedPackageSchema,
    /** The last active one first. */
    previous: z.array(installedPackageSchema).default([]),
    pin: packagePinSchema.nullable().default(null),
    ignored: z.array(ignoredContentSchema).default([]),
    health: installHealthSchema,
    /** False for what came with a plugin that needs it. */
    requested: z.boolean().default(true),
    dependencies: z.array(installedDependencySchema).default([]),
  })
  .catchall(z.json());
export type InstalledPlugin = z.infer<typeof installedPluginSchema>;

/** The name of the folder of a content: equal for equal content, from whichever place of a repository it is and whatever its entry makes of it. */
export function packageDirectory(identity: PackageIdentity, source: PackageSource): string {
  const digest = new FieldDigest('beaver-package-v1')
    .field(identityText(identity))
    .field(source.kind === 'git' ? source.subpath : '');
  const { definition } = source;
  if (definition !== undefined) digest.field(canonicalJsonLine(z.json().parse(definition)));
  return digest.hex().slice(0, 16);
}
