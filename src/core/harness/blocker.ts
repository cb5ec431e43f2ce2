import * as z from 'zod';
import { timeSchema } from './identifiers.ts';

/** Everything that keeps a session from being restarted, by what a person would call it. The numbers are those of the test matrix. */
export const BLOCKER_KINDS = {
  model_streaming: 'Q01',
  tool_running: 'Q02',
  permission_prompt: 'Q03',
  question_open: 'Q04',
  tool_callback: 'Q05',
  queued_prompt: 'Q06',
  unsent_draft: 'Q07',
  compaction: 'Q08',
  auto_continuation: 'Q09',
  subagent_running: 'Q10',
  background_task: 'Q11',
  scheduled_wakeup: 'Q12',
  unflushed_transcript: 'Q13',
  shutdown_in_progress: 'Q14',
  incompatible_schema: 'Q15',
  other_client_attached: 'Q16',
  restart_elsewhere: 'Q17',
  user_typing: 'Q18',
  child_owns_terminal: 'Q19',
  session_not_persisted: 'Q20',
  one_shot: 'Q21',
  unknown_state: 'Q22',
  waiting_after_error: 'Q23',
  user_interrupt: 'Q24',
  repository_busy: 'Q25',
} as const;
export type BlockerKind = keyof typeof BLOCKER_KINDS;

export const blockerKindSchema = z.enum(Object.keys(BLOCKER_KINDS) as [BlockerKind, ...BlockerKind[]]);

/** Who knows it. */
export const signalSourceSchema = z.enum([
  'hook',
  'app_server',
  'transcript',
  'terminal',
  'job_registry',
  'supervisor',
]);
export type SignalSource = z.infer<typeof signalSourceSchema>;

export const blockerSchema = z.looseObject({
  kind: blockerKindSchema,
  source: signalSourceSchema,
  since: timeSchema,
  subject: z.string().max(200).nullable().describe('which tool, job or task; a name, never content'),
});
export type Blocker = z.infer<typeof blockerSchema>;

/** Whether a session may be restarted now. What is not known blocks. */
export const quiescenceSchema = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('ready') }),
  z.looseObject({ status: z.literal('blocked'), blockers: z.array(blockerSchema).min(1) }),
]);
export type RestartQuiescence = z.infer<typeof quiescenceSchema>;
