import type { RestartQuiescence } from '../core/harness/blocker.ts';
import type { ControlMessage } from '../core/harness/control-message.ts';
import { decideRestart, type RestartDecision } from '../core/harness/restart-schedule.ts';
import { restartNoticeText } from '../core/harness/restart-words.ts';
import type { InstalledVersion } from '../core/harness/state.ts';
import { readUpdatePolicy, type UpdatePolicy, updatePolicy } from '../core/harness/update-policy.ts';
import type { FileSystem } from '../core/ports.ts';
import { type ControlPeer, refused } from './control-server.ts';
import type { HarnessProcess } from './harness-process.ts';
import { type KeptWhy, type RestartOutcome, type RestartParts, RestartRun } from './restart-run.ts';

export interface RestartsParts extends Omit<RestartParts, 'requestFlush' | 'saidHealthy' | 'say'> {
  readonly files: FileSystem;
  /** `policy.json` of the harness, absolute. */
  readonly policyFile: string;
  /** Told when what a record says of restarts changed. */
  readonly onChange: () => void;
}

/** What of the contract is about restarts, or is said by the program itself. */
export type RestartMessage = Extract<
  ControlMessage,
  { readonly type: 'health' | 'flushed' | 'restart_request' }
>;

/** Milliseconds until something that takes time is tried again. */
const LATER = 60_000;
/** The same for what kept a restart from being made. */
const AGAIN: Readonly<Record<KeptWhy, number>> = {
  not_quiet: 1000,
  not_written: LATER,
  not_recorded: LATER,
  not_stopped: LATER,
  // Its arguments stay what they are.
  unclear_arguments: Number.POSITIVE_INFINITY,
};

/** Decides, for one session, when it is restarted and into what, and has it done. */
export class SessionRestarts {
  readonly #parts: RestartsParts;
  #running: InstalledVersion;
  #target: InstalledVersion | null = null;
  #wish: 'none' | 'restart' = 'none';
  #notBefore = 0;
  /** Folders of versions with which this session could not go on: not again, even where that could not be written down. */
  readonly #failed = new Set<string>();
  #notice: string | null = null;
  #run: Promise<RestartOutcome> | undefined;
  /** The process that was asked to end and did not do so in time. */
  #asked:
    { readonly child: HarnessProcess; readonly at: number; readonly into: InstalledVersion } | undefined;
  /** Who said by itself that it has which session. */
  #healthy:
    { readonly peer: ControlPeer; readonly sessionId: string; readonly pid: number | undefined } | undefined;
  #flushed: ((bytes: number) => void) | undefined;

  constructor(parts: RestartsParts, running: InstalledVersion) {
    this.#parts = parts;
    this.#running = running;
  }

  /** What the person was told last; null for nothing. */
  get notice(): string | null {
    return this.#notice;
  }

  get restarting(): boolean {
    return this.#run !== undefined;
  }

  /** Looks for something newer, and acts on it when that is wished and nothing is in the way. */
  async look(): Promise<void> {
    if (this.#run !== undefined) return;
    this.#target = await this.#newest();
    this.#consider(await this.#policy());
  }

  /** The answer to a message about restarts, or to one of the program itself. */
  async answer(message: RestartMessage, from: ControlPeer): Promise<ControlMessage | undefined> {
    switch (message.type) {
      case 'health':
        this.#healthy = { peer: from, sessionId: message.session_id, pid: this.#parts.session.process?.pid };
        return undefined;
      case 'flushed':
        if (from === this.#healthy?.peer) this.#flushed?.(message.transcript_bytes);
        return undefined;
      case 'restart_request':
        return this.#request(message.session_id, message.when);
    }
  }

  gone(peer: ControlPeer): void {
    if (peer === this.#healthy?.peer) this.#healthy = undefined;
  }

  /** What runs after `child` ended; undefined when that was the end of the session. */
  async after(child: HarnessProcess): Promise<HarnessProcess | undefined> {
    const { session } = this.#parts;
    const outcome = await this.#run;
    if (outcome !== undefined && outcome.kind !== 'kept') return outcome.child;
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked?.child !== child || (session.turn?.keysAt ?? 0) > asked.at) return undefined;
    // We asked for this end, and nobody else did: it came late.
    const late = await this.#begun(asked.into, (run) => run.goOnAfter());
    return late.kind === 'kept' ? undefined : late.child;
  }

  async #newest(): Promise<InstalledVersion | null> {
    // A pointer that cannot be read now can be in a moment.
    const found = await this.#parts.versions.target(this.#running).catch(() => null);
    return found === null || this.#failed.has(found.directory) ? null : found;
  }

  #consider(policy: UpdatePolicy): void {
    const quiescence = this.#parts.session.quiescence(Date.now());
    if (quiescence === null || this.#run !== undefined) return;
    const decision = this.#decide(quiescence, policy);
    if (decision.kind === 'nothing') return;
    if (decision.kind === 'restart' && Date.now() < this.#notBefore) return;
    this.#say(restartNoticeText(decision.notice));
    if (decision.kind === 'restart') this.#restart();
  }

  #decide(quiescence: RestartQuiescence, policy: UpdatePolicy): RestartDecision {
    const target = this.#target;
    return decideRestart({
      name: this.#parts.adapter.display_name,
      target: target === null ? null : { kind: 'version', version: target.version },
      quiescence,
      policy,
      wish: this.#wish,
    });
  }

  async #policy(): Promise<UpdatePolicy> {
    const { files, policyFile, environment } = this.#parts;
    try {
      return updatePolicy(await readUpdatePolicy(files, policyFile), environment);
    } catch {
      // A policy that cannot be read may say no.
      return { autoUpdate: false, autoRestart: false, by: 'policy' };
    }
  }

  async #request(sessionId: string, when: 'now_if_ready' | 'after_turn'): Promise<ControlMessage> {
    const { session, senses } = this.#parts;
    const own = session.turn?.sessionId ?? '';
    if (sessionId !== own) return refused('other_session', 'The supervisor has another session.');
    if (this.#run !== undefined) return refused('restart_running', 'The session is being restarted.');
    await senses()?.look();
    this.#target = await this.#newest();
    if (this.#target === null) return refused('nothing_staged', 'There is nothing newer to restart into.');
    const quiescence = session.quiescence(Date.now()) ?? { status: 'ready' };
    this.#notBefore = 0;
    if (quiescence.status === 'ready') {
      this.#restart();
      return { schema_version: 1, type: 'admission', session_id: own, open: false };
    }
    if (when === 'after_turn') this.#wish = 'restart';
    return { schema_version: 1, type: 'restart_deferred', session_id: own, quiescence };
  }

  #restart(): void {
    const into = this.#target;
    if (into === null || this.#run !== undefined) return;
    const { process: child } = this.#parts.session;
    void this.#begun(into, (run) => run.run()).then(
      (outcome) => {
        if (outcome.kind !== 'kept') return;
        this.#notBefore = Date.now() + AGAIN[outcome.why];
        if (outcome.why === 'not_stopped' && child !== undefined)
          this.#asked = { child, at: Date.now(), into };
      },
      // The terminal of the new process could not be made: whoever waits for the old one's end is told.
      () => undefined,
    );
  }

  async #begun(
    into: InstalledVersion,
    act: (run: RestartRun) => Promise<RestartOutcome>,
  ): Promise<RestartOutcome> {
    const parts: RestartParts = {
      ...this.#parts,
      requestFlush: () => this.#requestFlush(),
      saidHealthy: (sessionId) => this.#isHealthy(sessionId),
      say: (notice) => {
        this.#say(restartNoticeText(notice));
        this.#parts.session.print(restartNoticeText(notice));
      },
    };
    this.#run = act(new RestartRun(parts, this.#running, into));
    this.#parts.onChange();
    const outcome = await this.#run.finally(() => {
      this.#run = undefined;
    });
    if (outcome.kind !== 'kept') {
      if (outcome.kind === 'restored') this.#failed.add(into.directory);
      // The versions could not be changed, and the session went on with the one that it had.
      if (outcome.running.directory === this.#running.directory) this.#notBefore = Date.now() + LATER;
      this.#running = outcome.running;
      this.#wish = 'none';
      if (outcome.kind === 'restarted') this.#notice = null;
    }
    this.#parts.onChange();
    return outcome;
  }

  #isHealthy(sessionId: string): boolean {
    return this.#healthy?.sessionId === sessionId && this.#healthy.pid === this.#parts.session.process?.pid;
  }

  #requestFlush(): ((signal: AbortSignal) => Promise<number>) | null {
    const healthy = this.#healthy;
    if (healthy === undefined) return null;
    return (signal) =>
      new Promise((resolve, reject) => {
        this.#flushed = resolve;
        signal.addEventListener('abort', () => {
          reject(new Error('Nobody answered.'));
        });
        const deadline = new Date(Date.now() + 20_000).toISOString();
        const { sessionId: session_id } = healthy;
        healthy.peer.send({ schema_version: 1, type: 'flush_request', session_id, deadline });
      });
  }

  #say(text: string): void {
    if (text === this.#notice) return;
    this.#notice = text;
    this.#parts.onChange();
  }
}
