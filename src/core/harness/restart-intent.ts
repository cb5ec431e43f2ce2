import * as z from 'zod';
import { harnessIdSchema, timeSchema } from './identifiers.ts';
import { installedVersionSchema } from './state.ts';

/** Variables of the environment that an intent may hold; everything else stays with the process (R13). */
export const INTENT_ENVIRONMENT = [
  'COLORTERM',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'NO_COLOR',
  'TERM',
  'TERM_PROGRAM',
  'TZ',
] as const;

/** A restart that was decided: written and durable before anything is stopped, removed when the new process answered. Mode 0600. */
export const restartIntentSchema = z.looseObject({
  schema_version: z.literal(1),
  intent_id: z.string().max(64),
  harness: harnessIdSchema,
  staged: installedVersionSchema.describe('what is started'),
  previous: installedVersionSchema.nullable().describe('what is returned to when that fails'),
  session_id: z.string().max(200),
  rollout_path: z
    .string()
    .max(4096)
    .nullable()
    .describe('the transcript, absolute; null where the program does not say'),
  cwd: z.string().max(4096),
  argv: z
    .array(z.string().max(32_768))
    .max(512)
    .describe('of the new process, with every flag that resuming does not restore'),
  environment: z.partialRecord(z.enum(INTENT_ENVIRONMENT), z.string().max(1000)),
  created_at: timeSchema,
  expires_at: timeSchema.describe('afterwards it is put aside and nothing is restarted'),
  owner: z.looseObject({
    uid: z.int().nullable(),
    host: z.string().max(255),
    supervisor_pid: z.int().positive(),
    supervisor_started_at: timeSchema,
  }),
  rollback: z
    .looseObject({ active: installedVersionSchema.nullable(), trial: z.int().min(0).max(2) })
    .describe('the pointer as it was, and how many starts of the new version failed'),
});
export type RestartIntent = z.infer<typeof restartIntentSchema>;
