/** A reviewer who knows how the history went on, and settles a draft so that it ends there with as few touches as Beaver allows. */
import { createHash } from 'node:crypto';
import type { BeaverWorkspace, DraftDetail, DraftDocument } from '../src/app/api.ts';
import type { DraftPayload } from '../src/app/payloads.ts';
import { cutBody, type Skeleton, skeletonOf } from '../src/core/learning/synthesis/skeleton.ts';
import { cutText, linesOf } from '../src/core/merge/lines.ts';
import { applyResolutions } from '../src/core/merge/resolutions.ts';
import type { Resolution, Resolutions } from '../src/core/merge/types.ts';
import type { LaterTextModel } from './later-text-model.ts';
import type { SkillFiles } from './later-edits.ts';

/** What one upgrade of one skill came to. */
export interface ReviewOutcome {
  readonly skill: string;
  readonly mode: DraftPayload['merge_mode'];
  /** As Beaver left them: in SKILL.md, in other text files, and files that are chosen whole. */
  readonly conflicts: { readonly document: number; readonly texts: number; readonly files: number };
  /** Null where no conflict of SKILL.md asked for a model. */
  readonly proposal: { readonly taken: number; readonly withheld: readonly string[] } | null;
  /** By one choice of a side, by typing a text, and texts given whole because a gate or a place asked for it. */
  readonly byHand: { readonly chosen: number; readonly typed: number; readonly wholeTexts: number };
  /** Rules that asked a person, once for each finding, on the settled content. */
  readonly acknowledged: readonly string[];
  /** Gates that failed on the settled content, with the rule or section; empty when it was published. */
  readonly failed: readonly string[];
  /** Gates that failed on the settled content until the reviewer gave the whole text on purpose. */
  readonly overcome: readonly string[];
  readonly published: boolean;
  /** Against the history: every byte, every line that is not blank, or something else. */
  readonly result: 'exact' | 'same_lines' | 'other' | 'unknown';
}

interface Touches {
  taken: number;
  withheld: string[];
  asked: boolean;
  chosen: number;
  typed: number;
  wholeTexts: number;
}

const TAKES = ['local', 'upstream', 'local_then_upstream', 'upstream_then_local', 'base'] as const;

/** Without `known` (nobody edited the skill) the draft is approved as it is. */
export async function reviewUpgrade(
  beaver: BeaverWorkspace,
  candidateId: string,
  known: SkillFiles | undefined,
  model: LaterTextModel,
): Promise<ReviewOutcome> {
  const { draft } = await beaver.updates.draft(candidateId);
  const { draft_id: id } = draft;
  const detail = await beaver.updates.detail(id);
  const touches: Touches = { taken: 0, withheld: [], asked: false, chosen: 0, typed: 0, wholeTexts: 0 };
  if (known !== undefined) await settle(beaver, detail, known, model, touches);
  let settled = (await beaver.updates.show(id)).draft;
  const overcome = failures(settled);
  const later = textOf(known, 'SKILL.md');
  if (overcome.length > 0 && later !== undefined) {
    touches.wholeTexts += 1;
    settled = (await beaver.updates.resolve(id, { kind: 'text', path: 'SKILL.md', text: later })).draft;
  }
  const acknowledged = settled.gates
    .flatMap(({ findings }) => findings)
    .filter(({ acknowledgement }) => acknowledgement === 'needed')
    .map(({ code }) => code);
  if (acknowledged.length > 0) settled = (await beaver.updates.acknowledge(id)).draft;
  const failed = failures(settled);
  const published = failed.length === 0;
  if (published) {
    await beaver.updates.approve(id);
    await beaver.updates.publish(id);
  } else {
    await beaver.updates.reject(id, failed.join(', '));
  }
  const { files } = await beaver.skills.read(draft.skill_name);
  return {
    skill: draft.skill_name,
    mode: draft.merge_mode,
    conflicts: countConflicts(draft),
    proposal: touches.asked ? { taken: touches.taken, withheld: touches.withheld } : null,
    byHand: { chosen: touches.chosen, typed: touches.typed, wholeTexts: touches.wholeTexts },
    acknowledged,
    failed,
    overcome: published ? overcome : [],
    published,
    result: known === undefined || !published ? 'unknown' : compared(files, known),
  };
}

async function settle(
  beaver: BeaverWorkspace,
  { draft, documents }: DraftDetail,
  known: SkillFiles,
  model: LaterTextModel,
  touches: Touches,
): Promise<void> {
  for (const document of documents) {
    if (document.unresolved.length === 0) continue;
    const later = textOf(known, document.path);
    if (later === undefined) {
      touches.chosen += 1;
      await beaver.updates.resolve(draft.draft_id, { kind: 'file', path: document.path, choice: 'removed' });
      continue;
    }
    const proposed = new Map<string, string>();
    if (document.path === 'SKILL.md') {
      touches.asked = true;
      model.later = later;
      model.sides = [document.local, document.upstream];
      const { proposal } = await beaver.updates.propose(draft.draft_id);
      for (const { id, text, problem } of proposal.conflicts) {
        if (text !== null) proposed.set(id, text);
        else touches.withheld.push(problem?.code ?? 'unknown');
      }
    }
    await settleDocument(beaver, draft.draft_id, document, later, proposed, touches);
  }
  for (const { id, file } of draft.conflicts.filter((conflict) => conflict.id === conflict.file)) {
    if (documents.some((document) => document.path === file)) continue;
    touches.chosen += 1;
    await beaver.updates.resolve(draft.draft_id, {
      kind: 'file',
      path: id,
      choice: sideLike(known, id, draft),
    });
  }
}

async function settleDocument(
  beaver: BeaverWorkspace,
  draftId: string,
  document: DraftDocument,
  later: string,
  proposed: ReadonlyMap<string, string>,
  touches: Touches,
): Promise<void> {
  const texts = laterTexts(document, later);
  const resolutions: Record<string, Resolution> = {};
  const hands = { taken: 0, chosen: 0, typed: 0 };
  let located = true;
  for (const { id } of document.merge.conflicts) {
    const proposal = proposed.get(id);
    const own = texts.get(id);
    if (proposal !== undefined) {
      resolutions[id] = { take: 'proposal', text: proposal };
      hands.taken += 1;
    } else if (own === undefined) {
      located = false;
    } else {
      const take = TAKES.find((choice) => sameLines(takenText(document, id, choice), own));
      resolutions[id] = take === undefined ? { take: 'text', text: own } : { take };
      hands[take === undefined ? 'typed' : 'chosen'] += 1;
    }
  }
  if (located && !losesLearned(document, later, resolutions)) {
    touches.taken += hands.taken;
    touches.chosen += hands.chosen;
    touches.typed += hands.typed;
    await beaver.updates.resolve(draftId, { kind: 'chunks', path: document.path, resolutions });
  } else {
    touches.wholeTexts += 1;
    await beaver.updates.resolve(draftId, { kind: 'text', path: document.path, text: later });
  }
}

/** Whether lines that local learned and the history kept would be gone: they stand at another place there, as the reviewer sees. */
function losesLearned(document: DraftDocument, later: string, resolutions: Resolutions): boolean {
  if (document.path !== 'SKILL.md') return false;
  const [base, kept] = [document.base, later].map((text) => new Set(saidLines(text).split('\n')));
  const { text } = applyResolutions(document.merge, document, resolutions);
  const result = new Set(saidLines(text).split('\n'));
  return saidLines(document.local)
    .split('\n')
    .some((line) => base?.has(line) === false && kept?.has(line) === true && !result.has(line));
}

/** What the later text has in place of each conflict, where that is clear. */
function laterTexts(document: DraftDocument, later: string): ReadonlyMap<string, string> {
  const skeleton = skeletonOf(document);
  // The frontmatter as lines too: a person does not settle it as data.
  const whole: Skeleton = { ...skeleton, frontmatter: '', body: skeleton.frontmatter + skeleton.body };
  return cutBody(whole, later).texts;
}

function takenText(document: DraftDocument, id: string, take: (typeof TAKES)[number]): string {
  const chunk = document.merge.chunks.find((entry) => entry.id === id);
  if (chunk === undefined) return '';
  const cut = (side: 'base' | 'local' | 'upstream') => cutText(linesOf(document[side]), chunk[side]);
  switch (take) {
    case 'local_then_upstream':
      return `${cut('local')}\n${cut('upstream')}`;
    case 'upstream_then_local':
      return `${cut('upstream')}\n${cut('local')}`;
    case 'local':
    case 'upstream':
    case 'base':
      return cut(take);
  }
}

/** The side whose file the history has later; upstream's where none is. */
function sideLike(
  known: SkillFiles,
  file: string,
  draft: DraftPayload,
): 'base' | 'local' | 'upstream' | 'removed' {
  const later = known.get(file);
  if (later === undefined) return 'removed';
  const digest = createHash('sha256').update(later.bytes).digest('hex');
  const conflict = draft.conflicts.find(({ id }) => id === file);
  return (['local', 'upstream', 'base'] as const).find((side) => conflict?.[side] === digest) ?? 'upstream';
}

/** Gates that keep a draft back and that no acknowledgement lifts, with what they name. */
function failures({ gates }: DraftPayload): readonly string[] {
  return gates
    .filter(({ status }) => status === 'failed')
    .flatMap(({ gate, findings }) => {
      const named = findings
        .filter(({ severity }) => severity === 'error')
        .map(({ code, params }) => `${gate}: ${code}${'section' in params ? ` (${params['section']})` : ''}`);
      return named.length === 0 ? [gate] : named;
    });
}

function countConflicts({ conflicts }: DraftPayload): ReviewOutcome['conflicts'] {
  const count = (which: (conflict: DraftPayload['conflicts'][number]) => boolean) =>
    conflicts.filter(which).length;
  return {
    document: count(({ id, file }) => file === 'SKILL.md' && id !== file),
    texts: count(({ id, file }) => file !== 'SKILL.md' && id !== file),
    files: count(({ id, file }) => id === file),
  };
}

function compared(
  files: readonly { readonly path: string; readonly text: string | null }[],
  known: SkillFiles,
): ReviewOutcome['result'] {
  const texts = files.filter((file): file is { path: string; text: string } => file.text !== null);
  const pairs = texts.map(({ path, text }) => [text, textOf(known, path)] as const);
  if (files.length !== known.size) return 'other';
  if (pairs.every(([text, later]) => text === later)) return 'exact';
  return pairs.every(([text, later]) => later !== undefined && sameLines(text, later))
    ? 'same_lines'
    : 'other';
}

function textOf(files: SkillFiles | undefined, path: string): string | undefined {
  return files?.get(path)?.bytes.toString('utf8');
}

/** The lines that say something, in order. */
function sameLines(one: string, other: string): boolean {
  return saidLines(one) === saidLines(other);
}

function saidLines(text: string): string {
  return text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
