import type { SignalSource } from './blocker.ts';
import type { TurnSignal } from './turn-signal.ts';
import type { OpenItem, Phase, TurnState } from './turn-state.ts';

/** How many ended turns and items are remembered. */
const MEMORY = 256;

export function sessionStarted(state: TurnState, signal: TurnSignal, at: number): TurnState {
  const id = signal.session_id ?? state.sessionId;
  const another = state.sessionId !== null && id !== state.sessionId;
  // A compaction starts its own session anew, perhaps in the middle of a turn.
  if (!another && state.phase === 'active') return close(state, (item) => item.kind === 'compaction');
  const settled = phase(
    { ...state, sessionId: id, failedAt: null, interruptedAt: null },
    'idle',
    signal.source,
    at,
  );
  if (!another) return close(settled, (item) => item.kind === 'compaction');
  return {
    ...settled,
    generation: state.generation + 1,
    turnId: null,
    open: [],
    closed: [],
    wakeups: [],
    continuedAt: null,
    unflushed: null,
  };
}

export function promptSubmitted(state: TurnState, signal: TurnSignal, at: number): TurnState {
  const again = state.phase === 'active' && signal.turn_id !== null && signal.turn_id === state.turnId;
  if (again || isLate(state, signal, at)) return state;
  return { ...turnBegun(state, signal, at), phaseSince: at, submittedAt: null, queuedAt: null };
}

/** The turn that a signal speaks of is the one that runs from now on; it may have ended before, and been made to go on. */
export function turnBegun(state: TurnState, signal: TurnSignal, at: number): TurnState {
  const { turn_id } = signal;
  const running = state.phase === 'active';
  const same = running || (turn_id !== null && turn_id === state.turnId);
  const superseded = turn_id !== null && turn_id !== state.turnId ? state.turnId : null;
  return {
    ...(running ? state : phase(state, 'active', signal.source, at)),
    turn: same ? state.turn : state.turn + 1,
    turnId: turn_id ?? (same ? state.turnId : null),
    endedTurns: remembered(state.endedTurns, superseded),
    unflushed: unflushed(state, at),
    continuedAt: null,
    failedAt: null,
    interruptedAt: null,
  };
}

export function turnEnded(state: TurnState, signal: TurnSignal, at: number): TurnState {
  if (state.phase === 'over') return state;
  const named = signal.turn_id !== null && signal.turn_id === state.turnId;
  // Of a turn before this one: its end came late, or twice. Where the clock was set back, this waits for the next end.
  if (!named && (at < state.phaseSince || hasEnded(state, signal.turn_id))) return state;
  return {
    ...phase(state, 'idle', signal.source, at),
    endedTurns: remembered(state.endedTurns, signal.turn_id ?? state.turnId),
    // What a turn before this one left open is over: its end got lost. What this one left open contradicts its end, and stays.
    open: state.open.filter(
      (item) => item.turn >= state.turn || (item.kind === 'subagent' && signal.background_tasks === null),
    ),
    tasks:
      signal.background_tasks === null
        ? state.tasks
        : kept(state.tasks, signal.background_tasks, at).map((task) => ({ ...task, source: signal.source })),
    wakeups: signal.wakeups === null ? state.wakeups : kept(state.wakeups, signal.wakeups, at),
    unflushed: unflushed(state, at),
    continuedAt: signal.continued ? at : null,
    failedAt: signal.event === 'turn_failed' ? at : null,
    interruptedAt: null,
    submittedAt: null,
  };
}

/** A second source saw that nothing runs. Its own word about what is open is the only one that closes anything. */
export function idleConfirmed(state: TurnState, signal: TurnSignal, at: number): TurnState {
  if (state.phase === 'over' || (state.phase === 'active' && at < state.phaseSince)) return state;
  const seen = signal.open_ids;
  const idle =
    state.phase === 'idle'
      ? state
      : {
          ...phase(state, 'idle', signal.source, at),
          endedTurns: remembered(state.endedTurns, state.turnId),
        };
  const rest =
    seen === null
      ? idle
      : // What began after it was seen, the source cannot have seen.
        close(idle, ({ kind, id, since }) => kind !== 'subagent' && since <= at && !seen.includes(id));
  const answered = state.submittedAt !== null && at >= state.submittedAt;
  return { ...rest, interruptedAt: null, submittedAt: answered ? null : state.submittedAt };
}

/** Of a turn that ended before: sent then, and only seen now. What a turn does after its end makes it go on. */
export function isLate(state: TurnState, signal: TurnSignal, at: number): boolean {
  return hasEnded(state, signal.turn_id) && (signal.turn_id !== state.turnId || at <= state.phaseSince);
}

function hasEnded(state: TurnState, turnId: string | null): boolean {
  return turnId !== null && state.endedTurns.includes(turnId);
}

export function unflushed(state: TurnState, at: number): TurnState['unflushed'] {
  return { since: state.unflushed?.since ?? at, last: Math.max(state.unflushed?.last ?? at, at) };
}

export function close(state: TurnState, over: (item: OpenItem) => boolean): TurnState {
  return { ...state, open: state.open.filter((item) => !over(item)) };
}

export function phase(state: TurnState, to: Phase, source: SignalSource, at: number): TurnState {
  return { ...state, phase: to, phaseSince: at, phaseSource: source };
}

export function remembered(list: readonly string[], entry: string | null): readonly string[] {
  return entry === null || list.includes(entry) ? list : [...list, entry].slice(-MEMORY);
}

/** `now`, each since when it was seen first. */
export function kept<T extends { readonly id: string }>(
  before: readonly { readonly id: string; readonly since: number }[],
  now: readonly T[],
  at: number,
): readonly (T & { readonly since: number })[] {
  return now.map((one) => ({ ...one, since: before.find(({ id }) => id === one.id)?.since ?? at }));
}
