import type { HarnessAdapter } from '../core/harness/adapters/adapter.ts';
import { jobsOfHook } from '../core/harness/adapters/hook-jobs.ts';
import { signalsOfHook } from '../core/harness/adapters/hook-signals.ts';
import type { BlockerKind, SignalSource } from '../core/harness/blocker.ts';
import type { HookEvent } from '../core/harness/hook-event.ts';
import type { JobRegistry } from '../core/harness/job-registry.ts';
import { repositoryBusy } from '../core/harness/repository-state.ts';
import { signalOfTranscript, transcriptFacts } from '../core/harness/transcript-facts.ts';
import { type TurnEvent, turnSignal, type TurnSignal } from '../core/harness/turn-signal.ts';
import type { TurnState } from '../core/harness/turn-state.ts';
import type { FileSystem } from '../core/ports.ts';
import { readTranscriptEnd } from '../node/harness/transcript-file.ts';

export interface SenseParts {
  readonly adapter: HarnessAdapter;
  readonly harness: string;
  /** Of the session, absolute. */
  readonly cwd: string;
  readonly files: FileSystem;
  readonly jobs: JobRegistry;
  /** Whether another supervisor has this conversation. */
  readonly isOpenElsewhere: (sessionId: string) => boolean;
  readonly turn: () => TurnState | undefined;
  readonly tell: (signal: TurnSignal) => void;
}

/** Milliseconds for which a transcript must stay as it is to count as written, between the barriers that make sure of it. */
const STABLE = 1500;
/** Milliseconds that the lock of the registry of jobs is waited for. */
const PATIENCE = 2000;

/**
 * What is found out about one process of a session beside its terminal: its hooks, its transcript, the registry of jobs, the repository around
 * it, and other terminals with the same conversation.
 */
export class SessionSenses {
  readonly #parts: SenseParts;
  #transcript: string | null;
  #permissionMode: string | null;
  #seen: { readonly size: number; readonly mtimeNs: bigint } | undefined;
  readonly #conditions = new Map<BlockerKind, string | null>();
  #looking: Promise<void> = Promise.resolve();

  /** `before`: of the process before this one, which had the same session. */
  constructor(parts: SenseParts, before?: SessionSenses) {
    this.#parts = parts;
    this.#transcript = before?.transcript ?? null;
    this.#permissionMode = before?.permissionMode ?? null;
  }

  /** Absolute; null where the program never said it. */
  get transcript(): string | null {
    return this.#transcript;
  }

  get permissionMode(): string | null {
    return this.#permissionMode;
  }

  hook(event: HookEvent): void {
    const { adapter, harness, jobs, tell, turn } = this.#parts;
    // Of the process before this one: its hooks may come when it is gone.
    if (Date.parse(event.at) < (turn()?.startedAt ?? 0)) return;
    for (const signal of signalsOfHook(adapter, event)) tell(signal);
    const { session_id, transcript_path, permission_mode } = event.facts;
    // Of a program that a tool started: its session is none of ours.
    if (session_id === undefined || session_id !== turn()?.sessionId) return;
    if (transcript_path !== undefined && transcript_path !== this.#transcript) {
      this.#transcript = transcript_path;
      this.#seen = undefined;
    }
    this.#permissionMode = permission_mode ?? this.#permissionMode;
    for (const job of jobsOfHook(harness, event)) {
      // A job that is not in the registry blocks, as it should where it cannot be written down.
      void jobs.add(job, { kind: 'bounded', timeout: PATIENCE }).catch(() => undefined);
    }
  }

  /** Looks at everything once; one look after the other. */
  look(): Promise<void> {
    const next = this.#looking.then(() => this.#look());
    // What cannot be looked at is not known, and what is not known stays as it was said last.
    this.#looking = next.catch(() => undefined);
    return next;
  }

  async #look(): Promise<void> {
    const { files, cwd, jobs, isOpenElsewhere, turn, tell } = this.#parts;
    this.#lookAtTranscript(Date.now());
    const busy = await repositoryBusy(files, cwd);
    this.#condition('repository_busy', 'supervisor', busy !== null, busy);
    const sessionId = turn()?.sessionId ?? null;
    if (sessionId === null) return;
    this.#condition('other_client_attached', 'supervisor', isOpenElsewhere(sessionId), 'another terminal');
    tell(await jobs.signal(sessionId));
  }

  #lookAtTranscript(now: number): void {
    const { adapter, tell } = this.#parts;
    if (this.#transcript === null) return;
    const { format, resumable_when_empty } = adapter.transcript;
    const end = readTranscriptEnd(this.#transcript);
    const lost = end === undefined && !resumable_when_empty;
    this.#condition('session_not_persisted', 'transcript', lost, null);
    if (end === undefined) {
      if (!lost) tell(transcriptSignal('transcript_flushed', now - STABLE));
      return;
    }
    const { look, tail, cut, writtenAt } = end;
    const same = this.#seen?.size === look.size && this.#seen.mtimeNs === look.mtimeNs;
    if (!same) {
      if (this.#seen !== undefined) tell(transcriptSignal('transcript_changed', writtenAt));
      this.#seen = look;
      return;
    }
    if (!look.whole || now - writtenAt < STABLE) return;
    // What happened before it stood still had the time to be written.
    tell(transcriptSignal('transcript_flushed', now - STABLE));
    const shown = signalOfTranscript(transcriptFacts(format, tail, cut), writtenAt, now);
    if (shown !== undefined) tell(shown);
  }

  /** Says what holds, or holds no more, once. */
  #condition(kind: BlockerKind, source: SignalSource, holds: boolean, subject: string | null): void {
    const said = this.#conditions.get(kind);
    if (holds ? said === subject : said === undefined) return;
    const at = new Date().toISOString();
    const { tell } = this.#parts;
    if (said !== undefined) tell(turnSignal({ source, event: 'condition_cleared', at, condition: kind }));
    this.#conditions.delete(kind);
    if (!holds) return;
    tell(turnSignal({ source, event: 'condition_set', at, condition: kind, subject }));
    this.#conditions.set(kind, subject);
  }
}

function transcriptSignal(event: TurnEvent, at: number): TurnSignal {
  return turnSignal({ source: 'transcript', event, at: new Date(at).toISOString() });
}
