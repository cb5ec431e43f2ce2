import { BeaverError } from '../../base/errors.ts';
import { sameJson } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { PluginSkillBinding, PluginState } from '../plugins/models.ts';
import { PluginStateStore } from '../plugins/state.ts';
import { serialisePluginStates } from '../plugins/state-schema.ts';
import type { FileSystem } from '../ports.ts';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';

/** The plugin state in memory: read once under the write lock, changed, and written back as the last step of a transaction. */
export class StateBook {
  readonly #layout: WorkspaceLayout;
  readonly #plugins: Map<string, PluginState>;
  #changed = false;

  private constructor(layout: WorkspaceLayout, plugins: ReadonlyMap<string, PluginState>) {
    this.#layout = layout;
    this.#plugins = new Map(plugins);
  }

  static async read(files: FileSystem, layout: WorkspaceLayout): Promise<StateBook> {
    return new StateBook(layout, await new PluginStateStore(files, layout.pluginState).load());
  }

  all(): readonly PluginState[] {
    return [...this.#plugins.values()].sort((a, b) => (a.plugin_id < b.plugin_id ? -1 : 1));
  }

  find(pluginId: string): PluginState | undefined {
    return this.#plugins.get(pluginId);
  }

  /** @throws BeaverError `plugin_unknown`. */
  get(pluginId: string): PluginState {
    return this.find(pluginId) ?? unknownPlugin(pluginId);
  }

  set(state: PluginState): void {
    const before = this.find(state.plugin_id);
    if (before !== undefined && sameJson(before, state)) return;
    this.#plugins.set(state.plugin_id, state);
    this.#changed = true;
  }

  setBinding(pluginId: string, skillName: string, binding: PluginSkillBinding): void {
    const state = this.get(pluginId);
    this.set({ ...state, skills: { ...state.skills, [skillName]: binding } });
  }

  removeBinding(pluginId: string, skillName: string): void {
    const state = this.get(pluginId);
    this.set({
      ...state,
      skills: Object.fromEntries(Object.entries(state.skills).filter(([name]) => name !== skillName)),
    });
  }

  /** The plugin that a skill is linked to. */
  ownerOf(skillName: string): PluginState | undefined {
    return this.all().find((state) => Object.hasOwn(state.skills, skillName));
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** The step that stores the state; none when nothing changed. */
  steps(): readonly TransactionStep[] {
    if (!this.#changed) return [];
    const text = serialisePluginStates(this.#plugins);
    return [{ kind: 'write', path: stepPath(this.#layout, this.#layout.pluginState), text }];
  }
}

export function unknownPlugin(pluginId: string): never {
  throw new BeaverError('plugin_unknown', `There is no plugin "${pluginId.slice(0, 80)}".`, {
    nextStep: 'Use "beaver plugins list" to see the plugins.',
    field: 'plugin_id',
  });
}
