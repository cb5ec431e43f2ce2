import * as z from 'zod';
import type { PluginManifest, PluginState, PluginStatus } from './models.ts';
import { NEW_BINDING } from './state-schema.ts';

const pluginSkillPayloadSchema = z.object({
  name: z.string(),
  status: z.string(),
  current_beaver_version: z.string().nullable(),
  accepted_upstream_tree_hash: z.string().nullable(),
  observed_upstream_tree_hash: z.string().nullable(),
  accepted_beaver_version: z.string().nullable(),
  pending_candidate_id: z.string().nullable(),
});

/** What every surface shows of a plugin: no file content, no absolute path (invariant 9). */
export const pluginPayloadSchema = z.object({
  id: z.string(),
  name: z.string(),
  discovered_version: z.string().nullable(),
  installed_version: z.string().nullable(),
  enabled: z.boolean(),
  status: z.string(),
  last_error: z.string().nullable(),
  manifest_path: z.string().nullable(),
  updates_paused: z.boolean(),
  skills: z.array(pluginSkillPayloadSchema),
});
export type PluginPayload = z.infer<typeof pluginPayloadSchema>;

/**
 * The payload of a plugin from what is on disk and what is remembered; one of the two may be missing. A plugin whose package is gone has
 * its id for a name and is `missing` at once, whatever the last sync saw. Skills that are linked and no longer declared are listed too.
 * `adopted`: names of the skills that the workspace has taken over from this plugin; that is their status, as they are bound to none.
 */
export function pluginPayload(
  pluginId: string,
  manifest: PluginManifest | undefined,
  state: PluginState | undefined,
  adopted: ReadonlySet<string> = new Set(),
): PluginPayload {
  const bindings = state?.skills ?? {};
  const names = new Set([...(manifest?.skills ?? []).map((skill) => skill.name), ...Object.keys(bindings)]);
  return {
    id: pluginId,
    name: manifest?.name ?? pluginId,
    discovered_version: manifest?.version ?? null,
    installed_version: state?.installed_version ?? null,
    enabled: state?.enabled ?? false,
    status: statusOf(manifest, state),
    last_error: state?.last_error ?? null,
    manifest_path: manifest?.displayPath ?? state?.manifest_path ?? null,
    updates_paused: state?.updates_paused ?? false,
    skills: [...names].sort().map((name) => {
      const binding = (Object.hasOwn(bindings, name) ? bindings[name] : undefined) ?? NEW_BINDING;
      return {
        name,
        status: adopted.has(name) ? 'adopted' : binding.status,
        current_beaver_version: binding.current_beaver_version,
        accepted_upstream_tree_hash: binding.accepted_upstream_tree_hash,
        observed_upstream_tree_hash: binding.observed_upstream_tree_hash,
        accepted_beaver_version: binding.accepted_beaver_version,
        pending_candidate_id: binding.pending_candidate_id,
      };
    }),
  };
}

function statusOf(manifest: PluginManifest | undefined, state: PluginState | undefined): PluginStatus {
  if (state === undefined) return 'discovered';
  return manifest === undefined && state.status !== 'error' ? 'missing' : state.status;
}
