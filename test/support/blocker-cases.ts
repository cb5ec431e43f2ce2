import type { BlockerKind, SignalSource } from '../../src/core/harness/blocker.ts';
import { QUIET_POLICY } from '../../src/core/harness/quiescence.ts';
import type { Said } from './turn-history.ts';

export interface BlockerCase {
  readonly id: string;
  readonly kind: BlockerKind;
  readonly source: SignalSource;
  readonly subject: string | null;
  /** What is told when it begins, and when it is over. */
  readonly begin: readonly Said[];
  readonly end: readonly Said[];
  /** Milliseconds that must pass as well until it is over. */
  readonly wait?: number;
  /** What else it cannot be without. */
  readonly beside?: readonly BlockerKind[];
}

const item = (
  id: string,
  kind: BlockerKind,
  [begins, ends]: readonly [Said['event'], Said['event']],
  beside: readonly BlockerKind[] = ['model_streaming'],
): BlockerCase => ({
  id,
  kind,
  source: 'hook',
  subject: id,
  begin: [{ event: begins, id: `${id}-1`, subject: id }],
  end: [{ event: ends, id: `${id}-1` }],
  beside,
});

const condition = (id: string, kind: BlockerKind, source: SignalSource, subject: string | null = null) =>
  ({
    id,
    kind,
    source,
    subject,
    begin: [{ event: 'condition_set', condition: kind, source, subject }],
    end: [{ event: 'condition_cleared', condition: kind, source, subject }],
  }) satisfies BlockerCase;

/** Each blocker in the way that it most often comes about, so that any two of them can hold at once. */
export const BLOCKER_CASES: readonly BlockerCase[] = [
  {
    id: 'Q01',
    kind: 'model_streaming',
    source: 'hook',
    subject: null,
    begin: [{ event: 'prompt_submitted', turn_id: 'two' }],
    end: [{ event: 'turn_ended', turn_id: 'two' }],
  },
  item('Q02', 'tool_running', ['tool_started', 'tool_ended']),
  item('Q03', 'permission_prompt', ['permission_asked', 'permission_answered']),
  item('Q04', 'question_open', ['question_asked', 'question_answered']),
  item('Q05', 'tool_callback', ['callback_started', 'callback_ended']),
  condition('Q06', 'queued_prompt', 'app_server'),
  {
    id: 'Q07',
    kind: 'unsent_draft',
    source: 'terminal',
    subject: null,
    begin: [{ event: 'keys_typed', source: 'terminal' }],
    end: [{ event: 'draft_cleared', source: 'terminal' }],
  },
  item('Q08', 'compaction', ['compaction_started', 'compaction_ended'], []),
  condition('Q09', 'auto_continuation', 'app_server', 'goal'),
  item('Q10', 'subagent_running', ['subagent_started', 'subagent_ended'], []),
  {
    id: 'Q11',
    kind: 'background_task',
    source: 'job_registry',
    subject: 'background review',
    begin: [
      {
        event: 'jobs_seen',
        source: 'job_registry',
        background_tasks: [{ id: 'job', label: 'background review', durable: false }],
      },
    ],
    end: [{ event: 'task_ended', source: 'job_registry', id: 'job' }],
  },
  condition('Q12', 'scheduled_wakeup', 'hook', 'cron-1'),
  {
    id: 'Q13',
    kind: 'unflushed_transcript',
    source: 'transcript',
    subject: null,
    begin: [{ event: 'transcript_changed', source: 'transcript' }],
    end: [{ event: 'transcript_flushed', source: 'transcript' }],
  },
  condition('Q14', 'shutdown_in_progress', 'supervisor'),
  condition('Q15', 'incompatible_schema', 'supervisor'),
  condition('Q16', 'other_client_attached', 'supervisor', 'remote control'),
  condition('Q17', 'restart_elsewhere', 'supervisor'),
  {
    id: 'Q18',
    kind: 'user_typing',
    source: 'terminal',
    subject: null,
    begin: [{ event: 'draft_cleared', source: 'terminal' }],
    end: [],
    wait: QUIET_POLICY.typing,
  },
  condition('Q19', 'child_owns_terminal', 'terminal', 'vim'),
  condition('Q20', 'session_not_persisted', 'supervisor'),
  condition('Q21', 'one_shot', 'supervisor'),
  condition('Q22', 'unknown_state', 'supervisor', 'signals'),
  condition('Q23', 'waiting_after_error', 'app_server', 'rate_limit'),
  {
    id: 'Q24',
    kind: 'user_interrupt',
    source: 'terminal',
    subject: null,
    begin: [
      { event: 'prompt_submitted', turn_id: 'two' },
      { event: 'interrupt_pressed', source: 'terminal' },
    ],
    end: [{ event: 'turn_interrupted', source: 'app_server' }],
    beside: ['model_streaming'],
  },
  condition('Q25', 'repository_busy', 'supervisor', 'rebase'),
];
