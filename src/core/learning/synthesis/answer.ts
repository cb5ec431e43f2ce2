import * as z from 'zod';
import type { ModelAnswer } from '../../ports.ts';
import type { ProposalProblem } from './problems.ts';

const titles = z.array(z.string().max(500)).max(1000);

/** What a model answers (spec 3, Task 7, Step 1). Keys beside these are left out. */
export const synthesisAnswerSchema = z.object({
  frontmatter: z.record(z.string().max(200), z.json()),
  content: z.string(),
  change_reason: z.string().max(4000),
  preserved_local_sections: titles,
  adopted_upstream_sections: titles,
  resolved_conflicts: titles,
  dropped_sections: titles,
});
export type SynthesisAnswer = z.infer<typeof synthesisAnswerSchema>;

export type ReadAnswer =
  | { readonly kind: 'read'; readonly answer: SynthesisAnswer }
  | { readonly kind: 'unusable'; readonly problem: ProposalProblem };

/** Reads what a model said: JSON only, a code fence around it is tolerated. Never throws. */
export function readSynthesisAnswer(said: Pick<ModelAnswer, 'text' | 'finish'>): ReadAnswer {
  if (said.finish === 'refused') return unusable('proposal_declined', 'The model declined to answer.');
  if (said.finish === 'length') {
    return unusable('proposal_truncated', 'The answer of the model was cut off before its end.');
  }
  let raw: unknown;
  try {
    raw = JSON.parse(withoutFence(said.text));
  } catch {
    return unusable('proposal_malformed', 'The answer of the model is not JSON.');
  }
  const parsed = synthesisAnswerSchema.safeParse(raw);
  if (parsed.success) return { kind: 'read', answer: parsed.data };
  const field = parsed.error.issues[0]?.path[0];
  const where = typeof field === 'string' && Object.hasOwn(synthesisAnswerSchema.shape, field) ? field : '';
  return unusable(
    'proposal_malformed',
    where === ''
      ? 'The answer of the model does not have the shape that was asked for.'
      : `"${where}" in the answer of the model is missing or not what was asked for.`,
  );
}

function withoutFence(text: string): string {
  const trimmed = text.trim();
  const fenced = /^```(?:json)?[ \t]*\r?\n([^]*?)\r?\n?```$/i.exec(trimmed);
  return fenced?.[1] ?? trimmed;
}

function unusable(code: ProposalProblem['code'], message: string): ReadAnswer {
  return { kind: 'unusable', problem: { code, message } };
}
