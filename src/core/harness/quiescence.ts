import {
  type Blocker,
  BLOCKER_KINDS,
  type BlockerKind,
  type RestartQuiescence,
  type SignalSource,
} from './blocker.ts';
import type { OpenKind, TurnState } from './turn-state.ts';

/** How long nothing may happen before that means something. Milliseconds. */
export interface QuietPolicy {
  /** After the end of a turn, and after the last output: hooks arrive late, and what ends may be made to go on. */
  readonly settle: number;
  /** After the last key. */
  readonly typing: number;
  /** After the end of a turn that had been made to go on once. */
  readonly continuation: number;
  /** After a turn that failed: the program may try again by itself. */
  readonly error: number;
  /** Without any signal in the middle of a turn. */
  readonly stale: number;
  /** Without output after an interrupt, which no hook tells of. */
  readonly interrupt: number;
  /** After the last output of the terminal; 0 for programs that never stop drawing. */
  readonly output: number;
  /** Wake-ups that are due within this time count as work. */
  readonly wakeup: number;
}

export const QUIET_POLICY: QuietPolicy = {
  settle: 1500,
  typing: 3000,
  continuation: 10_000,
  error: 60_000,
  stale: 900_000,
  interrupt: 10_000,
  output: 1500,
  wakeup: 300_000,
};

const OPEN_KINDS: Readonly<Record<OpenKind, BlockerKind>> = {
  tool: 'tool_running',
  permission: 'permission_prompt',
  question: 'question_open',
  callback: 'tool_callback',
  subagent: 'subagent_running',
  compaction: 'compaction',
};

/**
 * Whether the session may be restarted at `now` (milliseconds): everything that keeps it from that, by kind, source and since when, in the
 * order of the matrix. What is not known is `unknown_state`; its subject says what.
 */
export function restartQuiescence(
  state: TurnState,
  now: number,
  policy: QuietPolicy = QUIET_POLICY,
): RestartQuiescence {
  const blockers = [
    ...ofFacts(state),
    ...ofPhase(state, now, policy),
    ...state.open.map((item) => blocker(OPEN_KINDS[item.kind], item.source, item.since, item.subject)),
    ...ofTerminal(state, now, policy),
    ...ofWorkBehind(state, now, policy),
    ...state.conditions.map(({ kind, source, since, subject }) => blocker(kind, source, since, subject)),
  ];
  if (blockers.length === 0) return { status: 'ready' };
  const order = Object.keys(BLOCKER_KINDS);
  return {
    status: 'blocked',
    blockers: blockers.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
  };
}

/**
 * The last question before anything is stopped. Nothing may begin between it and the stop: it is only answered with yes while admission is
 * closed, and whatever begins opens that again.
 */
export function mayStop(state: TurnState, now: number, policy: QuietPolicy = QUIET_POLICY): boolean {
  return state.admission.kind === 'closed' && restartQuiescence(state, now, policy).status === 'ready';
}

function ofFacts({ facts, startedAt, phaseSince, phase }: TurnState): readonly Blocker[] {
  const found: Blocker[] = [];
  const say = (kind: BlockerKind, subject: string | null): void => {
    found.push(blocker(kind, 'supervisor', startedAt, subject));
  };
  if (facts.persisted !== true) {
    if (facts.persisted === false) say('session_not_persisted', null);
    else say('unknown_state', 'persistence');
  }
  if (!facts.interactive) say('one_shot', null);
  if (facts.schemaCompatible !== true) {
    if (facts.schemaCompatible === false) say('incompatible_schema', null);
    else say('unknown_state', 'schema');
  }
  if (!facts.terminalWatched) say('unknown_state', 'draft');
  if (!facts.signalled) say('unknown_state', 'signals');
  if (phase === 'over') found.push(blocker('shutdown_in_progress', 'hook', phaseSince, null));
  return found;
}

function ofPhase(state: TurnState, now: number, policy: QuietPolicy): readonly Blocker[] {
  const { phase, phaseSince, phaseSource } = state;
  switch (phase) {
    case 'unknown':
      return [blocker('unknown_state', phaseSource, phaseSince, 'no_signal')];
    case 'over':
      return [];
    case 'active':
      return ofTurn(state, now, policy);
    case 'idle': {
      const found: Blocker[] = [];
      const within = (since: number | null, window: number): since is number =>
        since !== null && now - since < window;
      if (within(phaseSince, policy.settle)) {
        found.push(blocker('unknown_state', phaseSource, phaseSince, 'settling'));
      }
      if (within(state.continuedAt, policy.continuation)) {
        found.push(blocker('auto_continuation', phaseSource, state.continuedAt, null));
      }
      if (within(state.failedAt, policy.error)) {
        found.push(blocker('waiting_after_error', phaseSource, state.failedAt, null));
      }
      if (state.submittedAt !== null) {
        found.push(blocker('unknown_state', 'terminal', state.submittedAt, 'submitted'));
      }
      return found;
    }
  }
}

function ofTurn(state: TurnState, now: number, policy: QuietPolicy): readonly Blocker[] {
  const { phaseSince, phaseSource, interruptedAt } = state;
  // Hooks are silent about interrupts: a terminal that stays quiet is the second source.
  const quietSince = Math.max(interruptedAt ?? now, state.outputAt ?? 0, state.lastSignalAt);
  if (interruptedAt !== null && state.facts.terminalWatched && now - quietSince >= policy.interrupt)
    return [];
  const found = [blocker('model_streaming', phaseSource, phaseSince, null)];
  if (interruptedAt !== null) found.push(blocker('user_interrupt', 'terminal', interruptedAt, null));
  if (now - state.lastSignalAt > policy.stale) {
    found.push(blocker('unknown_state', 'supervisor', state.lastSignalAt, 'no_signal'));
  }
  return found;
}

function ofTerminal(state: TurnState, now: number, policy: QuietPolicy): readonly Blocker[] {
  const found: Blocker[] = [];
  if (state.queuedAt !== null && (state.phase !== 'idle' || now - state.phaseSince < 2 * policy.settle)) {
    found.push(blocker('queued_prompt', 'terminal', state.queuedAt, null));
  }
  if (state.draftSince !== null) found.push(blocker('unsent_draft', 'terminal', state.draftSince, null));
  if (state.keysAt !== null && now - state.keysAt < policy.typing) {
    found.push(blocker('user_typing', 'terminal', state.keysAt, null));
  }
  if (state.outputAt !== null && now - state.outputAt < policy.output) {
    found.push(blocker('unknown_state', 'terminal', state.outputAt, 'output'));
  }
  if (state.unflushed !== null) {
    found.push(blocker('unflushed_transcript', 'transcript', state.unflushed.since, null));
  }
  return found;
}

function ofWorkBehind(state: TurnState, now: number, policy: QuietPolicy): readonly Blocker[] {
  const { jobs } = state;
  const found: Blocker[] = [];
  if (jobs === null) found.push(blocker('unknown_state', 'job_registry', state.startedAt, 'jobs'));
  for (const task of state.tasks) {
    // What a harness calls durable survives only if the registry knows its process too.
    const job = jobs?.find(({ id }) => id === task.id);
    if (job?.durable !== true) found.push(blocker('background_task', task.source, task.since, task.label));
  }
  for (const job of jobs ?? []) {
    if (job.durable || state.tasks.some(({ id }) => id === job.id)) continue;
    found.push(blocker('background_task', 'job_registry', job.since, job.label));
  }
  for (const { id, due_at, since } of state.wakeups) {
    if (due_at !== null && Date.parse(due_at) - now > policy.wakeup) continue;
    found.push(blocker('scheduled_wakeup', 'hook', since, id));
  }
  return found;
}

function blocker(kind: BlockerKind, source: SignalSource, since: number, subject: string | null): Blocker {
  return { kind, source, since: new Date(since).toISOString(), subject };
}
