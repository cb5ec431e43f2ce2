import { type Candidate, type CandidateBook, isPending } from '../learning/candidates.ts';
import { references } from '../learning/draft-references.ts';
import type { Draft, TreeRef } from '../learning/drafts.ts';
import { type Diagnosis, diagnosis, readable } from './doctor-finding.ts';
import { missingTree, missingVersion } from './doctor-missing.ts';
import type { SkillView } from './doctor-store.ts';
import type { MirrorDeps } from './mirror-deps.ts';

type Skills = ReadonlyMap<string, SkillView>;

/** Whether candidates and drafts refer to what is in the store, and to each other. `book` is undefined where it cannot be read. */
export async function examineUpdates(
  deps: MirrorDeps,
  skills: Skills,
  book: CandidateBook | undefined,
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  const drafts = await readDrafts(deps, found);
  for (const candidate of book?.all() ?? []) found.push(...examineCandidate(deps, skills, candidate, drafts));
  for (const draft of drafts.values()) {
    if (draft !== undefined) found.push(...(await examineDraft(deps, skills, draft, book)));
  }
  return found;
}

function examineCandidate(
  deps: MirrorDeps,
  skills: Skills,
  candidate: Candidate,
  drafts: ReadonlyMap<string, Draft | undefined>,
): readonly Diagnosis[] {
  const { layout } = deps;
  const { candidate_id: id, skill_name: skillName, draft_id: draft } = candidate;
  const path = layout.display(layout.candidates);
  const found: Diagnosis[] = [];
  if (draft !== null && !drafts.has(draft)) {
    found.push(
      diagnosis({
        code: 'candidate_draft_missing',
        severity: 'warning',
        message: `The draft of the update ${id} is gone.`,
        nextStep: isPending(candidate)
          ? `Draft it again: beaver updates draft ${id}`
          : 'Restore the folder from version control or a backup to have its review.',
        path,
      }),
    );
  }
  const skill = skills.get(skillName);
  if (skill === undefined) {
    if (!isPending(candidate)) return found;
    const message = `The update ${id} is for a skill that is not in the store.`;
    const nextStep = 'Restore the folder of the skill from version control or a backup.';
    return [...found, diagnosis({ code: 'candidate_skill_missing', message, nextStep, path })];
  }
  if (candidate.published_version !== null && !skill.versions.has(candidate.published_version)) {
    found.push(
      missingVersion(deps, skillName, candidate.published_version, `The update ${id} was published as`),
    );
  }
  if (isPending(candidate)) {
    const need = (ref: TreeRef) => missingTree(deps, skill, ref, `The update ${id} needs`);
    for (const ref of needs(candidate)) found.push(...need(ref));
  }
  return found;
}

/** The trees that a merge of the candidate takes its sides from. */
function needs(candidate: Candidate): readonly TreeRef[] {
  const { base, upstream } = references(candidate);
  return [base, upstream, { kind: 'version', version: candidate.evidence.local_version }];
}

/** By id; undefined where the draft is there and cannot be read. */
async function readDrafts(
  deps: MirrorDeps,
  found: Diagnosis[],
): Promise<ReadonlyMap<string, Draft | undefined>> {
  const drafts = new Map<string, Draft | undefined>();
  const entries = (await deps.ports.files.readDirectory(deps.layout.drafts)) ?? [];
  for (const { name, kind } of entries) {
    if (kind !== 'directory' || !/^draft-[0-9a-f]{16}$/.test(name)) continue;
    const draft = await readable(deps.layout, deps.layout.draft(name), found, () => deps.drafts.find(name));
    drafts.set(name, draft);
  }
  return drafts;
}

async function examineDraft(
  deps: MirrorDeps,
  skills: Skills,
  draft: Draft,
  book: CandidateBook | undefined,
): Promise<readonly Diagnosis[]> {
  const { layout } = deps;
  const id = draft.draft_id;
  const found: Diagnosis[] = [];
  if (book !== undefined && book.find(draft.candidate_id) === undefined) {
    found.push(
      diagnosis({
        code: 'draft_candidate_missing',
        severity: 'warning',
        message: `The draft ${id} belongs to an update that is not in the list.`,
        nextStep: 'Run "beaver plugins sync": it looks for the update again.',
        path: layout.display(layout.draft(id)),
      }),
    );
  }
  const skill = skills.get(draft.skill_name);
  if (
    draft.published_version !== null &&
    skill !== undefined &&
    !skill.versions.has(draft.published_version)
  ) {
    found.push(
      missingVersion(deps, draft.skill_name, draft.published_version, `The draft ${id} was published as`),
    );
  }
  if (draft.outcome !== 'open') return found;
  for (const { override } of Object.values(draft.documents)) {
    if (override !== null)
      await readable(deps.layout, layout.draft(id), found, () => deps.drafts.text(id, override));
  }
  if (skill !== undefined) {
    const refs: readonly TreeRef[] = [
      draft.base,
      { kind: 'version', version: draft.base_version },
      draft.upstream,
    ];
    for (const ref of refs) found.push(...missingTree(deps, skill, ref, `The draft ${id} needs`));
  }
  return found;
}
