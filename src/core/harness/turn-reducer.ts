import {
  close,
  idleConfirmed,
  isLate,
  kept,
  phase,
  promptSubmitted,
  remembered,
  sessionStarted,
  turnBegun,
  turnEnded,
  unflushed,
} from './turn-phase.ts';
import type { TurnEvent, TurnSignal } from './turn-signal.ts';
import type { OpenItem, OpenKind, TurnState } from './turn-state.ts';

/** What something that begins, and something that ends, is about. */
const BEGINS: Partial<Readonly<Record<TurnEvent, OpenKind>>> = {
  tool_started: 'tool',
  permission_asked: 'permission',
  question_asked: 'question',
  callback_started: 'callback',
  subagent_started: 'subagent',
  compaction_started: 'compaction',
};
const ENDS: Partial<Readonly<Record<TurnEvent, OpenKind>>> = {
  tool_ended: 'tool',
  permission_answered: 'permission',
  question_answered: 'question',
  callback_ended: 'callback',
  subagent_ended: 'subagent',
  compaction_ended: 'compaction',
};

/** Signals after which nobody may assume that nothing began: admission that was closed is open again. */
const ADMITTED: ReadonlySet<TurnEvent> = new Set<TurnEvent>([
  'session_started',
  'session_ended',
  'prompt_submitted',
  'tool_started',
  'permission_asked',
  'question_asked',
  'callback_started',
  'subagent_started',
  'compaction_started',
  'condition_set',
  'keys_typed',
  'draft_cleared',
  'input_submitted',
  'interrupt_pressed',
]);

/**
 * What is known after a signal. Signals may come twice, late, in another order or not at all: whatever cannot be told for sure stays open,
 * so that a mistake here delays a restart and never allows one.
 */
export function reduceTurn(before: TurnState, signal: TurnSignal): TurnState {
  const at = Date.parse(signal.at);
  if (isForeign(before, signal)) return before;
  const state: TurnState = {
    ...before,
    // Of a program that chooses the id itself: who speaks first on the socket is the one that was started.
    sessionId: before.sessionId ?? signal.session_id,
    lastSignalAt:
      signal.source === 'hook' || signal.source === 'app_server'
        ? Math.max(before.lastSignalAt, at)
        : before.lastSignalAt,
    admission:
      before.admission.kind === 'closed' && ADMITTED.has(signal.event)
        ? { kind: 'open', by: signal.event }
        : before.admission,
  };
  switch (signal.event) {
    case 'session_started':
      return sessionStarted(state, signal, at);
    case 'session_ended':
      return { ...phase(state, 'over', signal.source, at), open: [] };
    case 'prompt_submitted':
      return promptSubmitted(state, signal, at);
    case 'turn_ended':
    case 'turn_failed':
      return turnEnded(state, signal, at);
    case 'turn_interrupted':
    case 'idle_confirmed':
      return idleConfirmed(state, signal, at);
    case 'tool_started':
    case 'permission_asked':
    case 'question_asked':
    case 'callback_started':
    case 'subagent_started':
    case 'compaction_started':
      return begun(state, signal, at);
    case 'tool_ended':
    case 'permission_answered':
    case 'question_answered':
    case 'callback_ended':
    case 'subagent_ended':
    case 'compaction_ended':
      return ended(state, signal, at);
    case 'task_ended':
      return {
        ...state,
        tasks: state.tasks.filter(({ id }) => id !== signal.id),
        jobs: state.jobs?.filter(({ id }) => id !== signal.id) ?? null,
      };
    case 'jobs_seen':
      return { ...state, jobs: kept(state.jobs ?? [], signal.background_tasks ?? [], at) };
    case 'condition_set':
      return conditionSet(state, signal, at);
    case 'condition_cleared':
      return {
        ...state,
        conditions: state.conditions.filter(
          ({ kind, source, subject }) =>
            kind !== signal.condition ||
            source !== signal.source ||
            (signal.subject !== null && subject !== signal.subject),
        ),
      };
    case 'keys_typed':
      return { ...state, keysAt: at, draftSince: state.draftSince ?? at };
    case 'draft_cleared':
      return { ...state, keysAt: at, draftSince: null };
    case 'input_submitted': {
      const sent =
        state.phase === 'active' || state.open.length > 0
          ? { queuedAt: state.queuedAt ?? at }
          : { submittedAt: state.submittedAt ?? at };
      return { ...state, keysAt: at, draftSince: null, ...sent };
    }
    case 'interrupt_pressed':
      return state.phase === 'active' ? { ...state, interruptedAt: at } : state;
    case 'output_seen':
      return { ...state, outputAt: Math.max(state.outputAt ?? at, at) };
    case 'transcript_changed':
      return { ...state, unflushed: unflushed(state, at) };
    case 'transcript_flushed':
      return state.unflushed !== null && at >= state.unflushed.last ? { ...state, unflushed: null } : state;
    case 'admission_closed':
      return { ...state, admission: { kind: 'closed', since: at } };
    case 'admission_opened':
      return { ...state, admission: { kind: 'open', by: null } };
  }
}

/**
 * A program that a tool started may be another harness with the same hooks and the same socket. Only at its own quiet moments does a
 * session turn into another one.
 */
function isForeign(state: TurnState, signal: TurnSignal): boolean {
  if (signal.session_id === null || state.sessionId === null) return false;
  if (signal.session_id === state.sessionId) return false;
  if (signal.event !== 'session_started' || signal.subject === 'startup') return true;
  return state.phase === 'active' || state.open.length > 0;
}

function begun(state: TurnState, signal: TurnSignal, at: number): TurnState {
  const kind = BEGINS[signal.event];
  if (kind === undefined) return state;
  const id = signal.id ?? signal.subject ?? kind;
  // Items without an id of their own may begin again under the same name.
  const told = signal.id !== null && state.closed.includes(`${kind} ${id}`);
  if (told || state.open.some((item) => item.kind === kind && item.id === id)) return state;
  const late = isLate(state, signal, at);
  const outside = kind === 'compaction' || kind === 'subagent';
  const within = late || outside || state.phase === 'active' ? state : turnBegun(state, signal, at);
  const item: OpenItem = {
    kind,
    id,
    subject: signal.subject,
    source: signal.source,
    since: at,
    turn: within.turn,
  };
  return { ...within, open: [...within.open, item], unflushed: unflushed(within, at) };
}

function ended(state: TurnState, signal: TurnSignal, at: number): TurnState {
  const kind = ENDS[signal.event];
  if (kind === undefined) return state;
  const id = signal.id ?? signal.subject ?? kind;
  const tool = state.open.find((item) => item.kind === 'tool' && item.id === id);
  const rest = close(state, (item) => {
    if (item.kind === kind) return item.id === id;
    // A permission is about a tool; harnesses name the tool where they do not give its id.
    if (kind !== 'tool' || item.kind !== 'permission') return false;
    return (
      item.id === id || (tool?.subject !== undefined && tool.subject !== null && item.id === tool.subject)
    );
  });
  return {
    ...rest,
    closed: signal.id === null ? rest.closed : remembered(rest.closed, `${kind} ${id}`),
    unflushed: unflushed(rest, at),
  };
}

function conditionSet(state: TurnState, signal: TurnSignal, at: number): TurnState {
  const { condition: kind, source, subject } = signal;
  if (kind === null) return state;
  const same = state.conditions.some(
    (one) => one.kind === kind && one.source === source && one.subject === subject,
  );
  return same ? state : { ...state, conditions: [...state.conditions, { kind, source, subject, since: at }] };
}
