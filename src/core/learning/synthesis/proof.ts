import { applyResolutions } from '../../merge/resolutions.ts';
import type { Resolutions } from '../../merge/types.ts';
import { checkPluginMergePreservation } from '../preservation.ts';
import { checkSafety, type SafetyInput } from '../safety/check-safety.ts';
import type { SafetyFinding } from '../safety/safety-report.ts';
import { headingsOf, sectionKey } from '../sections.ts';
import { wordsOf } from '../wording.ts';
import type { SynthesisAnswer } from './answer.ts';
import { checkFrontmatter, cutFrontmatter } from './frontmatter-answer.ts';
import type { ProposalProblem } from './problems.ts';
import { checkReferences } from './references.ts';
import {
  cutBody,
  type MergedDocument,
  type OutsideChange,
  type Skeleton,
  type SkeletonConflict,
} from './skeleton.ts';
import { checkStatements } from './statements.ts';

/** What an answer gives for one conflict: a text to take, or why there is none. */
export type ConflictProposal =
  | { readonly id: string; readonly text: string; readonly problem: null }
  | { readonly id: string; readonly text: null; readonly problem: ProposalProblem };

export interface ProvenAnswer {
  /** In document order. All without a text when `problems` is not empty. */
  readonly conflicts: readonly ConflictProposal[];
  /** What is off with the answer as a whole: then nothing of it is offered. */
  readonly problems: readonly ProposalProblem[];
}

/**
 * What of an answer may be offered to a person (spec 3, Task 7; invariant 11). An answer that does anything but settle the conflicts with what
 * the sides say is refused whole, whatever made it do so: then the conflicts stay as they are. Nothing here trusts what the answer says about
 * itself, but for the sections it owns up to having dropped. Pure.
 */
export async function proveAnswer(
  document: MergedDocument,
  skeleton: Skeleton,
  answer: SynthesisAnswer,
): Promise<ProvenAnswer> {
  const sides = [document.local, document.upstream];
  const { texts, outside } = cutBody(skeleton, answer.content);
  const problems = [
    ...checkSections(document, answer),
    ...checkFrontmatter(answer.frontmatter, sides),
    ...checkReferences(answer.content, sides),
    ...checkOutside(outside, document),
  ];
  const suspicious = suspiciousLines(document);
  const stray = strayLines(skeleton, texts, outside);
  const conflicts = skeleton.conflicts.map((conflict) => {
    const text = hasLineOf(conflict, stray) ? undefined : cutOf(conflict, skeleton, texts, answer);
    return proposalFor(conflict, document, suspicious, text);
  });
  if (problems.length === 0) problems.push(...(await checkAdded(document, conflicts)));
  const [first] = problems;
  if (first === undefined) return { conflicts, problems };
  const distinct = [...new Map(problems.map((problem) => [problem.code, problem])).values()];
  return {
    conflicts: conflicts.map(({ id }) => ({ id, text: null, problem: first })),
    problems: distinct,
  };
}

function cutOf(
  conflict: SkeletonConflict,
  skeleton: Skeleton,
  texts: ReadonlyMap<string, string>,
  answer: SynthesisAnswer,
): string | undefined {
  return conflict.part === 'body'
    ? texts.get(conflict.id)
    : cutFrontmatter(conflict, answer.frontmatter, skeleton);
}

/**
 * Lines that the answer has apart from the conflicts and that nothing which is taken has: a side's text that was moved away from its
 * conflict is one of them, and would be gone with the proposal.
 */
function strayLines(
  { body }: Skeleton,
  texts: ReadonlyMap<string, string>,
  outside: readonly OutsideChange[],
): ReadonlySet<string> {
  const stray = new Set(outside.flatMap(({ added }) => saidLines(added)));
  for (const line of [body, ...texts.values()].flatMap(saidLines)) stray.delete(line);
  return stray;
}

function hasLineOf({ local, upstream }: SkeletonConflict, lines: ReadonlySet<string>): boolean {
  return [local, upstream].flatMap(saidLines).some((line) => lines.has(line));
}

function saidLines(text: string): readonly string[] {
  return text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => wordsOf(line).length > 0);
}

function proposalFor(
  conflict: SkeletonConflict,
  document: MergedDocument,
  suspicious: readonly number[],
  text: string | undefined,
): ConflictProposal {
  const { id, local, upstream } = conflict;
  const withheld = (code: ProposalProblem['code'], message: string): ConflictProposal => ({
    id,
    text: null,
    problem: { code, message },
  });
  const chunk = document.merge.chunks.find((candidate) => candidate.id === id);
  if (
    chunk !== undefined &&
    suspicious.some((line) => line >= chunk.upstream.start && line < chunk.upstream.end)
  ) {
    return withheld(
      'proposal_source_suspicious',
      'The upstream text of the conflict looks like an instruction to an agent: read it yourself.',
    );
  }
  if (text === undefined) {
    return withheld(
      'proposal_not_located',
      'The answer has no text that stands clearly in place of the conflict.',
    );
  }
  if (text.trim() === '' && local.trim() !== '' && upstream.trim() !== '') {
    return withheld('proposal_empty', 'The answer leaves out what both sides say there.');
  }
  const problem = checkStatements(text, [local, upstream]);
  return problem === undefined ? { id, text, problem: null } : { id, text: null, problem };
}

function checkSections(document: MergedDocument, answer: SynthesisAnswer): readonly ProposalProblem[] {
  const compared = {
    baseContent: document.base,
    localContent: document.local,
    upstreamContent: document.upstream,
    draftContent: answer.content,
  };
  const problems: ProposalProblem[] = [];
  // What is essential is not the model's to drop, listed or not.
  const essential = checkPluginMergePreservation({
    ...compared,
    mergeDecisions: { resolvedConflicts: [], droppedSections: [], unresolvedConflicts: [] },
  });
  if (!essential.passed) {
    problems.push({
      code: 'proposal_weakens_safety',
      message: 'The answer leaves out a Safety or Required Tools section, or a statement of one.',
    });
  }
  const listed = checkPluginMergePreservation({
    ...compared,
    mergeDecisions: {
      resolvedConflicts: [],
      droppedSections: answer.dropped_sections,
      unresolvedConflicts: [],
    },
  });
  if (listed.local.lost_sections.length + listed.upstream.lost_sections.length > 0) {
    problems.push({
      code: 'proposal_drops_section',
      message: 'The answer leaves out a section and does not say so.',
    });
  }
  const counts = countHeadings(answer.content);
  const before = [document.local, document.upstream].map(countHeadings);
  if ([...counts].some(([key, count]) => count > Math.max(1, ...before.map((side) => side.get(key) ?? 0)))) {
    problems.push({ code: 'proposal_repeats_section', message: 'The answer has a section twice.' });
  }
  return problems;
}

function countHeadings(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { title } of headingsOf(text)) {
    const key = sectionKey(title);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Lines moved, re-wrapped or left out elsewhere have no effect, as only conflicts are taken; new words there show another master. */
function checkOutside(
  outside: readonly OutsideChange[],
  document: MergedDocument,
): readonly ProposalProblem[] {
  const known = new Set(
    [document.base, document.local, document.upstream]
      .flatMap((text) => text.split(/\r?\n/u))
      .map((line) => line.trim()),
  );
  const foreign = outside.some(({ removed, added }) => {
    const before = new Set(wordsOf(removed));
    return added
      .split('\n')
      .filter((line) => !known.has(line.trim()))
      .some((line) => wordsOf(line).some((word) => !before.has(word)));
  });
  return foreign
    ? [
        {
          code: 'proposal_changes_elsewhere',
          message: 'The answer changes the text at a place that has no conflict.',
        },
      ]
    : [];
}

/** Rules about hidden text and about instructions that go against the agent or its user. */
const INSTRUCTION_RULE = /^SAFE0[01]\d$/u;

/** Lines of the new upstream that look like instructions to an agent and that the local version does not have. */
function suspiciousLines(document: MergedDocument): readonly number[] {
  return checkSafety(asSkill(document.upstream), asSkill(document.local))
    .findings.filter(
      (finding) => finding.added && finding.tier !== 'info' && INSTRUCTION_RULE.test(finding.rule),
    )
    .flatMap(({ line, endLine }) => Array.from({ length: endLine - line + 1 }, (_, at) => line + at));
}

/** The safety rules on the text with every proposal in place: critical ones that are new to local, and any that neither side has. */
async function checkAdded(
  document: MergedDocument,
  conflicts: readonly ConflictProposal[],
): Promise<readonly ProposalProblem[]> {
  const proposed = asSkill(textWith(document, conflicts));
  // Brings its own large set of patterns: loaded when a model has answered, not before.
  const { checkSecrets } = await import('../safety/secrets.ts');
  const added = async (baseline: SafetyInput): Promise<readonly SafetyFinding[]> =>
    [...checkSafety(proposed, baseline).findings, ...(await checkSecrets(proposed, baseline))].filter(
      (finding) => finding.added,
    );
  const key = ({ rule, line, column }: SafetyFinding): string => `${rule}:${line}:${column}`;
  const toUpstream = new Set((await added(asSkill(document.upstream))).map(key));
  const bad = (await added(asSkill(document.local))).some(
    (finding) => finding.tier === 'critical' || (finding.tier === 'warning' && toUpstream.has(key(finding))),
  );
  return bad
    ? [{ code: 'proposal_unsafe', message: 'The answer brings in a pattern that the safety rules name.' }]
    : [];
}

/** The document with every proposal in place; local's text where there is none. */
function textWith(document: MergedDocument, conflicts: readonly ConflictProposal[]): string {
  const resolutions: Resolutions = Object.fromEntries(
    conflicts.map(({ id, text }) => [id, text === null ? { take: 'local' } : { take: 'proposal', text }]),
  );
  return applyResolutions(document.merge, document, resolutions).text;
}

function asSkill(text: string): SafetyInput {
  return { files: [{ path: 'SKILL.md', bytes: Buffer.from(text, 'utf8'), executable: false }] };
}
