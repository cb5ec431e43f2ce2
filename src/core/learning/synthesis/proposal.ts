import * as path from 'node:path';
import * as z from 'zod';
import type { JsonValue } from '../../../base/json.ts';
import type { WorkspaceLayout } from '../../layout.ts';
import type { FileSystem } from '../../ports.ts';
import type { TransactionStep } from '../../skills/transaction-steps.ts';
import { writeStep } from '../../skills/version-plan.ts';
import { readStoredJson } from '../../stored-json.ts';
import { proposalProblemCodes } from './problems.ts';

const problem = z.object({ code: z.enum(proposalProblemCodes), message: z.string() });

/** `drafts/<id>/proposal.json`: what a model proposed for the conflicts of SKILL.md. It changes nothing: a person takes a text or does not. */
export const proposalSchema = z.looseObject({
  schema_version: z.literal(1),
  draft_id: z.string(),
  /** Of the chunks that were asked about; with others it is void. */
  fingerprint: z.string(),
  /** `refused` when nothing of it is offered; `problems` says why. */
  status: z.enum(['usable', 'refused']),
  model: z.string(),
  by: z.string(),
  at: z.string(),
  input_tokens: z.number().nullable(),
  output_tokens: z.number().nullable(),
  /** Over the system message and the prompt. */
  prompt_digest: z.string(),
  /** SHA-256 of the answer as it came. */
  answer_digest: z.string(),
  /** What the model says of its answer; empty when it is refused. */
  change_reason: z.string(),
  preserved_local_sections: z.array(z.string()),
  adopted_upstream_sections: z.array(z.string()),
  resolved_conflicts: z.array(z.string()),
  dropped_sections: z.array(z.string()),
  /** By conflict of SKILL.md: a text to take, or why there is none. */
  conflicts: z.array(z.object({ id: z.string(), text: z.string().nullable(), problem: problem.nullable() })),
  problems: z.array(problem),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** The last proposal for a draft; undefined when no model was asked. */
export async function readProposal(
  files: FileSystem,
  layout: WorkspaceLayout,
  draftId: string,
): Promise<Proposal | undefined> {
  const file = fileOf(layout, draftId);
  return readStoredJson(
    files,
    file,
    layout.display(file),
    { name: 'proposal', schemaVersion: 1 },
    proposalSchema,
  );
}

/** The step that keeps a proposal beside its draft, in place of an earlier one. */
export function proposalStep(layout: WorkspaceLayout, proposal: Proposal): TransactionStep {
  return writeStep(layout, fileOf(layout, proposal.draft_id), proposal as unknown as JsonValue);
}

/** The text that was proposed for a conflict of these chunks; null where none is offered. */
export function proposedText(
  proposal: Proposal | undefined,
  fingerprint: string,
  conflictId: string,
): string | null {
  if (proposal?.status !== 'usable' || proposal.fingerprint !== fingerprint) return null;
  return proposal.conflicts.find(({ id }) => id === conflictId)?.text ?? null;
}

function fileOf(layout: WorkspaceLayout, draftId: string): string {
  return path.join(layout.draft(draftId), 'proposal.json');
}
