import type { Blocker, RestartQuiescence } from '../../src/core/harness/blocker.ts';
import type { RunningSession } from '../../src/editor/model/harness-running.ts';

/** The record of a session of `acme`, as its supervisor keeps it. */
export function sessionRecord(parts: Partial<RunningSession> = {}): RunningSession {
  return {
    schema_version: 1,
    record_id: 'first000',
    harness: 'acme',
    version: '0.7.1',
    session_id: 'session-1',
    status: 'running',
    supervisor: { pid: 1, started_at: '2026-11-21T00:00:00Z' },
    cwd: '/home/harbour',
    started_at: '2026-11-21T00:00:00Z',
    socket: '/run/socket',
    quiescence: { status: 'ready' },
    notice: null,
    ...parts,
  };
}

export function blocked(...blockers: Blocker[]): RestartQuiescence {
  return { status: 'blocked', blockers };
}
