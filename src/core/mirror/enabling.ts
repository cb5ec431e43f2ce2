import { BeaverError } from '../../base/errors.ts';
import { auditStep } from '../learning/audit.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { PluginManifest, PluginState } from '../plugins/models.ts';
import type { Look } from '../ports.ts';
import { IndexBook } from '../skills/index-book.ts';
import type { TransactionStep } from '../skills/transaction-steps.ts';
import { type Transaction, withTransaction } from '../skills/transaction.ts';
import { copiesOf, specStep } from '../skills/version-plan.ts';
import { planPlacements, timestamp } from '../skills/version-writer.ts';
import { checkMirrorable, type MirrorableSkill, planInitialMirror } from './initial-mirror.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { brokenPackage, discoveryError } from './observe.ts';
import { StateBook, unknownPlugin } from './state-book.ts';
import { syncEnabled } from './sync.ts';

/** Why a plugin of a batch was not enabled. The others are. */
export interface EnableFailure {
  readonly pluginId: string;
  readonly error: BeaverError;
}

/**
 * Mirrors every declared skill of each plugin, or none of it: whatever is wrong with one skill is found before anything is staged.
 * A plugin that was disabled gets its skills back as they were, then follows upstream again.
 */
export async function enablePlugins(
  deps: MirrorDeps,
  pluginIds: readonly string[],
  discovery: PluginDiscovery,
): Promise<readonly EnableFailure[]> {
  const failures: EnableFailure[] = [];
  const state = await StateBook.read(deps.ports.files, deps.layout);
  const index = await IndexBook.read(deps.store, deps.layout);
  const claimed = new Set<string>();
  const again: string[] = [];
  await withTransaction(deps.transactions, async (transaction) => {
    for (const pluginId of pluginIds) {
      try {
        const manifest = findManifest(discovery, state.find(pluginId), pluginId);
        const known = state.find(pluginId);
        if (known !== undefined && Object.keys(known.skills).length > 0) {
          if (!known.enabled) await restoreSkills(deps, transaction, state, index, known);
          again.push(pluginId);
          continue;
        }
        await mirrorAll(deps, transaction, state, index, manifest, discovery.look, claimed);
      } catch (error) {
        if (!(error instanceof BeaverError)) throw error;
        failures.push({ pluginId, error });
      }
    }
    transaction.add(...index.steps(), ...state.steps());
    await transaction.commit('enable plugins');
  });
  for (const pluginId of again) await syncEnabled(deps, discovery, pluginId);
  return failures;
}

async function mirrorAll(
  deps: MirrorDeps,
  transaction: Transaction,
  state: StateBook,
  index: IndexBook,
  manifest: PluginManifest,
  look: Look,
  claimed: Set<string>,
): Promise<void> {
  const skills: MirrorableSkill[] = [];
  for (const declaration of manifest.skills) {
    if (claimed.has(declaration.name)) {
      throw new BeaverError(
        'skill_name_taken',
        `Another plugin of the same run mirrors a skill "${declaration.name}".`,
        {
          nextStep: 'Enable one of the two plugins only.',
          path: manifest.displayPath,
        },
      );
    }
    skills.push(await checkMirrorable(deps, manifest, declaration, look));
  }
  state.set({
    plugin_id: manifest.pluginId,
    enabled: true,
    updates_paused: false,
    installed_version: manifest.version,
    manifest_path: manifest.displayPath,
    status: 'synced',
    last_error: null,
    last_error_code: null,
    skills: {},
  });
  for (const skill of skills) {
    claimed.add(skill.declaration.name);
    const { binding } = await planInitialMirror(deps, transaction, index, skill);
    state.setBinding(manifest.pluginId, skill.declaration.name, binding);
  }
  transaction.add(enabledStep(deps, manifest.pluginId, timestamp(deps.ports)));
}

async function restoreSkills(
  deps: MirrorDeps,
  transaction: Transaction,
  state: StateBook,
  index: IndexBook,
  plugin: PluginState,
): Promise<void> {
  const { layout, store, ports } = deps;
  const at = timestamp(ports);
  for (const [skillName, binding] of Object.entries(plugin.skills)) {
    const loaded = await store.load(skillName);
    const tree = await store.versionTree(skillName, loaded.current.version);
    const entry = index.get(skillName);
    if (entry !== undefined) index.set(skillName, { ...entry, status: 'active' });
    transaction.add(specStep(layout, { ...loaded.spec, status: 'active', updated_at: at }));
    await planPlacements(
      deps,
      transaction,
      loaded.current,
      loaded.current,
      copiesOf(tree.folder, tree.digest),
    );
    const status = binding.pending_candidate_id === null ? 'synced' : 'update_pending';
    state.setBinding(plugin.plugin_id, skillName, {
      ...binding,
      status,
      last_error: null,
      last_error_code: null,
    });
  }
  state.set({
    ...state.get(plugin.plugin_id),
    enabled: true,
    status: plugin.updates_paused ? 'paused' : 'synced',
    last_error: null,
    last_error_code: null,
  });
  transaction.add(enabledStep(deps, plugin.plugin_id, at));
}

function enabledStep(deps: MirrorDeps, pluginId: string, at: string): TransactionStep {
  const { layout, ports, actor } = deps;
  return auditStep(layout, ports.ids.transaction(), at, actor, 'plugin_enabled', { plugin_id: pluginId });
}

/** @throws BeaverError `plugin_unknown`, `plugin_missing`, or the finding about its package. */
function findManifest(
  discovery: PluginDiscovery,
  state: PluginState | undefined,
  pluginId: string,
): PluginManifest {
  const manifest = discovery.manifests.find((candidate) => candidate.pluginId === pluginId);
  if (manifest !== undefined) return manifest;
  const found = state === undefined ? brokenPackage(discovery, pluginId) : discoveryError(discovery, state);
  if (found !== undefined) {
    throw new BeaverError(found.code, found.message, {
      nextStep: found.next_step,
      path: found.path,
      ...(found.field === undefined ? {} : { field: found.field }),
    });
  }
  if (state === undefined) return unknownPlugin(pluginId);
  throw new BeaverError('plugin_missing', `The package of the plugin "${pluginId}" is not there.`, {
    nextStep: 'Put the package back, or adopt its skills to keep them on their own.',
    field: 'plugin_id',
  });
}
