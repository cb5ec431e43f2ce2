import * as z from 'zod';
import { blockerKindSchema, signalSourceSchema } from './blocker.ts';
import { timeSchema } from './identifiers.ts';

/** Whatever can be known of a session while it runs. */
export const TURN_EVENTS = [
  'session_started',
  'session_ended',
  'prompt_submitted',
  'turn_ended',
  'turn_failed',
  'turn_interrupted',
  'idle_confirmed',
  'tool_started',
  'tool_ended',
  'permission_asked',
  'permission_answered',
  'question_asked',
  'question_answered',
  'callback_started',
  'callback_ended',
  'subagent_started',
  'subagent_ended',
  'compaction_started',
  'compaction_ended',
  'task_ended',
  'jobs_seen',
  'condition_set',
  'condition_cleared',
  'keys_typed',
  'input_submitted',
  'draft_cleared',
  'interrupt_pressed',
  'output_seen',
  'transcript_changed',
  'transcript_flushed',
  'admission_closed',
  'admission_opened',
] as const;
export type TurnEvent = (typeof TURN_EVENTS)[number];

const name = z.string().max(200);

/** Work behind a session, as a harness or the registry of jobs lists it. */
export const taskSchema = z.looseObject({
  id: name,
  label: name.describe('what a person is shown: its kind and name, never its command'),
  durable: z.boolean().describe('known to outlive its session'),
});
export type BackgroundTask = z.infer<typeof taskSchema>;

export const wakeupSchema = z.looseObject({
  id: name,
  due_at: timeSchema.nullable().describe('null where it cannot be told; then it counts as due'),
});
export type Wakeup = z.infer<typeof wakeupSchema>;

/** The members of a `turn_signal` beside its type. */
export const TURN_SIGNAL_SHAPE = {
  session_id: name.nullable().describe('null: of the session that the terminal shows'),
  source: signalSourceSchema,
  event: z.enum(TURN_EVENTS),
  at: timeSchema,
  turn_id: name.nullable(),
  id: name.nullable().describe('the same where something begins and where it ends'),
  subject: name.nullable().describe('which tool, job or reason; a name, never content'),
  condition: blockerKindSchema.nullable().describe('of condition_set and condition_cleared'),
  continued: z.boolean().describe('of turn_ended: something made the turn go on after its end before'),
  open_ids: z
    .array(name)
    .max(1000)
    .nullable()
    .describe('what the source sees open; everything else in the foreground is over. Null: it does not say'),
  background_tasks: z.array(taskSchema).max(1000).nullable().describe('null where the source does not say'),
  wakeups: z.array(wakeupSchema).max(1000).nullable(),
} as const;

export const turnSignalSchema = z.looseObject(TURN_SIGNAL_SHAPE);
export type TurnSignal = z.infer<typeof turnSignalSchema>;

/** A signal with nothing said of what is not given. */
export function turnSignal(
  said: Pick<TurnSignal, 'source' | 'event' | 'at'> & Partial<TurnSignal>,
): TurnSignal {
  return {
    session_id: null,
    turn_id: null,
    id: null,
    subject: null,
    condition: null,
    continued: false,
    open_ids: null,
    background_tasks: null,
    wakeups: null,
    ...said,
  };
}
