import * as z from 'zod';

/**
 * What the review webview may ask of its host. The host checks every message against these schemas; the webview imports their types only.
 */

/** Characters of one text; a skill tree is limited to far less by default. */
const MAX_TEXT = 64 * 1024 * 1024;
const path = z.string().min(1).max(4096);
const text = z.string().max(MAX_TEXT);

const sideChoice = z.enum(['base', 'local', 'upstream', 'local_then_upstream', 'upstream_then_local']);
export const resolutionSchema = z.union([
  z.strictObject({ take: sideChoice }),
  z.strictObject({ take: z.enum(['text', 'proposal']), text }),
]);
export const resolutionsSchema = z.record(z.string().min(1).max(64), resolutionSchema);

export const fileChoiceSchema = z.enum(['base', 'local', 'upstream', 'removed']);
export type FileChoice = z.infer<typeof fileChoiceSchema>;

export const nothing = z.strictObject({});
export const documentParams = z.strictObject({ path });
export const resolveParams = z.discriminatedUnion('kind', [
  /** All choices of the document, by chunk id: what is not named is not settled. */
  z.strictObject({ kind: z.literal('chunks'), path, resolutions: resolutionsSchema }),
  /** A whole text in place of what the chunks give. */
  z.strictObject({ kind: z.literal('text'), path, text }),
  z.strictObject({ kind: z.literal('file'), path, choice: fileChoiceSchema }),
]);
export type ResolveParams = z.infer<typeof resolveParams>;
/** `contentHash` is what the reviewer saw: an approval of anything else is refused. */
export const publishParams = z.strictObject({ contentHash: z.string().min(1).max(128) });
/** The findings of these rules, in the content that the reviewer saw. */
export const acknowledgeParams = z.strictObject({
  rules: z.array(z.string().min(1).max(64)).min(1).max(200),
  contentHash: z.string().min(1).max(128),
});
export const rejectParams = z.strictObject({ reason: z.string().trim().min(1).max(4000) });
export const openParams = z.strictObject({ path, where: z.enum(['result', 'merge_editor']) });

/** What the webview leaves for itself over a reload of the window; read back by the host to know which draft it was. */
export const savedStateSchema = z.looseObject({ draftId: z.string().min(1).max(255) });
