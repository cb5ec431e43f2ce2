import * as z from 'zod';
import { quiescenceSchema } from './blocker.ts';
import { timeSchema, versionSchema } from './identifiers.ts';

const message = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.looseObject({ schema_version: z.literal(1), type: z.literal(type), ...shape });

const session = { session_id: z.string().max(200) };

/**
 * What a supervisor, its hooks and the command line say to each other on a socket of the person alone: one message a line. Unknown types
 * are answered with `refused`, unknown keys are kept.
 */
export const controlMessageSchema = z.discriminatedUnion('type', [
  message('turn_signal', {
    ...session,
    event: z.enum([
      'session_started',
      'session_ended',
      'prompt_submitted',
      'tool_started',
      'tool_ended',
      'permission_asked',
      'permission_answered',
      'question_asked',
      'question_answered',
      'subagent_started',
      'subagent_ended',
      'compaction_started',
      'compaction_ended',
      'turn_ended',
      'turn_failed',
    ]),
    subject: z.string().max(200).nullable(),
    background_tasks: z.int().min(0).nullable().describe('null where the harness does not say'),
    at: timeSchema,
  }),
  message('status_query', {}),
  message('status', { ...session, version: versionSchema, quiescence: quiescenceSchema }),
  message('restart_request', { ...session, when: z.enum(['now_if_ready', 'after_turn']) }),
  message('restart_deferred', { ...session, quiescence: quiescenceSchema }),
  message('admission', { ...session, open: z.boolean() }),
  message('flush_request', { ...session, deadline: timeSchema }),
  message('flushed', { ...session, transcript_bytes: z.int().min(0) }),
  message('health', { ...session, version: versionSchema }),
  message('refused', { code: z.string().max(64), detail: z.string().max(300) }),
]);
export type ControlMessage = z.infer<typeof controlMessageSchema>;
