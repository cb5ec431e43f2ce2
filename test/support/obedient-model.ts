import type { SynthesisAnswer } from '../../src/core/learning/synthesis/answer.ts';
import type { ModelRequest } from '../../src/core/ports.ts';
import { parseSkillDocument } from '../../src/core/skill-document.ts';

/** What the prompt quotes under a label. */
export function quoted(prompt: string, label: string): string {
  return (
    new RegExp(`=== BEGIN ${label} (\\S+) ===\\n([^]*?)=== END ${label} \\1 ===`).exec(prompt)?.[2] ?? ''
  );
}

/** The answer of a model that does what it is asked: the merge so far, with these texts in place of its conflicts. */
export function obedientAnswer(
  { prompt }: Pick<ModelRequest, 'prompt'>,
  texts: readonly string[],
  change: Partial<SynthesisAnswer> = {},
): SynthesisAnswer {
  const { body, frontmatter } = parseSkillDocument(quoted(prompt, 'MERGED SO FAR'));
  let at = 0;
  return {
    frontmatter: JSON.parse(JSON.stringify(frontmatter)) as SynthesisAnswer['frontmatter'],
    content: body.replaceAll(/^\[\S+ conflict c\d+\]\n/gm, () => texts[at++] ?? ''),
    change_reason: 'Kept what both sides say.',
    preserved_local_sections: ['Order'],
    adopted_upstream_sections: ['Order'],
    resolved_conflicts: ['Order'],
    dropped_sections: [],
    ...change,
  };
}
