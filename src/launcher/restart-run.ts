import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { setTimeout as passed } from 'node:timers/promises';
import type { HarnessAdapter } from '../core/harness/adapters/adapter.ts';
import { awaitFlush, FLUSH_OPTIONS } from '../core/harness/flush.ts';
import {
  afterFailedStart,
  INTENT_LIFETIME,
  intentEnvironment,
  type IntentStore,
} from '../core/harness/intent-store.ts';
import type { RestartIntent } from '../core/harness/restart-intent.ts';
import type { RestartNotice } from '../core/harness/restart-words.ts';
import type { SessionRecord } from '../core/harness/session-record.ts';
import type { InstalledVersion } from '../core/harness/state.ts';
import { turnSignal, type TurnEvent } from '../core/harness/turn-signal.ts';
import type { Clock } from '../core/ports.ts';
import { readTranscriptEnd } from '../node/harness/transcript-file.ts';
import type { HarnessProcess } from './harness-process.ts';
import type { HarnessVersions } from './harness-versions.ts';
import type { SessionSenses } from './session-senses.ts';
import type { SessionStarts } from './session-start.ts';
import type { SupervisedSession } from './supervised-session.ts';

export interface RestartParts {
  readonly adapter: HarnessAdapter;
  readonly harness: string;
  readonly session: SupervisedSession;
  readonly starts: SessionStarts;
  readonly versions: HarnessVersions;
  readonly intents: IntentStore;
  readonly clock: Clock;
  readonly self: SessionRecord['supervisor'];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly senses: () => SessionSenses | undefined;
  /** Starts a process of a version that goes on with the session. */
  readonly start: (version: InstalledVersion, args: readonly string[], sessionId: string) => HarnessProcess;
  /** Has the program write everything; null where it cannot be asked now. */
  readonly requestFlush: () => ((signal: AbortSignal) => Promise<number>) | null;
  /** Whether the process that runs now said by itself that it has this session and is well. */
  readonly saidHealthy: (sessionId: string) => boolean;
  readonly say: (notice: RestartNotice) => void;
}

/** Why the process that runs was left alone. */
export type KeptWhy = 'not_quiet' | 'not_written' | 'unclear_arguments' | 'not_recorded' | 'not_stopped';

export type RestartOutcome =
  | { readonly kind: 'kept'; readonly why: KeptWhy }
  /** `running` goes on with the session; after a failure, that is the version from before. */
  | {
      readonly kind: 'restarted' | 'restored';
      readonly child: HarnessProcess;
      readonly running: InstalledVersion;
    };

/** Milliseconds in which a program that was asked to end must have ended. */
const DRAIN = 10_000;
/** Milliseconds for a program that never showed that it is well to end by itself. */
const STUCK = 5000;
/** Milliseconds between two looks for a proof. */
const GLANCE = 25;

/**
 * One restart of a session from the last question to the proof that it goes on. Until the old process has ended by itself nothing is lost by
 * giving up, and whatever is not certain gives up.
 */
export class RestartRun {
  readonly #parts: RestartParts;
  readonly #from: InstalledVersion;
  readonly #into: InstalledVersion;

  constructor(parts: RestartParts, from: InstalledVersion, into: InstalledVersion) {
    this.#parts = parts;
    this.#from = from;
    this.#into = into;
  }

  async run(): Promise<RestartOutcome> {
    const { session, intents } = this.#parts;
    // 1. From here on whatever begins is seen: it opens admission again.
    this.#tell('admission_closed');
    // What cannot be looked at is not known, and that is no.
    const planned = await this.#prepared().catch((): KeptWhy => 'not_quiet');
    if (typeof planned === 'string') return this.#kept(planned);
    const { child, intent } = planned;
    // 5. Nothing may come between this look and the stop: no await.
    if (!session.mayStop(Date.now()) || child.isOver) {
      await cleared(intents, intent);
      return this.#kept('not_quiet');
    }
    session.keep();
    child.signal('SIGTERM');
    if (!(await within(child.ended, DRAIN))) {
      // It is not killed: what it does with its time it knows itself.
      session.deliver();
      await cleared(intents, intent);
      return this.#kept('not_stopped');
    }
    return this.#goOn(intent);
  }

  /** The process ended later than it was waited for: the session goes on as it would have then. */
  async goOnAfter(): Promise<RestartOutcome> {
    const { session, senses, starts, intents } = this.#parts;
    const sessionId = session.turn?.sessionId ?? null;
    session.keep();
    const again = starts.again(sessionId ?? '', senses()?.permissionMode ?? null);
    if (sessionId === null || again.kind === 'unclear') return this.#kept('unclear_arguments');
    const intent = this.#intent(sessionId, again.argv);
    await intents.write(intent).catch(() => undefined);
    return this.#goOn(intent);
  }

  /** 2. to 4.: everything asked once more, the transcript written, the intent durable. */
  async #prepared(): Promise<{ readonly child: HarnessProcess; readonly intent: RestartIntent } | KeptWhy> {
    const { session, senses, starts, intents } = this.#parts;
    await senses()?.look();
    const { process: child, turn } = session;
    const sessionId = turn?.sessionId ?? null;
    if (child === undefined || sessionId === null || !session.mayStop(Date.now())) return 'not_quiet';
    const again = starts.again(sessionId, senses()?.permissionMode ?? null);
    if (again.kind === 'unclear') return 'unclear_arguments';
    if (!(await this.#flushed())) return 'not_written';
    const intent = this.#intent(sessionId, again.argv);
    try {
      await intents.write(intent);
    } catch {
      return 'not_recorded';
    }
    return { child, intent };
  }

  async #flushed(): Promise<boolean> {
    const { adapter, clock, senses, requestFlush } = this.#parts;
    const { flush, resumable_when_empty: mayBeMissing } = adapter.transcript;
    const file = senses()?.transcript ?? null;
    const request = flush === 'acknowledged' ? requestFlush() : null;
    if (flush === 'acknowledged' && request === null) return false;
    const door = {
      look: () => Promise.resolve(file === null ? undefined : readTranscriptEnd(file)?.look),
      request,
      wait: async (milliseconds: number, signal: AbortSignal) => {
        await passed(milliseconds, undefined, { signal }).catch(() => undefined);
      },
    };
    return (await awaitFlush(door, clock, { ...FLUSH_OPTIONS, mayBeMissing })).kind === 'flushed';
  }

  /** The old process is gone: the new one starts, and the old version again where that fails. */
  async #goOn(intent: RestartIntent): Promise<RestartOutcome> {
    const { session, intents, versions, adapter, say } = this.#parts;
    const { display_name: name } = adapter;
    session.restoreScreen();
    const running = await this.#activated();
    say({ kind: 'restarting', name, target: { kind: 'version', version: running.version } });
    const child = this.#start(running, intent);
    const failure = await this.#failure(child, intent.session_id);
    if (failure === undefined || running.directory === this.#from.directory) {
      session.deliver();
      await cleared(intents, intent);
      return { kind: 'restarted', child, running };
    }
    session.keep();
    await this.#ended(child);
    await intents.write(afterFailedStart(intent)).catch(() => undefined);
    // Where nobody can write this down now, the next start tries the new version again.
    await versions.leave(running, this.#from, failure).catch(() => undefined);
    session.restoreScreen();
    say({ kind: 'restored', name, version: this.#from.version });
    const before = this.#start(this.#from, intent);
    await this.#proof(before, intent.session_id);
    session.deliver();
    await cleared(intents, intent);
    return { kind: 'restored', child: before, running: this.#from };
  }

  /** The version that the pointer names now; where it could not be changed, that is the one from before. */
  async #activated(): Promise<InstalledVersion> {
    const { versions } = this.#parts;
    try {
      const { target } = (await versions.activate()).line;
      if (target.kind !== 'version') return this.#from;
      return (await versions.installed(target.directory)) ?? this.#from;
    } catch {
      return this.#from;
    }
  }

  #start(version: InstalledVersion, { argv, session_id }: RestartIntent): HarnessProcess {
    return this.#parts.start(version, argv, session_id);
  }

  /** Undefined when the process goes on with the session and stays; else what it did. */
  async #failure(child: HarnessProcess, sessionId: string): Promise<string | undefined> {
    const { alive_ms } = this.#parts.adapter.health;
    if (!(await this.#proof(child, sessionId))) {
      return child.isOver ? 'It ended before it went on with a session.' : 'It did not go on with a session.';
    }
    // What was typed meanwhile belongs to it from now on, and to no other.
    this.#parts.session.deliver();
    const early = await within(child.ended, alive_ms);
    if (early === undefined || (early.kind === 'code' && early.code === 0)) return undefined;
    return 'It ended right after it had gone on with a session.';
  }

  /** Whether the process shows, in time, that it has the session. */
  async #proof(child: HarnessProcess, sessionId: string): Promise<boolean> {
    const { adapter, session, saidHealthy } = this.#parts;
    const { proof, within_ms } = adapter.health;
    const until = Date.now() + within_ms;
    while (!child.isOver && Date.now() < until) {
      const { turn } = session;
      const known = turn !== undefined && turn.phase !== 'unknown' && turn.sessionId === sessionId;
      if (proof === 'alive' || (proof === 'session_started' ? known : saidHealthy(sessionId))) return true;
      await within(child.ended, GLANCE);
    }
    return false;
  }

  /** A process that failed has begun nothing: it is asked to end, and made to where it does not. */
  async #ended(child: HarnessProcess): Promise<void> {
    if (child.isOver) return;
    child.signal('SIGTERM');
    if (await within(child.ended, STUCK)) return;
    child.signal('SIGKILL');
    await child.ended;
  }

  #intent(sessionId: string, argv: readonly string[]): RestartIntent {
    const { harness, self, senses, environment } = this.#parts;
    const now = Date.now();
    const transcript = senses()?.transcript ?? null;
    return {
      schema_version: 1,
      intent_id: randomUUID(),
      harness,
      staged: this.#into,
      previous: this.#from,
      session_id: sessionId,
      rollout_path: transcript !== null && existsSync(transcript) ? transcript : null,
      cwd: process.cwd(),
      argv: [...argv],
      environment: intentEnvironment(environment),
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + INTENT_LIFETIME).toISOString(),
      owner: {
        uid: process.getuid?.() ?? null,
        host: hostname(),
        supervisor_pid: self.pid,
        supervisor_started_at: self.started_at,
      },
      rollback: { active: this.#from, trial: 0 },
    };
  }

  #kept(why: KeptWhy): RestartOutcome {
    this.#tell('admission_opened');
    return { kind: 'kept', why };
  }

  #tell(event: TurnEvent): void {
    const at = new Date().toISOString();
    this.#parts.session.tell(turnSignal({ source: 'supervisor', event, at }));
  }
}

/** What is left of it holds for some minutes only, and its owner lives. */
async function cleared(intents: IntentStore, { intent_id }: RestartIntent): Promise<void> {
  await intents.remove(intent_id).catch(() => undefined);
}

/** What is answered within so many milliseconds; undefined for nothing. */
async function within<T>(answer: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const ending = new AbortController();
  const late = passed(milliseconds, undefined, { signal: ending.signal }).catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    ending.abort();
  }
}
