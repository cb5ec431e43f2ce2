import * as z from 'zod';
import { verdicts } from './verdict.ts';

export const findingSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  next_step: z.string(),
  path: z.string(),
  field: z.string().exactOptional(),
});

const summarySchema = z.object({ mean: z.number(), stddev: z.number(), min: z.number(), max: z.number() });

const armSchema = z.object({
  /** The version that the baseline is; null for the candidate, which is none yet. */
  version: z.string().nullable(),
  tree_hash: z.string(),
  runs: z.int(),
  pass_rate: summarySchema,
  time_seconds: summarySchema,
  tokens: summarySchema,
});
export type ReplayArm = z.infer<typeof armSchema>;

/** Why there is no verdict. */
export const replayReasons = [
  'no_evals',
  'nothing_to_check',
  'no_model',
  'cancelled',
  'budget_tokens',
  'budget_cost',
  'budget_time',
  'model_failed',
  'grader_unusable',
] as const;
export type ReplayReason = (typeof replayReasons)[number];

/** `reports/<draft>/replay.json`: what the last replay of a draft found, bound to the exact content that it compared. */
export const replayReportSchema = z.looseObject({
  schema_version: z.literal(1),
  draft_id: z.string(),
  skill_name: z.string(),
  /** Of the candidate's whole tree: the report speaks of this content and of no other. */
  content_hash: z.string(),
  base_version: z.string(),
  base_tree_hash: z.string(),
  at: z.string(),
  by: z.string(),
  /** As it was chosen; null when there was none. */
  model: z.string().nullable(),
  /** `incomplete`: some runs are kept, and the next replay goes on from them. */
  status: z.enum(['completed', 'incomplete', 'not_run']),
  /** Null when it is complete. */
  reason: z.enum(replayReasons).nullable(),
  /** The code of what the model failed with, where it did. */
  error_code: z.string().nullable(),
  /** Null unless it is complete. */
  verdict: z.enum(verdicts).nullable(),
  evals: z.object({
    /** Whose `evals/evals.json` was used, for both arms: the draft's, or the current version's where the draft has none. */
    source: z.enum(['draft', 'local']).nullable(),
    from_skill: z.int(),
    recorded: z.int(),
  }),
  runs: z.object({
    planned: z.int(),
    finished: z.int(),
    /** Of the finished ones: made by an earlier replay of the same content. */
    kept: z.int(),
    per_eval: z.int(),
  }),
  /** Null until each arm has a run. */
  arms: z.object({ baseline: armSchema, candidate: armSchema }).nullable(),
  /** Of the pass rates, candidate − baseline, with its bootstrap interval. */
  difference: z
    .object({
      estimate: z.number(),
      low: z.number(),
      high: z.number(),
      confidence: z.number(),
      resamples: z.int(),
      /** What may be lost and still counts as no worse. */
      margin: z.number(),
    })
    .nullable(),
  /** By this replay, not by the runs that were kept. */
  spent: z.object({
    tokens: z.int(),
    tokens_estimated: z.boolean(),
    cost: z.number().nullable(),
    seconds: z.number(),
  }),
  findings: z.array(findingSchema),
});
export type ReplayReport = z.infer<typeof replayReportSchema>;
