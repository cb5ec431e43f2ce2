import * as z from 'zod';
import { BeaverError } from '../base/errors.ts';
import type { RevisionProposal } from '../core/mirror/propose.ts';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

const proposalSchema = z.strictObject({
  reason: z.string(),
  proposer: z.string().min(1),
  files: z
    .array(
      z.strictObject({
        path: z.string(),
        content: z.union([z.string(), bytes]),
        executable: z.boolean().optional(),
      }),
    )
    .default([]),
  remove: z.array(z.string()).default([]),
  baseVersion: z.string().optional(),
});

/** What another extension proposes, checked: no compiler here has seen its code. @throws BeaverError `invalid_proposal`. */
export function apiProposal(given: unknown): RevisionProposal {
  const parsed = proposalSchema.safeParse(given);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new BeaverError('invalid_proposal', 'The proposal is not what the API takes.', {
      nextStep: 'See docs/extension-api.md for its fields.',
      ...(field === '' ? {} : { field }),
    });
  }
  const { reason, proposer, files, remove, baseVersion } = parsed.data;
  return {
    content: {
      kind: 'changes',
      put: files.map(({ path, content, executable }) => ({
        path,
        bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : content,
        ...(executable === undefined ? {} : { executable }),
      })),
      remove,
    },
    reason,
    through: 'extension',
    proposer,
    ...(baseVersion === undefined ? {} : { baseVersion }),
  };
}
