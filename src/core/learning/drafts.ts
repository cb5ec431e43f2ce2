import * as path from 'node:path';
import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { FieldDigest, sha256, type Sha256 } from '../../base/digest.ts';
import type { JsonValue } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';
import { writeStep } from '../skills/version-plan.ts';
import { readStoredJson } from '../stored-json.ts';
import { acknowledgementSchema } from './acknowledgements.ts';
import { mergeModes } from './candidates.ts';
import { reviewPolicies } from './review-policy.ts';

/** Where a side of a merge is kept: always in the store, always immutable. */
export const treeRefSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upstream'), source_id: z.string(), tree_hash: z.string() }),
  z.object({ kind: z.literal('version'), version: z.string() }),
]);
export type TreeRef = z.infer<typeof treeRefSchema>;

const resolutionSchema = z.union([
  z.object({ take: z.enum(['base', 'local', 'upstream', 'local_then_upstream', 'upstream_then_local']) }),
  z.object({ take: z.enum(['text', 'proposal']), text: z.string() }),
]);

export const reviewSchema = z.object({
  decision: z.enum(['approved', 'rejected']),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
  /** The policy that approved in a person's place, and null where a person did. */
  policy: z.enum(reviewPolicies).exclude(['always']).nullable().default(null),
  /** Of the exact tree that was looked at; another tree needs another review. */
  content_hash: z.string(),
});

/** `drafts/<id>/draft.json`: references and what the reviewer settled. The proposed content follows from them, deterministically. */
export const draftSchema = z.looseObject({
  schema_version: z.literal(1),
  draft_id: z.string(),
  candidate_id: z.string(),
  proposal_kind: z.enum(['plugin_skill_update', 'skill_revision']),
  skill_name: z.string(),
  plugin_id: z.string().nullable(),
  plugin_version: z.string().nullable(),
  base_version: z.string(),
  base_tree_hash: z.string(),
  merge_mode: z.enum(mergeModes),
  base: treeRefSchema,
  upstream: treeRefSchema,
  outcome: z.enum(['open', 'published', 'rejected']),
  published_version: z.string().nullable().default(null),
  documents: z.record(
    z.string(),
    z.object({
      /** Of the chunks that the resolutions speak of; with others they are void. */
      fingerprint: z.string(),
      resolutions: z.record(z.string(), resolutionSchema),
      /** Digest of a whole text given by the reviewer, kept beside the draft. */
      override: z.string().nullable(),
    }),
  ),
  file_choices: z.record(z.string(), z.enum(['base', 'local', 'upstream', 'removed'])),
  review: reviewSchema.nullable(),
  /** Of findings that the gates ask a person about. */
  acknowledgements: z.array(acknowledgementSchema).default([]),
  reason: z.string(),
  created_at: z.string(),
  created_by: z.string(),
  provenance: z.record(z.string(), z.unknown()).default({}),
});
export type Draft = z.infer<typeof draftSchema>;
export type DraftDocumentState = Draft['documents'][string];

/** Names a text that is kept beside a draft. */
export function textDigest(text: string): Sha256 {
  return sha256(Buffer.from(text, 'utf8'));
}

/** The texts that are kept beside drafts. */
export interface DraftTexts {
  /** @throws BeaverError `draft_damaged` when it is gone or was changed. */
  text(id: string, digest: string): Promise<string>;
}

/** The same candidate on the same local version always has the same draft. */
export function draftId(candidateId: string, baseVersion: string, upstreamKey: string): string {
  return `draft-${new FieldDigest('beaver-draft-v1').field(candidateId).field(baseVersion).field(upstreamKey).hex().slice(0, 16)}`;
}

export class DraftStore implements DraftTexts {
  readonly #files: FileSystem;
  readonly #layout: WorkspaceLayout;

  constructor(files: FileSystem, layout: WorkspaceLayout) {
    this.#files = files;
    this.#layout = layout;
  }

  async find(id: string): Promise<Draft | undefined> {
    const file = this.#file(id);
    return readStoredJson(
      this.#files,
      file,
      this.#layout.display(file),
      { name: 'draft', schemaVersion: 1 },
      draftSchema,
    );
  }

  /** @throws BeaverError `draft_unknown`. */
  async get(id: string): Promise<Draft> {
    const draft = /^draft-[0-9a-f]{16}$/.test(id) ? await this.find(id) : undefined;
    if (draft !== undefined) return draft;
    throw new BeaverError('draft_unknown', `There is no draft "${id.slice(0, 80)}".`, {
      nextStep: 'Use "beaver updates list" to see the updates and their drafts.',
      field: 'draft_id',
    });
  }

  step(draft: Draft): TransactionStep {
    return writeStep(this.#layout, this.#file(draft.draft_id), draft as unknown as JsonValue);
  }

  /** The step that keeps a text beside the draft, under its digest. */
  textStep(id: string, text: string): TransactionStep {
    return { kind: 'write', path: stepPath(this.#layout, this.#text(id, textDigest(text))), text };
  }

  /** @throws BeaverError `draft_damaged` when it is gone or was changed. */
  async text(id: string, digest: string): Promise<string> {
    const bytes = await this.#files.readFile(this.#text(id, digest));
    if (bytes !== undefined && sha256(bytes) === digest) return Buffer.from(bytes).toString('utf8');
    throw new BeaverError('draft_damaged', 'A text that was saved with the draft is gone or was changed.', {
      nextStep: 'Reject the draft and draft the update again.',
      path: this.#layout.display(this.#text(id, digest)),
    });
  }

  #file(id: string): string {
    return path.join(this.#layout.draft(id), 'draft.json');
  }

  #text(id: string, digest: string): string {
    return path.join(this.#layout.draft(id), 'texts', digest);
  }
}
