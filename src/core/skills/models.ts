import * as z from 'zod';

/** The stored shapes of managed skills; `docs/formats.md` describes each file. Unknown keys of a foreign writer are kept. */

export const versionName = z.string().regex(/^v[0-9]{4,}$/);

/** `skill.json`: what the skill is, apart from its content. */
export const skillSpecSchema = z.looseObject({
  schema_version: z.literal(1),
  skill_name: z.string(),
  status: z.enum(['active', 'disabled']),
  source_kind: z.enum(['plugin', 'managed']),
  /** Where it came from, oldest first: `plugin:<id>`, `adopted_from_plugin:<id>`. */
  lineage: z.array(z.string()).default([]),
  created_at: z.string(),
  updated_at: z.string(),
});
export type SkillSpec = z.infer<typeof skillSpecSchema>;

export const pointerAction = z.enum(['mirror', 'publish', 'capture', 'rollback']);
export type PointerAction = z.infer<typeof pointerAction>;

/** `current.json`: the visibility switch (invariant 3). */
export const currentPointerSchema = z.looseObject({
  schema_version: z.literal(1),
  skill_name: z.string(),
  version: versionName,
  tree_hash: z.string(),
  content_hash: z.string(),
  action: pointerAction,
  previous_version: versionName.nullable().default(null),
  updated_at: z.string(),
});
export type CurrentPointer = z.infer<typeof currentPointerSchema>;

/** `versions/<version>/version.json`. `tree_hash` is empty in files of writers that did not record it; readers then derive it. */
export const versionMetadataSchema = z.looseObject({
  schema_version: z.literal(1).default(1),
  skill_name: z.string(),
  version: versionName,
  base_version: versionName.nullable().default(null),
  content_hash: z.string().default(''),
  tree_hash: z.string().default(''),
  executable_files: z.array(z.string()).default([]),
  change_reason: z.string().default(''),
  created_at: z.string(),
  created_by: z.string().default(''),
  provenance: z.record(z.string(), z.unknown()).default({}),
});
export type VersionMetadata = z.infer<typeof versionMetadataSchema>;

/** `upstreams/<source>/<tree hash>/upstream.json`. */
export const upstreamMetadataSchema = z.looseObject({
  schema_version: z.literal(1).default(1),
  skill_name: z.string(),
  source_kind: z.string(),
  source_id: z.string(),
  source_version: z.string().nullable(),
  source_path: z.string(),
  skill_content_hash: z.string(),
  skill_tree_hash: z.string(),
  executable_files: z.array(z.string()).default([]),
  frontmatter: z.record(z.string(), z.unknown()).default({}),
  created_at: z.string(),
});
export type UpstreamMetadata = z.infer<typeof upstreamMetadataSchema>;

/** `index.json`: the published index, derived from the specs and pointers. */
export const skillIndexSchema = z.looseObject({
  schema_version: z.literal(1),
  skills: z.record(
    z.string(),
    z.looseObject({
      status: z.enum(['active', 'disabled']),
      source_kind: z.enum(['plugin', 'managed']),
      current_version: versionName,
      tree_hash: z.string(),
      description: z.string(),
    }),
  ),
});
export type SkillIndex = z.infer<typeof skillIndexSchema>;
export type SkillIndexEntry = SkillIndex['skills'][string];

/** `.beaver/plugins/placements.json`: which version was last placed in which folder that agents read. By target folder, then skill. */
export const placementsSchema = z.looseObject({
  schema_version: z.literal(1),
  targets: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ version: versionName, tree_hash: z.string() })),
  ),
});
export type Placements = z.infer<typeof placementsSchema>;

/** One file of a tree that is about to be written: its bytes, or the absolute path to copy them from. */
export interface TreeFile {
  /** POSIX, relative to the skill folder. */
  readonly path: string;
  readonly executable: boolean;
  readonly content:
    { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'copy'; readonly from: string };
}

export function versionNumber(version: string): number {
  return Number.parseInt(version.slice(1), 10);
}

export function versionAfter(highest: number): string {
  return `v${String(highest + 1).padStart(4, '0')}`;
}
