import { mergeText } from '../../src/core/merge/text-merge.ts';
import type { SynthesisAnswer } from '../../src/core/learning/synthesis/answer.ts';
import { proveAnswer, type ProvenAnswer } from '../../src/core/learning/synthesis/proof.ts';
import {
  type MergedDocument,
  type Skeleton,
  skeletonOf,
} from '../../src/core/learning/synthesis/skeleton.ts';

/** Three texts and their merge, with what a model would see of it. */
export interface SynthesisCase {
  readonly document: MergedDocument;
  readonly skeleton: Skeleton;
}

export function synthesisCase(base: string, local: string, upstream: string): SynthesisCase {
  const document = { base, local, upstream, merge: mergeText(base, local, upstream, { path: 'SKILL.md' }) };
  return { document, skeleton: skeletonOf(document) };
}

/** An answer that repeats the merge and puts these texts in place of its conflicts, in order. */
export function answerWith(
  { skeleton }: SynthesisCase,
  texts: readonly string[],
  change: Partial<SynthesisAnswer> = {},
): SynthesisAnswer {
  let content = skeleton.body;
  skeleton.conflicts.forEach(({ marker }, at) => {
    content = content.replace(`${marker}\n`, () => texts[at] ?? '');
  });
  return {
    frontmatter: {},
    content,
    change_reason: 'Kept what both sides say.',
    preserved_local_sections: [],
    adopted_upstream_sections: [],
    resolved_conflicts: ['one'],
    dropped_sections: [],
    ...change,
  };
}

export function prove({ document, skeleton }: SynthesisCase, answer: SynthesisAnswer): Promise<ProvenAnswer> {
  return proveAnswer(document, skeleton, answer);
}

/** For a person: `c3: text` or `c3: ! code`, then the codes of what is off with the whole. */
export function told({ conflicts, problems }: ProvenAnswer): string {
  return [
    ...conflicts.map(
      ({ id, text, problem }) => `${id}: ${problem === null ? text.trim() : `! ${problem.code}`}`,
    ),
    ...problems.map(({ code }) => `! ${code}`),
  ].join('\n');
}
