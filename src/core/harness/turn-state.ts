import type { BlockerKind, SignalSource } from './blocker.ts';
import type { BackgroundTask, TurnEvent, Wakeup } from './turn-signal.ts';

export type OpenKind = 'tool' | 'permission' | 'question' | 'callback' | 'subagent' | 'compaction';

/** Something of a turn that began and is not known to be over. */
export interface OpenItem {
  readonly kind: OpenKind;
  readonly id: string;
  readonly subject: string | null;
  readonly source: SignalSource;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The turn that it began in. */
  readonly turn: number;
}

/** A blocker that holds from when somebody says so until they take it back. */
export interface Condition {
  readonly kind: BlockerKind;
  readonly source: SignalSource;
  readonly subject: string | null;
  readonly since: number;
}

/**
 * `unknown` until the first signal of the session; `idle` also after a turn that failed (`failedAt`); `over` when it ended for good.
 */
export type Phase = 'unknown' | 'idle' | 'active' | 'over';

/** What is known of a session from the moment its program starts. Nothing here is on disk; times are milliseconds since the epoch. */
export interface TurnState {
  /** Null until it is known. */
  readonly sessionId: string | null;
  /** Grows whenever the terminal goes on with another session: what was decided for the one before holds no more (R12). */
  readonly generation: number;
  readonly phase: Phase;
  readonly phaseSince: number;
  readonly phaseSource: SignalSource;
  /** Turns so far, the one that runs included. */
  readonly turn: number;
  readonly turnId: string | null;
  /** The ids of the last turns that ended: what arrives late from one of them changes nothing. */
  readonly endedTurns: readonly string[];
  readonly open: readonly OpenItem[];
  /** `kind id` of the last items that ended: their beginning may arrive later. */
  readonly closed: readonly string[];
  readonly conditions: readonly Condition[];
  readonly tasks: readonly (BackgroundTask & { readonly source: SignalSource; readonly since: number })[];
  /** From the registry. Null until it was looked at. */
  readonly jobs: readonly (BackgroundTask & { readonly since: number })[] | null;
  readonly wakeups: readonly (Wakeup & { readonly since: number })[];
  /** The turn before this one was made to go on when it ended. */
  readonly continuedAt: number | null;
  readonly failedAt: number | null;
  readonly interruptedAt: number | null;
  readonly keysAt: number | null;
  readonly draftSince: number | null;
  /** Sent off while a turn ran. */
  readonly queuedAt: number | null;
  /** Sent off while none ran, and no turn began yet. */
  readonly submittedAt: number | null;
  readonly outputAt: number | null;
  /** The first and the last thing that the transcript may lack. */
  readonly unflushed: { readonly since: number; readonly last: number } | null;
  /** Of the program itself: its hooks or its server. */
  readonly lastSignalAt: number;
  readonly startedAt: number;
  readonly admission: Admission;
  readonly facts: SessionFacts;
}

export type Admission =
  | { readonly kind: 'open'; /** What opened it again after it was closed. */ readonly by: TurnEvent | null }
  | { readonly kind: 'closed'; readonly since: number };

/** What the supervisor knows when it starts a session. Null: it could not find out, and that blocks. */
export interface SessionFacts {
  /** The id that was chosen for the session; null where the program chooses. */
  readonly sessionId: string | null;
  /** Whether the conversation is kept, so that it can be gone on with. */
  readonly persisted: boolean | null;
  /** False for one shot, for CI, without a terminal. */
  readonly interactive: boolean;
  /** Whether both versions can read what the session keeps, and this Beaver its intents. */
  readonly schemaCompatible: boolean | null;
  /** Whether the keys and the output of the terminal are seen. */
  readonly terminalWatched: boolean;
  /** Whether the program tells of its turns. */
  readonly signalled: boolean;
}

/** A session whose program was just started. `at` in milliseconds. */
export function newTurnState(facts: SessionFacts, at: number): TurnState {
  return {
    sessionId: facts.sessionId,
    generation: 0,
    phase: 'unknown',
    phaseSince: at,
    phaseSource: 'supervisor',
    turn: 0,
    turnId: null,
    endedTurns: [],
    open: [],
    closed: [],
    conditions: [],
    tasks: [],
    jobs: null,
    wakeups: [],
    continuedAt: null,
    failedAt: null,
    interruptedAt: null,
    keysAt: null,
    draftSince: null,
    queuedAt: null,
    submittedAt: null,
    outputAt: null,
    unflushed: null,
    lastSignalAt: at,
    startedAt: at,
    admission: { kind: 'open', by: null },
    facts,
  };
}
