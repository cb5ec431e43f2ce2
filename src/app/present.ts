import type { DetailOptions } from './api.ts';
import { BeaverError, findingFromError, type Finding } from '../base/errors.ts';
import { type Candidate, isPending, proposedBy } from '../core/learning/candidates.ts';
import type { DraftView } from '../core/learning/draft-view.ts';
import type { GateReport } from '../core/learning/gate-report.ts';
import type { GateWatch } from '../core/learning/gates.ts';
import { decodeText } from '../core/learning/decoded-text.ts';
import { adoptedSkills } from '../core/mirror/adoption.ts';
import type { MirrorDeps } from '../core/mirror/mirror-deps.ts';
import type { StateBook } from '../core/mirror/state-book.ts';
import type { PluginDiscovery } from '../core/plugins/discovery.ts';
import type { PluginState } from '../core/plugins/models.ts';
import { pluginPayload } from '../core/plugins/payload.ts';
import { readPlacements } from '../core/skills/placement.ts';
import { recordedBits } from '../core/skills/skill-store.ts';
import {
  type DraftPayload,
  type PluginFailurePayload,
  type PluginPayload,
  type ProposalPayload,
  replayPayload,
  type SkillContentPayload,
  type SkillListPayload,
  type SkillPayload,
  type UpdatePayload,
} from './payloads.ts';

/** Known and discovered plugins, by id. A plugin whose package is gone is shown from its state alone. */
export async function pluginPayloads(
  deps: Pick<MirrorDeps, 'store'>,
  discovery: PluginDiscovery,
  state: StateBook,
): Promise<PluginPayload[]> {
  const manifests = new Map(discovery.manifests.map((manifest) => [manifest.pluginId, manifest]));
  const ids = new Set([...manifests.keys(), ...state.all().map((plugin) => plugin.plugin_id)]);
  const payloads: PluginPayload[] = [];
  for (const id of [...ids].sort()) {
    const [manifest, known] = [manifests.get(id), state.find(id)];
    payloads.push(pluginPayload(id, manifest, known, await adoptedSkills(deps, manifest, known)));
  }
  return payloads;
}

/** What is remembered of failures, by plugin; a plugin's own before those of its skills. */
export function pluginFailures(state: StateBook): readonly PluginFailurePayload[] {
  return state.all().flatMap((plugin) => {
    const of = (
      skill_name: string | null,
      { last_error, last_error_code }: Pick<PluginState, 'last_error' | 'last_error_code'>,
    ): PluginFailurePayload[] =>
      last_error === null
        ? []
        : [{ plugin_id: plugin.plugin_id, skill_name, code: last_error_code, message: last_error }];
    const skills = Object.entries(plugin.skills).sort(([a], [b]) => (a < b ? -1 : 1));
    return [...of(null, plugin), ...skills.flatMap(([name, binding]) => of(name, binding))];
  });
}

export async function skillSummaries(deps: MirrorDeps): Promise<SkillListPayload> {
  const index = await deps.store.index();
  const skills: SkillListPayload['skills'] = [];
  const errors: Finding[] = [];
  for (const name of await deps.store.names()) {
    try {
      const { spec, current } = await deps.store.load(name);
      skills.push({
        name,
        description: index?.skills[name]?.description ?? '',
        source_kind: spec.source_kind,
        plugin_id: pluginOf(spec.source_kind, spec.lineage),
        status: spec.status,
        current_version: current.version,
        tree_hash: current.tree_hash,
      });
    } catch (error) {
      if (!(error instanceof BeaverError)) throw error;
      errors.push(findingFromError(error, deps.layout.display(deps.layout.skill(name))));
    }
  }
  return { skills, errors };
}

export async function skillPayload(deps: MirrorDeps, skillName: string): Promise<SkillPayload> {
  const { spec, current } = await deps.store.load(skillName);
  const versions = await deps.store.versions(skillName);
  const published = versions.find((version) => version.version === current.version);
  const placements = await readPlacements(deps.ports.files, deps.layout);
  const targets: SkillPayload['targets'] = [];
  for (const target of (await deps.targets()).targets) {
    const recorded = recordedBits(published?.executable_files ?? []);
    const inspected = await deps.inspector.inspect(target, current, placements, recorded);
    targets.push({ path: `${target.name}/${skillName}`, state: inspected.state });
  }
  return {
    name: skillName,
    description: (await deps.store.index())?.skills[skillName]?.description ?? '',
    source_kind: spec.source_kind,
    plugin_id: pluginOf(spec.source_kind, spec.lineage),
    status: spec.status,
    current_version: current.version,
    tree_hash: current.tree_hash,
    content_hash: current.content_hash,
    provenance: { ...published?.provenance },
    lineage: [...spec.lineage],
    versions: versions.map((version) => ({
      version: version.version,
      tree_hash: version.tree_hash,
      content_hash: version.content_hash,
      created_at: version.created_at,
      reason: version.change_reason,
      provenance: { ...version.provenance },
    })),
    targets,
  };
}

/** @param current the current version of its skill; only read where a draft waits. */
export function updatePayload(candidate: Candidate, current: string | undefined): UpdatePayload {
  return {
    candidate_id: candidate.candidate_id,
    plugin_id: candidate.evidence.plugin_id,
    plugin_version: candidate.kind === 'plugin_skill_update' ? candidate.evidence.plugin_version : null,
    skill_name: candidate.skill_name,
    kind: candidate.kind,
    merge_mode: candidate.evidence.merge_mode,
    status: candidate.status,
    draft_id: candidate.draft_id,
    conflicts: candidate.open_conflicts,
    stale: hasDraftToDecide(candidate) && candidate.evidence.local_version !== current,
    version: candidate.published_version,
    reason: proposedBy(candidate)?.proposal_reason ?? null,
    created_at: candidate.created_at,
    updated_at: candidate.updated_at,
  };
}

/** Candidates whose draft a person has still to decide about. */
export function hasDraftToDecide(candidate: Candidate): boolean {
  return candidate.draft_id !== null && isPending(candidate);
}

/** Bytes of one file of text that an answer holds. */
const LARGEST_TEXT = 256 * 1024;

/** A version of a skill with its texts. @throws BeaverError `skill_unknown`, `version_unknown`, `version_damaged`. */
export async function skillContentPayload(
  deps: MirrorDeps,
  skillName: string,
  version: string | undefined,
): Promise<SkillContentPayload> {
  const { current } = await deps.store.load(skillName);
  const { digest, bytes } = await deps.store.versionTree(skillName, version ?? current.version);
  return {
    skill: {
      name: skillName,
      description: (await deps.store.index())?.skills[skillName]?.description ?? '',
      version: version ?? current.version,
      current_version: current.version,
      tree_hash: digest.treeHash,
    },
    files: digest.files.map(({ path, size, executable }) => ({
      path,
      size,
      executable,
      text: size > LARGEST_TEXT ? null : (decodeText(bytes.get(path)) ?? null),
    })),
  };
}

/** @throws BeaverError `proposal_unknown` for an update that nobody proposed. */
export async function proposalPayload(deps: MirrorDeps, candidate: Candidate): Promise<ProposalPayload> {
  const evidence = proposedBy(candidate);
  if (evidence === undefined) {
    throw new BeaverError('proposal_unknown', 'The update is not a proposal.', {
      nextStep: 'Use "beaver updates list" to see the updates.',
      field: 'candidate_id',
    });
  }
  const review =
    candidate.draft_id === null ? undefined : (await deps.drafts.find(candidate.draft_id))?.review;
  return {
    candidate_id: candidate.candidate_id,
    skill_name: candidate.skill_name,
    status: candidate.status,
    reason: evidence.proposal_reason,
    proposed_by: evidence.proposed_by,
    proposed_through: evidence.proposed_through,
    base_version: evidence.base_version,
    merge_mode: evidence.merge_mode,
    draft_id: candidate.draft_id,
    conflicts: candidate.open_conflicts,
    version: candidate.published_version,
    decision:
      review == null
        ? null
        : { decision: review.decision, by: review.by, at: review.at, reason: review.reason },
    created_at: candidate.created_at,
    updated_at: candidate.updated_at,
  };
}

export function draftPayload(view: DraftView): DraftPayload {
  const { draft, assembled } = view;
  return {
    draft_id: draft.draft_id,
    candidate_id: draft.candidate_id,
    proposal_kind: draft.proposal_kind,
    plugin_id: draft.plugin_id,
    skill_name: draft.skill_name,
    base_version: draft.base_version,
    merge_mode: draft.merge_mode,
    status: view.status,
    content_hash: assembled.digest.treeHash,
    conflicts: [...assembled.conflicts],
    files: assembled.decisions.map(({ path, source, reason, code, params }) => ({
      path,
      source,
      reason,
      code,
      params: { ...params },
    })),
    gates: view.gates.map(gatePayload),
    replay: view.replay === null ? null : replayPayload.parse(view.replay),
    review: draft.review,
    acknowledgements: draft.acknowledgements,
    provenance: { ...draft.provenance },
  };
}

function gatePayload(gate: GateReport): DraftPayload['gates'][number] {
  return {
    ...gate,
    params: { ...gate.params },
    findings: gate.findings.map((finding) => ({ ...finding, params: { ...finding.params } })),
  };
}

/** What the gates are told of who watches them. */
export function gateWatch({ onGate, signal }: DetailOptions): GateWatch {
  return {
    ...(onGate === undefined
      ? {}
      : {
          onGate: (report) => {
            onGate(gatePayload(report));
          },
        }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function pluginOf(sourceKind: 'plugin' | 'managed', lineage: readonly string[]): string | null {
  if (sourceKind === 'managed') return null;
  const linked = lineage.find((entry) => entry.startsWith('plugin:'));
  return linked === undefined ? null : linked.slice('plugin:'.length);
}
