import type { CandidateBook } from '../learning/candidates.ts';
import type { PluginSkillBinding } from '../plugins/models.ts';
import { type Diagnosis, diagnosis, readable, repairable } from './doctor-finding.ts';
import { missingSnapshot, missingVersion } from './doctor-missing.ts';
import { type SkillView, snapshotKey } from './doctor-store.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { StateBook } from './state-book.ts';

type Skills = ReadonlyMap<string, SkillView>;

/** Whether the plugin state refers to what is in the store, and the store to it. `book` is undefined where it cannot be read. */
export async function examineLinks(
  deps: MirrorDeps,
  skills: Skills,
  book: CandidateBook | undefined,
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  const { layout, ports } = deps;
  const state = await readable(layout, layout.pluginState, found, () => StateBook.read(ports.files, layout));
  if (state !== undefined) found.push(...examineState(deps, skills, state, book));
  return found;
}

function examineState(
  deps: MirrorDeps,
  skills: Skills,
  state: StateBook,
  book: CandidateBook | undefined,
): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  const owners = new Map<string, string>();
  for (const plugin of state.all()) {
    for (const [skillName, binding] of Object.entries(plugin.skills)) {
      const other = owners.get(skillName);
      if (other !== undefined) {
        const message = `The skill is linked to two plugins: ${other} and ${plugin.plugin_id}.`;
        found.push(
          ownershipDiagnosis(
            deps,
            skillName,
            message,
            'Adopt it from one of the two with "beaver plugins adopt".',
          ),
        );
      }
      owners.set(skillName, plugin.plugin_id);
      found.push(...examineBinding(deps, skills.get(skillName), plugin.plugin_id, skillName, binding, book));
    }
  }
  for (const { name, spec } of skills.values()) {
    if (spec?.source_kind !== 'plugin' || owners.has(name)) continue;
    const message = 'The skill is said to come from a plugin, and no plugin is linked to it.';
    const nextStep =
      'Restore .beaver/plugins/state.json from version control or a backup; until then it gets no updates.';
    found.push(ownershipDiagnosis(deps, name, message, nextStep));
  }
  return found;
}

function examineBinding(
  deps: MirrorDeps,
  skill: SkillView | undefined,
  pluginId: string,
  skillName: string,
  binding: PluginSkillBinding,
  book: CandidateBook | undefined,
): readonly Diagnosis[] {
  const { layout } = deps;
  const stateFile = layout.display(layout.pluginState);
  const about = `The link of ${pluginId} to ${skillName}`;
  if (skill === undefined) {
    return [
      diagnosis({
        code: 'linked_skill_missing',
        message: `${about} leads to no skill in the store.`,
        nextStep: 'Restore the folder of the skill from version control or a backup.',
        path: layout.display(layout.skill(skillName)),
      }),
    ];
  }
  const found: Diagnosis[] = [];
  const { spec, current, sound } = skill;
  if (spec?.source_kind === 'managed') {
    const message = `The skill is said to be your own, and the plugin ${pluginId} is linked to it.`;
    found.push(
      ownershipDiagnosis(
        deps,
        skillName,
        message,
        `Settle it: beaver plugins adopt ${pluginId} ${skillName}`,
      ),
    );
  }
  const base = binding.accepted_upstream_tree_hash;
  if (base !== null && !skill.snapshots.has(snapshotKey(pluginId, base))) {
    found.push(missingSnapshot(deps, skillName, pluginId, base, `${about} was accepted from`));
  }
  const accepted = binding.accepted_beaver_version;
  // The current version being gone is told of the pointer.
  if (accepted !== null && accepted !== current?.version && !skill.versions.has(accepted)) {
    found.push(missingVersion(deps, skillName, accepted, `${about} was accepted as`));
  }
  const said = binding.current_beaver_version;
  if (sound && current !== undefined && said !== null && said !== current.version) {
    found.push(
      repairable(
        {
          code: 'binding_outdated',
          message: `${about} says that ${said} is current; it is ${current.version}.`,
          would: 'let the link follow the version pointer; "beaver plugins sync" does so too',
          path: stateFile,
        },
        { kind: 'follow_pointer', pluginId, skillName },
      ),
    );
  }
  const pending = binding.pending_candidate_id;
  if (pending !== null && book !== undefined && book.find(pending) === undefined) {
    found.push(
      diagnosis({
        code: 'binding_candidate_missing',
        severity: 'warning',
        message: `${about} waits for an update that is not in the list.`,
        nextStep: 'Run "beaver plugins sync": it looks for the update again.',
        path: stateFile,
      }),
    );
  }
  return found;
}

/** The description of a skill and the plugin state must agree on who owns it. */
function ownershipDiagnosis(
  deps: MirrorDeps,
  skillName: string,
  message: string,
  nextStep: string,
): Diagnosis {
  return diagnosis({
    code: 'ownership_mismatch',
    message,
    nextStep,
    path: deps.layout.display(deps.layout.skillSpec(skillName)),
  });
}
