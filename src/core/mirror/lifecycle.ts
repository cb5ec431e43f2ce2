import { BeaverError, type Finding } from '../../base/errors.ts';
import { auditStep, type AuditEventName } from '../learning/audit.ts';
import { CandidateBook, isPending } from '../learning/candidates.ts';
import type { PublishObserver } from '../learning/publisher.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { PluginManifest, PluginState } from '../plugins/models.ts';
import { IndexBook } from '../skills/index-book.ts';
import { planRollback } from '../skills/rollback.ts';
import { type Transaction, withTransaction } from '../skills/transaction.ts';
import { copiesOf, specStep } from '../skills/version-plan.ts';
import { planPlacements, planRemovals, timestamp } from '../skills/version-writer.ts';
import { captureBeforeReplacing, type Captures } from './capture.ts';
import { checkMirrorable, type MirrorableSkill, planInitialMirror } from './initial-mirror.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { discoveryError } from './observe.ts';
import { StateBook, unknownPlugin } from './state-book.ts';
import { syncEnabled, type SyncReport } from './sync.ts';

/** Why a plugin of a batch was not enabled. The others are. */
export interface EnableFailure {
  readonly pluginId: string;
  readonly error: BeaverError;
}

/** The life cycle of plugins and their linked skills. Every method expects the write lock to be held. */
export class PluginLifecycle {
  readonly #deps: MirrorDeps;

  constructor(deps: MirrorDeps) {
    this.#deps = deps;
  }

  /**
   * Mirrors every declared skill of each plugin, or none of it: whatever is wrong with one skill is found before anything is staged.
   * A plugin that was disabled gets its skills back as they were, then follows upstream again.
   */
  async enable(pluginIds: readonly string[], discovery: PluginDiscovery): Promise<readonly EnableFailure[]> {
    const failures: EnableFailure[] = [];
    const state = await StateBook.read(this.#deps.ports.files, this.#deps.layout);
    const index = await IndexBook.read(this.#deps.store, this.#deps.layout);
    const claimed = new Set<string>();
    const again: string[] = [];
    await withTransaction(this.#deps.transactions, async (transaction) => {
      for (const pluginId of pluginIds) {
        try {
          const manifest = findManifest(discovery, state.find(pluginId), pluginId);
          const known = state.find(pluginId);
          if (known !== undefined && Object.keys(known.skills).length > 0) {
            if (!known.enabled) await this.#restore(transaction, state, index, known);
            again.push(pluginId);
            continue;
          }
          await this.#mirrorAll(transaction, state, index, manifest, claimed);
        } catch (error) {
          if (!(error instanceof BeaverError)) throw error;
          failures.push({ pluginId, error });
        }
      }
      transaction.add(...index.steps(), ...state.steps());
      await transaction.commit('enable plugins');
    });
    for (const pluginId of again) await syncEnabled(this.#deps, discovery, pluginId);
    return failures;
  }

  /** Linked skills stay as they are; updates are no longer looked for. */
  async pause(pluginId: string): Promise<void> {
    await this.#change(pluginId, 'plugin_paused', (plugin) => ({
      ...plugin,
      updates_paused: true,
      status: 'paused',
    }));
  }

  async resume(pluginId: string, discovery: PluginDiscovery): Promise<SyncReport> {
    await this.#change(pluginId, 'plugin_resumed', (plugin) => ({
      ...plugin,
      updates_paused: false,
      status: 'synced',
    }));
    return syncEnabled(this.#deps, discovery, pluginId);
  }

  /**
   * Takes the linked skills out of what agents read; versions, edits and history stay in the store.
   * @throws BeaverError `confirmation_missing`, `local_edits_found`.
   */
  async disable(
    pluginId: string,
    confirmation: { readonly disableLinkedSkills: boolean },
  ): Promise<readonly Finding[]> {
    if (!confirmation.disableLinkedSkills) {
      throw new BeaverError(
        'confirmation_missing',
        'Disabling a plugin disables its linked skills; that must be said.',
        {
          nextStep: 'Repeat it with --disable-linked-skills, or pause the plugin to keep its skills.',
          field: 'disable_linked_skills',
        },
      );
    }
    const { ports, layout, store } = this.#deps;
    for (const skillName of Object.keys((await StateBook.read(ports.files, layout)).get(pluginId).skills)) {
      if (await store.exists(skillName)) await captureBeforeReplacing(this.#deps, skillName);
    }
    const state = await StateBook.read(ports.files, layout);
    const index = await IndexBook.read(store, layout);
    const findings: Finding[] = [];
    const at = timestamp(ports);
    await withTransaction(this.#deps.transactions, async (transaction) => {
      const plugin = state.get(pluginId);
      for (const [skillName, binding] of Object.entries(plugin.skills)) {
        state.setBinding(pluginId, skillName, { ...binding, status: 'disabled' });
        if (!(await store.exists(skillName))) continue;
        const { spec, current } = await store.load(skillName);
        const entry = index.get(skillName);
        if (entry !== undefined) index.set(skillName, { ...entry, status: 'disabled' });
        transaction.add(specStep(layout, { ...spec, status: 'disabled', updated_at: at }));
        findings.push(...(await planRemovals(this.#deps, transaction, current)));
      }
      const kept = findings.find((finding) => finding.code === 'local_edits_found');
      if (kept !== undefined)
        throw new BeaverError(kept.code, kept.message, { nextStep: kept.next_step, path: kept.path });
      state.set({ ...state.get(pluginId), enabled: false, status: 'disabled' });
      transaction.add(...index.steps(), this.#audit('plugin_disabled', pluginId, null, at), ...state.steps());
      await transaction.commit('disable a plugin');
    });
    return findings;
  }

  /** The skill stays as it is and belongs to the workspace from now on. @throws BeaverError `skill_not_linked`. */
  async adopt(pluginId: string, skillName: string): Promise<void> {
    const { ports, layout, store } = this.#deps;
    const state = await StateBook.read(ports.files, layout);
    if (!Object.hasOwn(state.get(pluginId).skills, skillName)) {
      throw new BeaverError(
        'skill_not_linked',
        `The skill "${skillName}" is not linked to the plugin "${pluginId}".`,
        {
          nextStep: 'Use "beaver plugins list" to see which skills are linked.',
          field: 'skill_name',
        },
      );
    }
    const at = timestamp(ports);
    const { spec } = await store.load(skillName);
    const index = await IndexBook.read(store, layout);
    const entry = index.get(skillName);
    if (entry !== undefined) index.set(skillName, { ...entry, source_kind: 'managed' });
    const book = await CandidateBook.read(ports.files, layout);
    for (const candidate of book.all()) {
      if (
        candidate.kind !== 'plugin_skill_update' ||
        candidate.skill_name !== skillName ||
        !isPending(candidate)
      )
        continue;
      book.update(candidate.candidate_id, at, (now) => ({ ...now, status: 'superseded' }));
    }
    state.removeBinding(pluginId, skillName);
    await withTransaction(this.#deps.transactions, async (transaction) => {
      const lineage = [...spec.lineage, `adopted_from_plugin:${pluginId}`];
      transaction.add(
        specStep(layout, { ...spec, source_kind: 'managed', lineage, updated_at: at }),
        ...index.steps(),
        ...book.steps(),
      );
      transaction.add(this.#audit('skill_adopted', pluginId, skillName, at), ...state.steps());
      await transaction.commit('adopt a skill');
    });
  }

  /** Moves the pointer after edits were captured. The accepted upstream stays what it was. */
  async rollback(skillName: string, version: string): Promise<Captures> {
    const { ports, layout, store, transactions } = this.#deps;
    await store.load(skillName);
    await store.version(skillName, version);
    const captures = await captureBeforeReplacing(this.#deps, skillName);
    const state = await StateBook.read(ports.files, layout);
    const owner = state.ownerOf(skillName);
    const binding = owner?.skills[skillName];
    const from = (await store.load(skillName)).current.version;
    const findings = await withTransaction(transactions, async (transaction) => {
      const planned = await planRollback(this.#deps, transaction, skillName, version);
      if (owner !== undefined && binding !== undefined)
        state.setBinding(owner.plugin_id, skillName, { ...binding, current_beaver_version: version });
      const at = planned.current.updated_at;
      transaction.add(
        this.#audit('skill_rolled_back', owner?.plugin_id ?? null, skillName, at, { from, to: version }),
        ...state.steps(),
      );
      await transaction.commit('roll a skill back');
      return planned.findings;
    });
    return { captured: captures.captured, findings: [...captures.findings, ...findings] };
  }

  /** Acknowledges a published update: its upstream is the accepted one from now on. */
  readonly onSkillPublished: PublishObserver = async ({ draft, version }) => {
    const { ports, layout } = this.#deps;
    const state = await StateBook.read(ports.files, layout);
    const owner = state.ownerOf(draft.skill_name);
    const binding = owner?.skills[draft.skill_name];
    if (owner === undefined || binding === undefined) return;
    if (draft.proposal_kind === 'skill_revision') {
      state.setBinding(owner.plugin_id, draft.skill_name, { ...binding, current_beaver_version: version });
    } else {
      if (draft.plugin_id !== owner.plugin_id || draft.upstream.kind !== 'upstream') {
        throw new BeaverError('publication_not_linked', 'The published update belongs to another plugin.', {
          nextStep: 'Run "beaver doctor".',
        });
      }
      const upstream = draft.upstream.tree_hash;
      state.setBinding(owner.plugin_id, draft.skill_name, {
        ...binding,
        accepted_upstream_tree_hash: upstream,
        observed_upstream_tree_hash: upstream,
        accepted_beaver_version: version,
        current_beaver_version: version,
        pending_candidate_id: null,
        status: 'synced',
        last_error: null,
      });
    }
    const settled = Object.values(state.get(owner.plugin_id).skills).every(
      (entry) => entry.pending_candidate_id === null,
    );
    if (settled && draft.plugin_version !== null)
      state.set({ ...state.get(owner.plugin_id), installed_version: draft.plugin_version });
    await withTransaction(this.#deps.transactions, async (transaction) => {
      transaction.add(...state.steps());
      await transaction.commit('acknowledge a publication');
    });
  };

  async #mirrorAll(
    transaction: Transaction,
    state: StateBook,
    index: IndexBook,
    manifest: PluginManifest,
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
      skills.push(await checkMirrorable(this.#deps, manifest, declaration));
    }
    state.set({
      plugin_id: manifest.pluginId,
      enabled: true,
      updates_paused: false,
      installed_version: manifest.version,
      manifest_path: manifest.displayPath,
      status: 'synced',
      last_error: null,
      skills: {},
    });
    for (const skill of skills) {
      claimed.add(skill.declaration.name);
      const { binding } = await planInitialMirror(this.#deps, transaction, index, skill);
      state.setBinding(manifest.pluginId, skill.declaration.name, binding);
    }
    transaction.add(this.#audit('plugin_enabled', manifest.pluginId, null, timestamp(this.#deps.ports)));
  }

  async #restore(
    transaction: Transaction,
    state: StateBook,
    index: IndexBook,
    plugin: PluginState,
  ): Promise<void> {
    const { layout, store, ports } = this.#deps;
    const at = timestamp(ports);
    for (const [skillName, binding] of Object.entries(plugin.skills)) {
      const loaded = await store.load(skillName);
      const tree = await store.versionTree(skillName, loaded.current.version);
      const entry = index.get(skillName);
      if (entry !== undefined) index.set(skillName, { ...entry, status: 'active' });
      transaction.add(specStep(layout, { ...loaded.spec, status: 'active', updated_at: at }));
      await planPlacements(
        this.#deps,
        transaction,
        loaded.current,
        loaded.current,
        copiesOf(tree.folder, tree.digest),
      );
      const status = binding.pending_candidate_id === null ? 'synced' : 'update_pending';
      state.setBinding(plugin.plugin_id, skillName, { ...binding, status, last_error: null });
    }
    state.set({
      ...state.get(plugin.plugin_id),
      enabled: true,
      status: plugin.updates_paused ? 'paused' : 'synced',
      last_error: null,
    });
    transaction.add(this.#audit('plugin_enabled', plugin.plugin_id, null, at));
  }

  async #change(
    pluginId: string,
    event: AuditEventName,
    change: (plugin: PluginState) => PluginState,
  ): Promise<void> {
    const { ports, layout, transactions } = this.#deps;
    const state = await StateBook.read(ports.files, layout);
    const plugin = state.get(pluginId);
    if (!plugin.enabled) {
      throw new BeaverError('plugin_not_enabled', `The plugin "${pluginId}" is not enabled.`, {
        nextStep: 'Enable it first.',
        field: 'plugin_id',
      });
    }
    state.set(change(plugin));
    await withTransaction(transactions, async (transaction) => {
      transaction.add(this.#audit(event, pluginId, null, timestamp(ports)), ...state.steps());
      await transaction.commit('change a plugin');
    });
  }

  #audit(
    event: AuditEventName,
    pluginId: string | null,
    skillName: string | null,
    at: string,
    detail: NonNullable<Parameters<typeof auditStep>[5]['detail']> = {},
  ): ReturnType<typeof auditStep> {
    const { layout, ports, actor } = this.#deps;
    return auditStep(layout, ports.ids.transaction(), at, actor, event, {
      plugin_id: pluginId,
      skill_name: skillName,
      detail,
    });
  }
}

/** @throws BeaverError `plugin_unknown`, `plugin_missing`, or the finding about its package. */
function findManifest(
  discovery: PluginDiscovery,
  state: PluginState | undefined,
  pluginId: string,
): PluginManifest {
  const manifest = discovery.manifests.find((candidate) => candidate.pluginId === pluginId);
  if (manifest !== undefined) return manifest;
  if (state === undefined) return unknownPlugin(pluginId);
  const found = discoveryError(discovery, state);
  if (found !== undefined) {
    throw new BeaverError(found.code, found.message, {
      nextStep: found.next_step,
      path: found.path,
      ...(found.field === undefined ? {} : { field: found.field }),
    });
  }
  throw new BeaverError('plugin_missing', `The package of the plugin "${pluginId}" is not there.`, {
    nextStep: 'Put the package back, or adopt its skills to keep them on their own.',
    field: 'plugin_id',
  });
}
