import * as z from 'zod';
import { BeaverError } from '../../base/errors.ts';
import { canonicalJsonLine, type JsonValue } from '../../base/json.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';
import { parseStored } from '../stored-json.ts';

export const mergeModes = ['unchanged', 'already_applied', 'fast_forward', 'three_way'] as const;
export type MergeMode = (typeof mergeModes)[number];

/** Decided by tree hashes alone. `unchanged` when upstream brought nothing new, whatever became of the local side. */
export function classifyPluginSkillUpdate(base: string, local: string, upstream: string): MergeMode {
  if (base === upstream) return 'unchanged';
  if (local === upstream) return 'already_applied';
  return local === base ? 'fast_forward' : 'three_way';
}

const updateEvidence = z.looseObject({
  plugin_id: z.string(),
  plugin_version: z.string().nullable(),
  skill_name: z.string(),
  merge_mode: z.enum(mergeModes),
  base_upstream_tree_hash: z.string(),
  new_upstream_tree_hash: z.string(),
  local_version: z.string(),
});
export type UpdateEvidence = z.infer<typeof updateEvidence>;

const revision = {
  plugin_id: z.string().nullable(),
  skill_name: z.string(),
  merge_mode: z.enum(mergeModes),
  base_version: z.string(),
  local_version: z.string(),
};

/** A captured edit that was made on a version which is no longer current: B is `base_version`, U the `captured_version`. */
const capturedEvidence = z.looseObject({ ...revision, captured_version: z.string() });

/** What a person, an agent or another program wants the skill to be: B is `base_version`, U the tree kept in the store under {@link PROPOSALS}. */
const proposedEvidence = z.looseObject({
  ...revision,
  captured_version: z.null().default(null),
  proposed_tree_hash: z.string(),
  proposed_by: z.string().default(''),
  proposed_through: z.string().default(''),
  proposal_reason: z.string().default(''),
});
export type ProposedEvidence = z.infer<typeof proposedEvidence>;

const revisionEvidence = z.union([capturedEvidence, proposedEvidence]);
export type RevisionEvidence = z.infer<typeof revisionEvidence>;

/** Where the trees of proposals are kept, beside those of plugins: no plugin can have this id. */
export const PROPOSALS = '_proposals';

export const candidateStatuses = ['open', 'drafted', 'ready', 'published', 'rejected', 'superseded'] as const;
export type CandidateStatus = (typeof candidateStatuses)[number];

const common = {
  schema_version: z.literal(1).default(1),
  candidate_id: z.string(),
  skill_name: z.string(),
  status: z.enum(candidateStatuses).default('open'),
  priority: z.number().default(0),
  confidence: z.number().default(0),
  trigger_reason: z.string().default(''),
  draft_id: z.string().nullable().default(null),
  /** Of the draft as it was last settled; null without a draft. */
  open_conflicts: z.number().nullable().default(null),
  published_version: z.string().nullable().default(null),
  superseded_by: z.string().nullable().default(null),
  created_at: z.string().default(''),
  updated_at: z.string().default(''),
};

/** References and hashes only: the text of a skill is never copied into a candidate. */
export const candidateSchema = z.discriminatedUnion('kind', [
  z.looseObject({ ...common, kind: z.literal('plugin_skill_update'), evidence: updateEvidence }),
  z.looseObject({ ...common, kind: z.literal('skill_revision'), evidence: revisionEvidence }),
]);
export type Candidate = z.infer<typeof candidateSchema>;

/** A kind that this version does not know (of a backend that shares the folder) is kept as it is and not shown. */
const foreignSchema = z.looseObject({ candidate_id: z.string(), kind: z.string() });

export function isPending(candidate: Candidate): boolean {
  return candidate.status === 'open' || candidate.status === 'drafted' || candidate.status === 'ready';
}

export function pluginUpdateId(pluginId: string, skillName: string, newUpstreamTreeHash: string): string {
  return `plugin-update:${pluginId}:${skillName}:${newUpstreamTreeHash.slice(0, 12)}`;
}

export function revisionId(skillName: string, revisedTreeHash: string, baseVersion: string): string {
  return `skill-revision:${skillName}:${baseVersion}:${revisedTreeHash.slice(0, 12)}`;
}

/** The evidence of a candidate that was proposed; undefined for a release of a plugin and for a captured edit. */
export function proposedBy(candidate: Candidate): ProposedEvidence | undefined {
  if (candidate.kind !== 'skill_revision' || candidate.evidence.captured_version !== null) return undefined;
  return candidate.evidence;
}

/** `candidates.jsonl` in memory: read once under the write lock, changed, and written back as one step of a transaction. */
export class CandidateBook {
  readonly #records: Map<string, Candidate>;
  readonly #foreign: readonly string[];
  readonly #layout: WorkspaceLayout;
  #changed = false;

  private constructor(layout: WorkspaceLayout, records: Map<string, Candidate>, foreign: readonly string[]) {
    this.#layout = layout;
    this.#records = records;
    this.#foreign = foreign;
  }

  /** @throws BeaverError `stored_file_unreadable` or `schema_newer` for a line that is neither ours nor of a foreign kind. */
  static async read(files: FileSystem, layout: WorkspaceLayout): Promise<CandidateBook> {
    const bytes = await files.readFile(layout.candidates);
    const records = new Map<string, Candidate>();
    const foreign: string[] = [];
    const kind = { name: 'list of updates', schemaVersion: 1 };
    for (const line of bytes === undefined ? [] : Buffer.from(bytes).toString('utf8').split('\n')) {
      if (line === '') continue;
      const known = parseStored(line, layout.display(layout.candidates), kind, foreignSchema);
      if (known.kind !== 'plugin_skill_update' && known.kind !== 'skill_revision') {
        foreign.push(line);
        continue;
      }
      const candidate = parseStored(line, layout.display(layout.candidates), kind, candidateSchema);
      records.set(candidate.candidate_id, candidate);
    }
    return new CandidateBook(layout, records, foreign);
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** Sorted by id. */
  all(): readonly Candidate[] {
    return [...this.#records.values()].sort((a, b) => (a.candidate_id < b.candidate_id ? -1 : 1));
  }

  find(candidateId: string): Candidate | undefined {
    return this.#records.get(candidateId);
  }

  /** @throws BeaverError `candidate_unknown`. */
  get(candidateId: string): Candidate {
    const candidate = this.find(candidateId);
    if (candidate !== undefined) return candidate;
    throw new BeaverError('candidate_unknown', `There is no update "${candidateId.slice(0, 120)}".`, {
      nextStep: 'Use "beaver updates list" to see the updates.',
      field: 'candidate_id',
    });
  }

  /** Adds it unless its id is there in any status. @returns what stands in the book now, and whether it is new. */
  recordIfAbsent(candidate: Candidate): readonly [Candidate, boolean] {
    const existing = this.#records.get(candidate.candidate_id);
    if (existing !== undefined) return [existing, false];
    this.#set(candidate);
    return [candidate, true];
  }

  update(candidateId: string, at: string, change: (candidate: Candidate) => Candidate): Candidate {
    const next = { ...change(this.get(candidateId)), updated_at: at };
    this.#set(next);
    return next;
  }

  /** The step that stores the book, sorted by id; none when nothing changed. */
  steps(): readonly TransactionStep[] {
    if (!this.#changed) return [];
    const lines = [
      ...this.#foreign,
      ...this.all().map((candidate) => canonicalJsonLine(candidate as unknown as JsonValue)),
    ];
    return [
      {
        kind: 'write',
        path: stepPath(this.#layout, this.#layout.candidates),
        text: lines.map((line) => `${line}\n`).join(''),
      },
    ];
  }

  #set(candidate: Candidate): void {
    this.#records.set(candidate.candidate_id, candidate);
    this.#changed = true;
  }
}
