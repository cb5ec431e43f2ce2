import { writeFileDurably } from '../durable.ts';
import type { FileSystem } from '../ports.ts';
import { readStoredJson } from '../stored-json.ts';
import type { PluginSkillBinding, PluginState } from './models.ts';
import {
  newPluginState,
  type PluginStates,
  serialisePluginStates,
  STATE_SCHEMA_VERSION,
  stateFileSchema,
} from './state-schema.ts';

const KIND = { name: 'plugin state', schemaVersion: STATE_SCHEMA_VERSION } as const;

/**
 * The file `.beaver/plugins/state.json`: what Beaver remembers of each plugin. Reading takes no lock; whoever writes holds the write lock.
 * Every method rejects with `schema_newer` when a newer Beaver wrote the file and `stored_file_unreadable` when it is damaged; the file is
 * then left as it is.
 */
export class PluginStateStore {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #display: string;

  /** `path` is absolute, `display` what errors may show of it. */
  constructor(files: FileSystem, path: string, display = '.beaver/plugins/state.json') {
    this.#files = files;
    this.#path = path;
    this.#display = display;
  }

  /** Empty when there is no file yet. */
  async load(): Promise<PluginStates> {
    const stored = await readStoredJson(this.#files, this.#path, this.#display, KIND, stateFileSchema);
    return new Map(stored?.plugins.map((state) => [state.plugin_id, state]));
  }

  /** Replaces the whole file, durably and in one step. */
  async save(states: PluginStates): Promise<void> {
    await writeFileDurably(this.#files, this.#path, Buffer.from(serialisePluginStates(states), 'utf8'));
  }

  /** Sorted by id. */
  async list(): Promise<readonly PluginState[]> {
    return [...(await this.load()).values()].sort((a, b) => (a.plugin_id < b.plugin_id ? -1 : 1));
  }

  async get(pluginId: string): Promise<PluginState | undefined> {
    return (await this.load()).get(pluginId);
  }

  setEnabled(pluginId: string, enabled: boolean): Promise<void> {
    return this.#change(pluginId, (state) => ({ ...state, enabled }));
  }

  upsert(state: PluginState): Promise<void> {
    return this.#change(state.plugin_id, () => state);
  }

  updateSkillBinding(pluginId: string, skillName: string, binding: PluginSkillBinding): Promise<void> {
    return this.#change(pluginId, (state) => ({
      ...state,
      skills: { ...state.skills, [skillName]: binding },
    }));
  }

  async #change(pluginId: string, change: (state: PluginState) => PluginState): Promise<void> {
    const states = new Map(await this.load());
    states.set(pluginId, change(states.get(pluginId) ?? newPluginState(pluginId)));
    await this.save(states);
  }
}
