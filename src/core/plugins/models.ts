import type { Finding } from '../../base/errors.ts';

/** Which kind of manifest, or none, describes a plugin. */
export type ManifestDialect = 'beaver' | 'agent-plugins' | 'claude' | 'codex' | 'collection';

/** A skill that a plugin brings. */
export interface PluginSkillDeclaration {
  /** The name that the managed skill gets: matches {@link PLUGIN_ID}. */
  readonly name: string;
  /** POSIX, relative to the plugin; `.` when the plugin itself is the skill. */
  readonly relativePath: string;
  /** Absolute. */
  readonly root: string;
}

/** A plugin as it is on disk now, whatever dialect describes it. */
export interface PluginManifest {
  readonly schemaVersion: number;
  /** Matches {@link PLUGIN_ID}. */
  readonly pluginId: string;
  readonly name: string;
  /** A label only: what is new is told by hashes. Null where the manifest has none. */
  readonly version: string | null;
  /** Absolute path of the plugin's folder. */
  readonly root: string;
  /** Absolute path of the manifest; of the folder for a collection. */
  readonly manifestPath: string;
  /** What a person or an API may see of it. */
  readonly displayPath: string;
  readonly dialect: ManifestDialect;
  /** Sorted by name. */
  readonly skills: readonly PluginSkillDeclaration[];
  /** What is off without making the plugin unusable. */
  readonly findings: readonly Finding[];
}

/**
 * How a plugin stands: `discovered` until it is enabled for the first time, then `synced`, `paused` or `disabled`; `missing` when its
 * package is gone and `error` when its package or one of its skills cannot be read. Updates that wait are told by the bindings.
 */
export const PLUGIN_STATUSES = ['discovered', 'synced', 'paused', 'disabled', 'missing', 'error'] as const;
export type PluginStatus = (typeof PLUGIN_STATUSES)[number];

/** How one linked skill stands. `missing`: the plugin no longer brings it. `conflict`: its update waits for a person. */
export const BINDING_STATUSES = [
  'discovered',
  'synced',
  'update_pending',
  'conflict',
  'disabled',
  'missing',
  'error',
] as const;
export type BindingStatus = (typeof BINDING_STATUSES)[number];

// Types and not interfaces, so that they are JSON values as they stand; the names are those of the stored file.

/** What ties a managed skill to the plugin that it came from. */
export type PluginSkillBinding = {
  /** B: the upstream that the current version is built on. */
  readonly accepted_upstream_tree_hash: string | null;
  /** U: the upstream that was seen last. */
  readonly observed_upstream_tree_hash: string | null;
  readonly accepted_beaver_version: string | null;
  readonly current_beaver_version: string | null;
  readonly pending_candidate_id: string | null;
  readonly status: BindingStatus;
  readonly last_error: string | null;
  /** Stable code of `last_error`, so that a front can say it in the language of its user; null where the writer named none. */
  readonly last_error_code: string | null;
};

export type PluginState = {
  readonly plugin_id: string;
  readonly enabled: boolean;
  readonly updates_paused: boolean;
  /** The release whose skills are all accepted. */
  readonly installed_version: string | null;
  /** Display path. */
  readonly manifest_path: string | null;
  readonly status: PluginStatus;
  readonly last_error: string | null;
  /** Stable code of `last_error`, so that a front can say it in the language of its user; null where the writer named none. */
  readonly last_error_code: string | null;
  /** By skill name. */
  readonly skills: Readonly<Record<string, PluginSkillBinding>>;
};

/** What the ids of plugins and the names of managed skills look like: they become names of folders. */
export const PLUGIN_ID = /^[a-z0-9][a-z0-9_-]*$/;
