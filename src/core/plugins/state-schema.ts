import * as z from 'zod';
import { canonicalJson } from '../../base/json.ts';
import { BINDING_STATUSES, PLUGIN_STATUSES, type PluginSkillBinding, type PluginState } from './models.ts';

/** Newest `schema_version` of `state.json` that this build reads. */
export const STATE_SCHEMA_VERSION = 1;

const text = z.string().nullable().default(null);

/** Keys of another writer are kept. A status that this build does not know is derived anew by the next sync. */
export const pluginSkillBindingSchema = z
  .object({
    accepted_upstream_tree_hash: text,
    observed_upstream_tree_hash: text,
    accepted_beaver_version: text,
    current_beaver_version: text,
    pending_candidate_id: text,
    status: z.enum(BINDING_STATUSES).default('discovered').catch('discovered'),
    last_error: text,
    last_error_code: text,
  })
  .catchall(z.json());

/** Missing fields get the value of a plugin that was never enabled; `plugin_id` is also the key of the record. */
export const pluginStateSchema = z
  .object({
    plugin_id: z.string().min(1),
    enabled: z.boolean().default(false),
    updates_paused: z.boolean().default(false),
    installed_version: text,
    manifest_path: text,
    status: z.enum(PLUGIN_STATUSES).default('discovered').catch('discovered'),
    last_error: text,
    last_error_code: text,
    skills: z.record(z.string(), pluginSkillBindingSchema).default({}),
  })
  .catchall(z.json());

/** `.beaver/plugins/state.json`. */
export const stateFileSchema = z.object({
  schema_version: z.literal(STATE_SCHEMA_VERSION).default(STATE_SCHEMA_VERSION),
  plugins: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .default({})
    .transform((plugins) => Object.entries(plugins).map(([id, state]) => ({ ...state, plugin_id: id })))
    .pipe(z.array(pluginStateSchema)),
});

/** By plugin id. */
export type PluginStates = ReadonlyMap<string, PluginState>;

/** The exact text of `state.json`: canonical, so that equal states are equal bytes. */
export function serialisePluginStates(states: PluginStates): string {
  return canonicalJson({ schema_version: STATE_SCHEMA_VERSION, plugins: Object.fromEntries(states) });
}

/** A plugin of which nothing is known yet. */
export function newPluginState(pluginId: string): PluginState {
  return {
    plugin_id: pluginId,
    enabled: false,
    updates_paused: false,
    installed_version: null,
    manifest_path: null,
    status: 'discovered',
    last_error: null,
    last_error_code: null,
    skills: {},
  };
}

/** A skill that is declared and not linked yet. */
export const NEW_BINDING: PluginSkillBinding = {
  accepted_upstream_tree_hash: null,
  observed_upstream_tree_hash: null,
  accepted_beaver_version: null,
  current_beaver_version: null,
  pending_candidate_id: null,
  status: 'discovered',
  last_error: null,
  last_error_code: null,
};
