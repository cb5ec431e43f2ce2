import { hostname } from 'node:os';
import process from 'node:process';
import * as z from 'zod';
import type { HarnessAdapter } from '../core/harness/adapters/adapter.ts';
import type { ControlMessage } from '../core/harness/control-message.ts';
import { IntentStore } from '../core/harness/intent-store.ts';
import { HarnessLayout } from '../core/harness/layout.ts';
import { JobRegistry } from '../core/harness/job-registry.ts';
import { QUIET_POLICY } from '../core/harness/quiescence.ts';
import { type SessionRecord, sessionRecordSchema, sessionsFolder } from '../core/harness/session-record.ts';
import type { HarnessSource } from '../core/harness/source.ts';
import { isSameProcess } from '../core/harness-ports.ts';
import { NodeMachine } from '../node/harness/node-machine.ts';
import { NodeProcesses } from '../node/harness/node-processes.ts';
import { SessionRecords } from '../node/harness/session-records.ts';
import { nodePorts } from '../node/node-ports.ts';
import { type Answering, type ControlPeer, ControlServer, refused } from './control-server.ts';
import type { Ending } from './ending.ts';
import type { HarnessProcess } from './harness-process.ts';
import { HarnessVersions } from './harness-versions.ts';
import { childEnvironment, type Launch } from './launch.ts';
import type { PtyModule } from './pty-module.ts';
import { RunFolder } from './run-folder.ts';
import { SessionSenses } from './session-senses.ts';
import { SessionRestarts } from './session-restarts.ts';
import { adapterOf, type PlannedStart, SessionStarts, sourceOf } from './session-start.ts';
import { SupervisedSession } from './supervised-session.ts';
import { UserTerminal } from './user-terminal.ts';

/** Milliseconds between two looks at a session in which nothing happens: what was going on may be over. */
const LOOK = 1000;
/** Milliseconds in which several changes become one record. */
const PACE = 200;

/** Looks after one session, from the first process to the end of the last. */
export class Supervisor {
  readonly #launch: Launch;
  readonly #layout: HarnessLayout;
  readonly #run: RunFolder;
  readonly #records: SessionRecords;
  readonly #processes = new NodeProcesses();
  readonly #ports = nodePorts();
  readonly #jobs: JobRegistry;
  readonly #terminal = new UserTerminal();
  readonly #session: SupervisedSession;
  readonly #server: ControlServer;
  readonly #startedAt = new Date().toISOString();
  readonly #self: SessionRecord['supervisor'];
  #recorded = '';
  #pending: NodeJS.Timeout | undefined;
  #adapter: HarnessAdapter | undefined;
  #senses: SessionSenses | undefined;
  #restarts: SessionRestarts | undefined;

  constructor(launch: Launch, beaverHome: string, env: NodeJS.ProcessEnv, module: PtyModule) {
    this.#launch = launch;
    this.#layout = new HarnessLayout(beaverHome, launch.harness);
    this.#run = new RunFolder(beaverHome);
    this.#records = new SessionRecords(sessionsFolder(beaverHome));
    this.#jobs = new JobRegistry({ ...this.#ports, processes: this.#processes }, beaverHome);
    const started = this.#processes.startedAt(process.pid) ?? Date.now();
    this.#self = { pid: process.pid, started_at: new Date(started).toISOString() };
    this.#server = new ControlServer(
      (message, from) => this.#answer(message, from),
      (peer) => {
        this.#restarts?.gone(peer);
      },
    );
    this.#session = new SupervisedSession({
      module,
      terminal: this.#terminal,
      env: childEnvironment(env, this.#run.socket),
      cwd: process.cwd(),
      resumePipe: this.#run.resumePipe,
      onChange: () => {
        this.#changed();
      },
    });
  }

  async run(): Promise<Ending> {
    await this.#server.listen(this.#run.socket);
    this.#session.enter();
    try {
      const { harness, args, front, program, version } = this.#launch;
      const source = await sourceOf(this.#ports.files, this.#layout);
      this.#adapter = await adapterOf(this.#ports.files, this.#layout, harness, source?.command ?? harness);
      const starts = new SessionStarts(this.#adapter, args, front);
      const first = starts.first();
      this.#restarts = await this.#restartsOf(source, starts, first);
      let child: HarnessProcess | undefined = this.#start(program, version, this.#launch.directory, first);
      this.#session.deliver();
      this.#record();
      const look = setInterval(() => {
        void this.#look();
      }, LOOK);
      look.unref();
      let ending: Ending = { kind: 'code', code: 0 };
      while (child !== undefined) {
        ending = await child.ended;
        child = await this.#restarts?.after(child);
      }
      clearInterval(look);
      return ending;
    } finally {
      clearTimeout(this.#pending);
      this.#session.leave();
      this.#server.close();
      this.#records.remove(this.#run.recordId);
      this.#run.remove();
    }
  }

  #start(
    program: string,
    version: string | null,
    directory: string | null,
    { args, facts }: PlannedStart,
  ): HarnessProcess {
    const { quiet, environment } = this.#adapter ?? { quiet: null, environment: {} };
    const child = this.#session.start({
      version,
      program,
      args,
      lease: directory === null ? null : this.#layout.lease(directory),
      facts,
      // A program that Beaver does not own updates itself as it likes.
      variables: directory === null ? {} : environment,
      quiet: quiet === null ? QUIET_POLICY : { ...QUIET_POLICY, output: quiet.output_ms },
    });
    this.#senses = this.#sensesFor(this.#adapter);
    return child;
  }

  /** Undefined for what is never restarted: a program without an adapter, a build of this machine. */
  async #restartsOf(
    source: HarnessSource | null,
    starts: SessionStarts,
    { facts }: PlannedStart,
  ): Promise<SessionRestarts | undefined> {
    const { harness, directory } = this.#launch;
    const { files, lock, log, clock } = this.#ports;
    const machine = new NodeMachine();
    const versions = new HarnessVersions({ files, lock, log, machine }, this.#layout, harness, source);
    const running =
      directory === null ? undefined : await versions.installed(directory).catch(() => undefined);
    if (this.#adapter === undefined || running === undefined) return undefined;
    const intents = new IntentStore(
      {
        files,
        machine,
        clock,
        processes: this.#processes,
        self: { uid: process.getuid?.() ?? null, host: hostname(), pid: process.pid },
        isLive: (sessionId) => Promise.resolve(this.#isOpenElsewhere(sessionId)),
      },
      this.#layout.intents,
    );
    return new SessionRestarts(
      {
        adapter: this.#adapter,
        harness,
        session: this.#session,
        starts,
        versions,
        intents,
        clock,
        files,
        policyFile: this.#layout.policy,
        self: this.#self,
        environment: process.env,
        senses: () => this.#senses,
        start: (version, args, sessionId) => {
          const program = this.#layout.executable(version.directory, version.executable);
          const planned = { args, facts: { ...facts, sessionId } };
          return this.#start(program, version.version, version.directory, planned);
        },
        onChange: () => {
          this.#changed();
        },
      },
      running,
    );
  }

  #sensesFor(adapter: HarnessAdapter | undefined): SessionSenses | undefined {
    if (adapter === undefined) return undefined;
    return new SessionSenses(
      {
        adapter,
        harness: this.#launch.harness,
        cwd: process.cwd(),
        files: this.#ports.files,
        jobs: this.#jobs,
        isOpenElsewhere: (sessionId) => this.#isOpenElsewhere(sessionId),
        turn: () => this.#session.turn,
        tell: (signal) => {
          this.#session.tell(signal);
        },
      },
      this.#senses,
    );
  }

  async #look(): Promise<void> {
    // What cannot be looked at now stays as it was, and blocks; the next look comes in a moment.
    await this.#senses?.look().catch(() => undefined);
    await this.#restarts?.look();
    this.#changed();
  }

  #isOpenElsewhere(sessionId: string): boolean {
    return this.#records.read().some((value) => {
      const { data } = sessionRecordSchema.safeParse(value);
      if (data?.session_id !== sessionId || data.record_id === this.#run.recordId) return false;
      return isSameProcess(this.#processes, data.supervisor);
    });
  }

  #answer(message: ControlMessage, from: ControlPeer): ReturnType<Answering> {
    switch (message.type) {
      case 'turn_signal':
        this.#session.tell(message);
        return undefined;
      case 'status_query':
        return this.#status();
      case 'hook_event':
        this.#senses?.hook(message);
        return undefined;
      case 'health':
      case 'flushed':
      case 'restart_request':
        if (this.#restarts !== undefined) return this.#restarts.answer(message, from);
        return message.type === 'restart_request'
          ? refused('not_restartable', 'This session is never restarted.')
          : undefined;
      case 'status':
      case 'restart_deferred':
      case 'admission':
      case 'flush_request':
      case 'refused':
        return refused('not_for_supervisors', `A supervisor does not take "${message.type}".`);
    }
  }

  #status(): ControlMessage {
    const quiescence = this.#session.quiescence(Date.now());
    if (quiescence === null) return refused('no_session', 'Nothing runs.');
    return {
      schema_version: 1,
      type: 'status',
      session_id: this.#session.turn?.sessionId ?? '',
      version: this.#session.running?.version ?? '0.0.0-local',
      quiescence,
    };
  }

  #changed(): void {
    this.#pending ??= setTimeout(() => {
      this.#pending = undefined;
      this.#record();
    }, PACE);
  }

  #record(): void {
    const { modes, running, turn, process: child } = this.#session;
    const record: SessionRecord = {
      schema_version: 1,
      record_id: this.#run.recordId,
      harness: this.#launch.harness,
      version: running?.version ?? null,
      session_id: turn?.sessionId ?? null,
      status: this.#restarts?.restarting === true ? 'restarting' : 'running',
      supervisor: this.#self,
      harness_pid: child?.pid ?? null,
      cwd: process.cwd(),
      started_at: this.#startedAt,
      socket: this.#run.socket,
      quiescence: this.#session.quiescence(Date.now()),
      notice: this.#restarts?.notice ?? null,
      terminal: {
        device: this.#terminal.device,
        settings: this.#terminal.settings,
        restoration: modes.restoration().slice(0, 1000),
      },
    };
    const text = JSON.stringify(record);
    if (text === this.#recorded) return;
    try {
      this.#records.write(this.#run.recordId, z.json().parse(record));
      this.#recorded = text;
    } catch {
      // A full disk must not end anybody's session; the next change tries again.
    }
  }
}
