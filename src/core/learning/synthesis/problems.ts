/** Why an answer, or its text for one conflict, is not offered. Each is a value: the conflict stays for the person. */
export const proposalProblemCodes = [
  /** The model said no. */
  'proposal_declined',
  /** Cut off by the limit of output tokens. */
  'proposal_truncated',
  /** Not JSON, or not the shape that was asked for. */
  'proposal_malformed',
  /** A section of a side is gone and not listed among the drops. */
  'proposal_drops_section',
  /** A Safety or Required Tools section is gone or lacks a statement. */
  'proposal_weakens_safety',
  /** A section stands twice. */
  'proposal_repeats_section',
  /** A frontmatter key or value that neither side has. */
  'proposal_new_frontmatter',
  /** A tool that neither side has. */
  'proposal_new_tool',
  /** Code or an option of a command that neither side has. */
  'proposal_new_code',
  /** A host, path or file that neither side names. */
  'proposal_new_reference',
  /** Words at a place where nothing was asked for. */
  'proposal_changes_elsewhere',
  /** A pattern of the safety rules that the proposal brings in. */
  'proposal_unsafe',
  /** Words that neither side has at that place, or a part of a sentence taken for the whole. */
  'proposal_new_text',
  /** A sentence lost or gained a word such as "not", "only", "must". */
  'proposal_changes_meaning',
  /** Nothing at a place where both sides say something. */
  'proposal_empty',
  /** The answer has no text that stands clearly in place of the conflict. */
  'proposal_not_located',
  /** The upstream text at that place looks like an instruction to an agent. */
  'proposal_source_suspicious',
] as const;
export type ProposalProblemCode = (typeof proposalProblemCodes)[number];

/** `message` is one sentence without text of the document or of the answer (invariant 9). */
export interface ProposalProblem {
  readonly code: ProposalProblemCode;
  readonly message: string;
}
