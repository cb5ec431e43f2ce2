import * as z from 'zod';
import { quiescenceSchema } from './blocker.ts';
import { HOOK_EVENT_SHAPE } from './hook-event.ts';
import { timeSchema, versionSchema } from './identifiers.ts';
import { TURN_SIGNAL_SHAPE } from './turn-signal.ts';

const message = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.looseObject({ schema_version: z.literal(1), type: z.literal(type), ...shape });

const session = { session_id: z.string().max(200) };

/**
 * What a supervisor, its hooks and the command line say to each other on a socket of the person alone: one message a line. Unknown types
 * are answered with `refused`, unknown keys are kept.
 */
export const controlMessageSchema = z.discriminatedUnion('type', [
  message('turn_signal', TURN_SIGNAL_SHAPE),
  message('hook_event', HOOK_EVENT_SHAPE),
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
