import * as z from 'zod';
import { type Blocker, quiescenceSchema } from '../../core/harness/blocker.ts';
import { harnessIdSchema, timeSchema } from '../../core/harness/identifiers.ts';
import type { Job } from '../../core/harness/job.ts';

/** What the editor reads of a session's record, `state/sessions/<record>.json`; its supervisor writes it. */
export const runningSessionSchema = z.looseObject({
  schema_version: z.literal(1),
  record_id: z.string().max(64),
  harness: harnessIdSchema,
  version: z.string().max(64).nullable(),
  session_id: z.string().max(200).nullable(),
  status: z.enum(['running', 'suspended', 'restarting']),
  supervisor: z.looseObject({ pid: z.int().positive(), started_at: timeSchema }),
  cwd: z.string().max(4096),
  started_at: timeSchema,
  socket: z.string().max(300),
  quiescence: quiescenceSchema.nullable(),
  notice: z.string().max(300).nullable(),
});
export type RunningSession = z.infer<typeof runningSessionSchema>;

/** What goes on behind the harnesses of this machine. */
export interface HarnessActivity {
  readonly sessions: readonly RunningSession[];
  readonly jobs: readonly Job[];
}

export const NO_ACTIVITY: HarnessActivity = { sessions: [], jobs: [] };

/** The records of sessions whose supervisor still runs, the oldest first; what is no record is left out. */
export function runningSessions(
  records: readonly unknown[],
  runs: (supervisor: RunningSession['supervisor']) => boolean,
): readonly RunningSession[] {
  return records
    .flatMap((record) => {
      const read = runningSessionSchema.safeParse(record);
      return read.success && runs(read.data.supervisor) ? [read.data] : [];
    })
    .sort((a, b) => a.started_at.localeCompare(b.started_at) || a.record_id.localeCompare(b.record_id));
}

/** What keeps a session from being restarted; nothing where it is quiet, or nothing is known yet. */
export function blockersOf({ quiescence }: RunningSession): readonly Blocker[] {
  return quiescence?.status === 'blocked' ? quiescence.blockers : [];
}
