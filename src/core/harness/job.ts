import * as z from 'zod';
import { harnessIdSchema, timeSchema } from './identifiers.ts';

/** Work that goes on behind a session: `state/jobs/<job>.json`. */
export const jobSchema = z.looseObject({
  schema_version: z.literal(1),
  job_id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  harness: harnessIdSchema,
  session_id: z.string().max(200),
  kind: z.enum(['review', 'exec', 'agent', 'monitor', 'other']),
  label: z.string().max(120).describe('what a person is shown; no arguments'),
  is_durable: z.boolean().describe('survives the end of its session; anything else blocks a restart'),
  process: z
    .looseObject({ pid: z.int().positive(), started_at: timeSchema })
    .nullable()
    .describe('both must match before a job is adopted: numbers of processes are used again'),
  status: z.enum(['running', 'finished', 'failed', 'lost']),
  started_at: timeSchema,
  ended_at: timeSchema.nullable(),
  exit_code: z.int().nullable(),
});
export type Job = z.infer<typeof jobSchema>;
