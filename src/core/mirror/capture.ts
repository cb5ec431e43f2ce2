import { BeaverError, type Finding } from '../../base/errors.ts';
import { auditStep } from '../learning/audit.ts';
import { type Candidate, CandidateBook, revisionId } from '../learning/candidates.ts';
import { IndexBook } from '../skills/index-book.ts';
import { blockedTarget, readPlacements } from '../skills/placement.ts';
import type { InspectedTarget } from '../skills/runtime-targets.ts';
import { type LoadedSkill, recordedBits } from '../skills/skill-store.ts';
import { withTransaction } from '../skills/transaction.ts';
import { bytesOf, type VersionContent } from '../skills/version-plan.ts';
import { planNewVersion, planStoredVersion, timestamp } from '../skills/version-writer.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { StateBook } from './state-book.ts';

export interface CapturedEdit {
  readonly skill_name: string;
  readonly version: string;
}

export interface Captures {
  readonly captured: readonly CapturedEdit[];
  readonly findings: readonly Finding[];
}

/**
 * Takes the edits found in the runtime targets of a skill in as local versions. An edit of the current version becomes the current one;
 * an edit of an older version is stored and offered as a `skill_revision`, since it must be merged first. Expects the write lock.
 */
export async function captureEdits(deps: MirrorDeps, skillName: string): Promise<Captures> {
  const captured: CapturedEdit[] = [];
  const findings: Finding[] = [];
  const { targets, findings: targetFindings } = await deps.targets();
  findings.push(...targetFindings);
  for (const target of targets) {
    const loaded = await deps.store.load(skillName);
    const placements = await readPlacements(deps.ports.files, deps.layout);
    const version = await deps.store.version(skillName, loaded.current.version);
    const inspected = await deps.inspector.inspect(
      target,
      loaded.current,
      placements,
      recordedBits(version.executable_files),
    );
    if (inspected.state === 'target_occupied' && inspected.placed !== undefined)
      findings.push(blockedTarget(deps.layout, inspected));
    if (inspected.state !== 'local_edits') continue;
    if (inspected.tree === undefined || inspected.placed === undefined) {
      findings.push(blockedTarget(deps.layout, inspected));
      continue;
    }
    captured.push({ skill_name: skillName, version: await captureOne(deps, loaded, inspected) });
  }
  return { captured, findings };
}

/** @throws BeaverError `local_edits_found` when an edit could not be captured. */
export async function captureBeforeReplacing(deps: MirrorDeps, skillName: string): Promise<Captures> {
  const result = await captureEdits(deps, skillName);
  const kept = result.findings.find((finding) => finding.code === 'local_edits_found');
  if (kept !== undefined)
    throw new BeaverError(kept.code, kept.message, { nextStep: kept.next_step, path: kept.path });
  return result;
}

async function captureOne(
  deps: MirrorDeps,
  loaded: LoadedSkill,
  inspected: InspectedTarget,
): Promise<string> {
  const { tree, placed } = inspected;
  if (tree === undefined || placed === undefined)
    throw new TypeError('captureOne needs a readable, placed tree');
  const skillName = loaded.spec.skill_name;
  const at = timestamp(deps.ports);
  const state = await StateBook.read(deps.ports.files, deps.layout);
  const owner = state.ownerOf(skillName);
  const content: VersionContent = {
    skillName,
    files: bytesOf(tree, tree.bytes),
    digest: tree,
    baseVersion: placed.version,
    reason: 'captured_local_edit',
    createdBy: deps.actor,
    createdAt: at,
    provenance: {
      source_kind: loaded.spec.source_kind,
      proposal_kind: 'captured_edit',
      captured_from: inspected.target.name,
      ...(owner === undefined ? {} : { plugin_id: owner.plugin_id }),
    },
  };
  return withTransaction(deps.transactions, async (transaction) => {
    const current = placed.version === loaded.current.version;
    const audit = (version: string): void => {
      transaction.add(
        auditStep(deps.layout, deps.ports.ids.transaction(), at, deps.actor, 'skill_captured', {
          plugin_id: owner?.plugin_id ?? null,
          skill_name: skillName,
          detail: { version, base_version: placed.version, target: inspected.target.name, current },
        }),
      );
    };
    if (current) {
      const index = await IndexBook.read(deps.store, deps.layout);
      // The edited folder is what the new version looks like: for it nothing moves, the other targets follow.
      const planned = await planNewVersion(deps, transaction, index, loaded, content, 'capture');
      const binding = owner?.skills[skillName];
      if (owner !== undefined && binding !== undefined) {
        state.setBinding(owner.plugin_id, skillName, { ...binding, current_beaver_version: planned.version });
      }
      audit(planned.version);
      transaction.add(...state.steps());
      await transaction.commit('capture an edit');
      return planned.version;
    }
    const version = await planStoredVersion(deps, transaction, content);
    const book = await CandidateBook.read(deps.ports.files, deps.layout);
    book.recordIfAbsent(
      revisionCandidate(loaded, placed.version, version, tree.treeHash, owner?.plugin_id ?? null, at),
    );
    audit(version);
    transaction.add(...book.steps(), {
      kind: 'place',
      target: inspected.target.name,
      skill_name: skillName,
      version,
      tree_hash: tree.treeHash,
      staged: null,
      expected: tree.treeHash,
    });
    await transaction.commit('capture an edit of an older version');
    return version;
  });
}

function revisionCandidate(
  loaded: LoadedSkill,
  baseVersion: string,
  capturedVersion: string,
  capturedTreeHash: string,
  pluginId: string | null,
  at: string,
): Candidate {
  const skillName = loaded.spec.skill_name;
  return {
    schema_version: 1,
    candidate_id: revisionId(skillName, capturedTreeHash, baseVersion),
    kind: 'skill_revision',
    skill_name: skillName,
    status: 'open',
    priority: 5,
    confidence: 1,
    trigger_reason: 'captured_edit_of_older_version',
    draft_id: null,
    open_conflicts: null,
    published_version: null,
    superseded_by: null,
    created_at: at,
    updated_at: at,
    evidence: {
      plugin_id: pluginId,
      skill_name: skillName,
      merge_mode: 'three_way',
      base_version: baseVersion,
      captured_version: capturedVersion,
      local_version: loaded.current.version,
    },
  };
}
