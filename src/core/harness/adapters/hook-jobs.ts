import type { HookEvent } from '../hook-event.ts';
import type { NewJob } from '../job-registry.ts';

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The work behind a session that its program calls durable and gives the process of: what the registry of jobs is to look after. */
export function jobsOfHook(harness: string, { facts }: HookEvent): readonly NewJob[] {
  const { session_id, background_tasks } = facts;
  if (session_id === undefined) return [];
  return (background_tasks ?? []).flatMap(({ id, type, name, durable, pid }) =>
    durable === true && pid !== undefined && id !== undefined && ID.test(id)
      ? [
          {
            job_id: id,
            harness,
            session_id,
            kind: 'other' as const,
            label: `background ${name ?? type ?? 'task'}`.slice(0, 120),
            is_durable: true,
            pid,
          },
        ]
      : [],
  );
}
