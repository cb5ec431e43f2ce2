import * as z from 'zod';

/** What a test asks of a process that shares a workspace with others. */
export type ContenderOrder =
  | { readonly kind: 'sync'; readonly wait: 'bounded' | 'never' }
  | { readonly kind: 'capture'; readonly skill: string }
  | { readonly kind: 'rollback'; readonly skill: string; readonly version: string }
  | { readonly kind: 'publish'; readonly skill: string };

export const contenderReport = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('answered'), answer: z.string() }),
  z.object({ kind: z.literal('refused'), code: z.string() }),
  z.object({ kind: z.literal('broken'), reason: z.string() }),
]);
export type ContenderReport = z.infer<typeof contenderReport>;
