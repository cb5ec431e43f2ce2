import { BeaverError, type Finding } from '../../base/errors.ts';
import { auditStep, type AuditEventName } from '../learning/audit.ts';
import { CandidateBook, isPending } from '../learning/candidates.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import type { PluginState } from '../plugins/models.ts';
import { IndexBook } from '../skills/index-book.ts';
import { planRollback } from '../skills/rollback.ts';
import { withTransaction } from '../skills/transaction.ts';
import { specStep } from '../skills/version-plan.ts';
import { planRemovals, timestamp } from '../skills/version-writer.ts';
import { adoptionMark } from './adoption.ts';
import { captureBeforeReplacing, type Captures } from './capture.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { StateBook } from './state-book.ts';
import { syncEnabled, type SyncReport } from './sync.ts';

/** What becomes of a plugin that is enabled, and of its linked skills. Every method expects the write lock to be held. */
export class PluginLifecycle {
  readonly #deps: MirrorDeps;

  constructor(deps: MirrorDeps) {
    this.#deps = deps;
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
    return (await syncEnabled(this.#deps, discovery, pluginId)).report;
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
      const lineage = [...spec.lineage, adoptionMark(pluginId)];
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
