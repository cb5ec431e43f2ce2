import type { BlockerKind, RestartQuiescence, SignalSource } from '../../src/core/harness/blocker.ts';
import { QUIET_POLICY, restartQuiescence } from '../../src/core/harness/quiescence.ts';
import { reduceTurn } from '../../src/core/harness/turn-reducer.ts';
import {
  type BackgroundTask,
  turnSignal,
  type TurnEvent,
  type Wakeup,
} from '../../src/core/harness/turn-signal.ts';
import { newTurnState, type SessionFacts, type TurnState } from '../../src/core/harness/turn-state.ts';

export const START = Date.UTC(2026, 10, 21, 12);
/** Milliseconds after which no window of the policy is open any more. */
export const LONG = 2 * Math.max(QUIET_POLICY.error, QUIET_POLICY.wakeup);

export const FACTS: SessionFacts = {
  sessionId: 'one',
  persisted: true,
  interactive: true,
  schemaCompatible: true,
  terminalWatched: true,
  signalled: true,
};

/** A signal without its time; what is not said is as `turnSignal` says. */
export interface Said {
  readonly event: TurnEvent;
  readonly source?: SignalSource;
  readonly session_id?: string;
  readonly turn_id?: string | null;
  readonly id?: string;
  readonly subject?: string | null;
  readonly condition?: BlockerKind;
  readonly continued?: boolean;
  readonly open_ids?: string[];
  readonly background_tasks?: BackgroundTask[];
  readonly wakeups?: Wakeup[];
}

/** A session and what was told of it, a second after the other unless said otherwise. */
export class TurnHistory {
  #state: TurnState;
  now = START;

  constructor(facts: Partial<SessionFacts> = {}) {
    this.#state = newTurnState({ ...FACTS, ...facts }, START);
  }

  /** One turn is over since long, and nothing else is going on. */
  static quiet(facts: Partial<SessionFacts> = {}): TurnHistory {
    const history = new TurnHistory(facts);
    history.tell({ event: 'session_started', subject: 'startup' });
    history.tell({ event: 'jobs_seen', source: 'job_registry', background_tasks: [] });
    history.tell({ event: 'prompt_submitted' });
    history.tell({ event: 'turn_ended', background_tasks: [], wakeups: [] });
    return history.settle();
  }

  get state(): TurnState {
    return this.#state;
  }

  tell(said: Said, after = 1000): this {
    this.now += after;
    return this.tellAt(this.now, said);
  }

  tellAt(at: number, said: Said): this {
    this.#state = reduceTurn(
      this.#state,
      turnSignal({ source: 'hook', session_id: 'one', ...said, at: new Date(at).toISOString() }),
    );
    return this;
  }

  /** The transcript is written, and a long time passes. */
  settle(): this {
    this.tell({ event: 'transcript_flushed', source: 'transcript' });
    this.now += LONG;
    return this;
  }

  asked(): RestartQuiescence {
    return restartQuiescence(this.#state, this.now);
  }

  /** What blocks, in order; nothing when it is ready. */
  kinds(): readonly BlockerKind[] {
    const asked = this.asked();
    return asked.status === 'ready' ? [] : asked.blockers.map(({ kind }) => kind);
  }

  /** As `kinds`, with what is unknown by its subject. */
  words(): readonly string[] {
    const asked = this.asked();
    if (asked.status === 'ready') return [];
    return asked.blockers.map(({ kind, subject }) =>
      kind === 'unknown_state' ? `unknown: ${String(subject)}` : kind,
    );
  }
}
