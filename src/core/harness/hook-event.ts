import * as z from 'zod';
import { timeSchema } from './identifiers.ts';

const word = z.string().max(200);

/** What of a hook's payload is passed on: names, ids and paths. What was said, and what a tool is given or answers, stays where it is. */
export const hookFactsSchema = z.looseObject({
  session_id: word.optional(),
  turn_id: word.optional(),
  prompt_id: word.optional(),
  transcript_path: z.string().max(4096).optional(),
  cwd: z.string().max(4096).optional(),
  tool_name: word.optional(),
  tool_use_id: word.optional(),
  call_id: word.optional(),
  agent_id: word.optional(),
  agent_type: word.optional(),
  source: word.optional(),
  reason: word.optional(),
  trigger: word.optional(),
  error: word.optional(),
  notification_type: word.optional(),
  permission_mode: word.optional(),
  model: word.optional(),
  stop_hook_active: z.boolean().optional(),
  background_tasks: z
    .array(
      z.looseObject({
        id: word.optional(),
        type: word.optional(),
        name: word.optional(),
        status: word.optional(),
        durable: z.boolean().optional(),
        pid: z.int().positive().optional(),
      }),
    )
    .max(1000)
    .optional(),
  session_crons: z
    .array(
      z.looseObject({ id: word.optional(), schedule: word.optional(), recurring: z.boolean().optional() }),
    )
    .max(1000)
    .optional(),
});
export type HookFacts = z.infer<typeof hookFactsSchema>;

/** The members of a `hook_event` beside its type. The supervisor knows which harness it started, and reads them as its adapter says. */
export const HOOK_EVENT_SHAPE = {
  event: z.string().max(64).describe('as the harness names it'),
  at: timeSchema,
  facts: hookFactsSchema,
} as const;

export const hookEventSchema = z.looseObject(HOOK_EVENT_SHAPE);
export type HookEvent = z.infer<typeof hookEventSchema>;
