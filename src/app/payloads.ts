import * as z from 'zod';
import { acknowledgementSchema } from '../core/learning/acknowledgements.ts';
import { gateStatuses } from '../core/learning/gate-report.ts';
import { replayReportSchema } from '../core/learning/replay/replay-report.ts';
import { reviewPolicies } from '../core/learning/review-policy.ts';
import { proposalSchema } from '../core/learning/synthesis/proposal.ts';
import { pluginPayloadSchema } from '../core/plugins/payload.ts';

export { pluginPayloadSchema as pluginPayload, type PluginPayload } from '../core/plugins/payload.ts';

/**
 * The JSON answers of the command line, and what the editor shows: one vocabulary for both. Lists are sorted, ids are stable,
 * no payload holds an absolute path, file content outside a merge, or a secret (invariant 9).
 */

/** A sentence's stable code and what fills it: for a front that says it in another language. */
const phrase = { code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) };

export const findingPayload = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  next_step: z.string(),
  path: z.string(),
  field: z.string().optional(),
});

export const pluginListPayload = z.object({
  plugins: z.array(pluginPayloadSchema),
  errors: z.array(findingPayload),
});
export type PluginListPayload = z.infer<typeof pluginListPayload>;

/** `deferred_lock_busy`: another process is writing; nothing was done and what is published stays in use. */
export const syncPayload = z.object({
  sync: z.object({
    status: z.enum(['synced', 'deferred_lock_busy']),
    mirrored: z.array(z.string()),
    candidates_created: z.array(z.string()),
    candidates_superseded: z.array(z.string()),
    already_applied: z.array(z.string()),
    reconciled: z.array(z.string()),
    captured: z.array(z.object({ skill_name: z.string(), version: z.string() })),
    /** What `beaver.gates.review` published without a person. */
    published: z.array(z.object({ skill_name: z.string(), version: z.string() })),
    findings: z.array(findingPayload),
  }),
  plugins: z.array(pluginPayloadSchema),
  errors: z.array(findingPayload),
});
export type SyncPayload = z.infer<typeof syncPayload>;

export const targetPayload = z.object({
  /** Display path of the skill's folder in a runtime target. */
  path: z.string(),
  state: z.enum(['in_sync', 'local_edits', 'missing', 'target_occupied', 'outdated']),
});

export const skillVersionPayload = z.object({
  version: z.string(),
  tree_hash: z.string(),
  content_hash: z.string(),
  created_at: z.string(),
  reason: z.string(),
  provenance: z.record(z.string(), z.unknown()),
});
export type SkillVersionPayload = z.infer<typeof skillVersionPayload>;

export const skillSummaryPayload = z.object({
  name: z.string(),
  /** Of the published index, which follows the frontmatter of SKILL.md; empty where it has none. */
  description: z.string(),
  source_kind: z.enum(['plugin', 'managed']),
  plugin_id: z.string().nullable(),
  status: z.enum(['active', 'disabled']),
  current_version: z.string(),
  tree_hash: z.string(),
});
export const skillListPayload = z.object({
  skills: z.array(skillSummaryPayload),
  errors: z.array(findingPayload),
});
export type SkillListPayload = z.infer<typeof skillListPayload>;

export const skillPayload = skillSummaryPayload.extend({
  content_hash: z.string(),
  provenance: z.record(z.string(), z.unknown()),
  lineage: z.array(z.string()),
  versions: z.array(skillVersionPayload),
  targets: z.array(targetPayload),
});
export type SkillPayload = z.infer<typeof skillPayload>;

export const skillHistoryPayload = z.object({
  history: z.array(
    z.object({
      at: z.string(),
      event: z.string(),
      skill_name: z.string(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type SkillHistoryPayload = z.infer<typeof skillHistoryPayload>;

/** The audit log of the workspace, oldest first. */
export const auditPayload = z.object({
  events: z.array(
    z.object({
      at: z.string(),
      event: z.string(),
      actor: z.string(),
      plugin_id: z.string().nullable(),
      skill_name: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type AuditPayload = z.infer<typeof auditPayload>;

export const capturePayload = z.object({
  captured: z.array(z.object({ skill_name: z.string(), version: z.string() })),
  findings: z.array(findingPayload),
});
export type CapturePayload = z.infer<typeof capturePayload>;

/** The one answer that holds text of a skill: that of the version which was asked for, as agents read it. */
export const skillContentPayload = z.object({
  skill: z.object({
    name: z.string(),
    description: z.string(),
    version: z.string(),
    current_version: z.string(),
    tree_hash: z.string(),
  }),
  files: z.array(
    z.object({
      path: z.string(),
      size: z.number(),
      executable: z.boolean(),
      /** Null for what is not UTF-8 text, or larger than can be told. */
      text: z.string().nullable(),
    }),
  ),
});
export type SkillContentPayload = z.infer<typeof skillContentPayload>;

/** What the last sync of a plugin or of one of its skills failed with. */
export const pluginFailurePayload = z.object({
  plugin_id: z.string(),
  /** Null for a failure of the plugin as a whole. */
  skill_name: z.string().nullable(),
  /** Null where another program wrote the failure and named no code. */
  code: z.string().nullable(),
  message: z.string(),
});
export type PluginFailurePayload = z.infer<typeof pluginFailurePayload>;

export const mergeMode = z.enum(['unchanged', 'already_applied', 'fast_forward', 'three_way']);
export const candidateStatus = z.enum(['open', 'drafted', 'ready', 'published', 'rejected', 'superseded']);

export const updatePayload = z.object({
  candidate_id: z.string(),
  plugin_id: z.string().nullable(),
  plugin_version: z.string().nullable(),
  skill_name: z.string(),
  kind: z.enum(['plugin_skill_update', 'skill_revision']),
  merge_mode: mergeMode,
  status: candidateStatus,
  draft_id: z.string().nullable(),
  /** Conflicts still open in the draft; null without a draft. */
  conflicts: z.number().nullable(),
  /** The skill has become another version since the draft was made: what is said of the draft is out of date, and it is to be made again. */
  stale: z.boolean(),
  /** The published version, where there is one. */
  version: z.string().nullable(),
  /** Why a revision was proposed, in its author's words; null for whatever was not proposed. */
  reason: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type UpdatePayload = z.infer<typeof updatePayload>;
export const updateListPayload = z.object({ updates: z.array(updatePayload) });
export type UpdateListPayload = z.infer<typeof updateListPayload>;

/** A revision that was proposed, and what became of it. */
export const proposalPayload = z.object({
  candidate_id: z.string(),
  skill_name: z.string(),
  status: candidateStatus,
  reason: z.string(),
  proposed_by: z.string(),
  proposed_through: z.string(),
  base_version: z.string(),
  merge_mode: mergeMode,
  draft_id: z.string().nullable(),
  /** Conflicts still open in the draft; null without a draft. */
  conflicts: z.number().nullable(),
  /** The version that it was published as. */
  version: z.string().nullable(),
  /** What a reviewer decided about the draft so far. */
  decision: z
    .object({
      decision: z.enum(['approved', 'rejected']),
      by: z.string(),
      at: z.string(),
      reason: z.string(),
    })
    .nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type ProposalPayload = z.infer<typeof proposalPayload>;
/** `created` is false where the same content was proposed on the same version before. */
export const proposedPayload = z.object({ proposal: proposalPayload, created: z.boolean() });
export type ProposedPayload = z.infer<typeof proposedPayload>;

export const draftConflictPayload = z.object({
  /** `c3` in SKILL.md; a supporting file's conflicts are `<path>#c3`, or `<path>` when the whole file is in conflict. */
  id: z.string(),
  file: z.string(),
  base: z.string().nullable(),
  local: z.string().nullable(),
  upstream: z.string().nullable(),
});

export const gateFindingPayload = findingPayload.extend({
  /** Code of `message`; `code` is the rule. */
  phrase: z.string(),
  params: phrase.params,
  /** Zero-based, the end exclusive; null for a finding about a whole file. */
  span: z
    .object({ line: z.number(), column: z.number(), end_line: z.number(), end_column: z.number() })
    .nullable(),
  acknowledgement: z.enum(['none', 'needed', 'given']),
});
export type GateFindingPayload = z.infer<typeof gateFindingPayload>;

export const gatePayload = z.object({
  gate: z.string(),
  /** `failed` and `needs_acknowledgement` keep the draft from being approved and published. */
  status: z.enum(gateStatuses),
  reason: z.string(),
  ...phrase,
  findings: z.array(gateFindingPayload),
});
export type GatePayload = z.infer<typeof gatePayload>;

/** What the last replay of a draft found: the report as it is stored. */
export const replayPayload = z.object(replayReportSchema.shape);
export type ReplayPayload = z.infer<typeof replayPayload>;

export const draftPayload = z.object({
  draft_id: z.string(),
  candidate_id: z.string(),
  proposal_kind: z.enum(['plugin_skill_update', 'skill_revision']),
  plugin_id: z.string().nullable(),
  skill_name: z.string(),
  base_version: z.string(),
  merge_mode: mergeMode,
  /** `conflicts` until all are resolved, `ready` for review, `approved` for exactly `content_hash`, `stale` when its base moved on. */
  status: z.enum(['conflicts', 'blocked', 'ready', 'approved', 'published', 'rejected', 'stale']),
  /** Digest over the whole proposed tree: what an approval is bound to. */
  content_hash: z.string(),
  conflicts: z.array(draftConflictPayload),
  files: z.array(
    z.object({
      path: z.string(),
      source: z.enum(['base', 'local', 'upstream', 'merged', 'resolved', 'conflict', 'removed']),
      reason: z.string(),
      ...phrase,
    }),
  ),
  gates: z.array(gatePayload),
  /** Null where none was run on exactly this content. */
  replay: replayPayload.nullable(),
  review: z
    .object({
      decision: z.enum(['approved', 'rejected']),
      by: z.string(),
      at: z.string(),
      reason: z.string(),
      /** The policy that approved in a person's place; null where a person did. */
      policy: z.enum(reviewPolicies).exclude(['always']).nullable(),
      content_hash: z.string(),
    })
    .nullable(),
  /** Who took on what the update adds, for which content; for another content it says nothing. */
  acknowledgements: z.array(acknowledgementSchema),
  provenance: z.record(z.string(), z.unknown()),
});
export type DraftPayload = z.infer<typeof draftPayload>;

/** What a model proposed for the conflicts of a draft's SKILL.md: what is stored, without what only Beaver compares. */
export const mergeProposalPayload = z
  .object(proposalSchema.shape)
  .omit({ schema_version: true, fingerprint: true, answer_digest: true })
  .extend({
    /** SKILL.md with every proposal in place; null where one is missing. */
    text: z.string().nullable(),
  });
export type MergeProposalPayload = z.infer<typeof mergeProposalPayload>;

export const publishedPayload = z.object({
  published: z.object({ skill_name: z.string(), version: z.string(), tree_hash: z.string() }),
  findings: z.array(findingPayload),
});
export type PublishedPayload = z.infer<typeof publishedPayload>;

export const mergePayload = z.object({
  text: z.string(),
  conflicts: z.array(z.object({ id: z.string(), base: z.string(), local: z.string(), upstream: z.string() })),
  decisions: z.array(
    z.object({
      chunk: z.string(),
      region: z.string(),
      origin: z.enum(['local', 'upstream', 'both']),
      reason: z.string(),
      ...phrase,
    }),
  ),
});
export type MergePayload = z.infer<typeof mergePayload>;

export const doctorPayload = z.object({
  findings: z.array(findingPayload),
  /** Codes of the findings that `--fix` removed. */
  fixed: z.array(z.string()),
});
export type DoctorPayload = z.infer<typeof doctorPayload>;

export const errorPayload = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    next_step: z.string(),
    field: z.string().optional(),
  }),
});
