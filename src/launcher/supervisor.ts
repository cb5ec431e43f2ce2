import process from 'node:process';
import * as z from 'zod';
import type { ControlMessage } from '../core/harness/control-message.ts';
import { HarnessLayout } from '../core/harness/layout.ts';
import { type SessionRecord, sessionsFolder } from '../core/harness/session-record.ts';
import type { SessionFacts } from '../core/harness/turn-state.ts';
import { NodeProcesses } from '../node/harness/node-processes.ts';
import { SessionRecords } from '../node/harness/session-records.ts';
import { ControlServer, refused } from './control-server.ts';
import type { Ending } from './ending.ts';
import type { PtyModule } from './pty-module.ts';
import { RunFolder } from './run-folder.ts';
import { SupervisedSession } from './supervised-session.ts';
import { UserTerminal } from './user-terminal.ts';

/** What the front found out, or a restart decided. */
export interface Launch {
  readonly harness: string;
  /** Null for a build of this machine. */
  readonly version: string | null;
  readonly directory: string | null;
  readonly program: string;
  readonly args: readonly string[];
}

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
  readonly #terminal = new UserTerminal();
  readonly #session: SupervisedSession;
  readonly #server: ControlServer;
  readonly #startedAt = new Date().toISOString();
  readonly #self: SessionRecord['supervisor'];
  #recorded = '';
  #pending: NodeJS.Timeout | undefined;
  #notice: string | null = null;

  constructor(launch: Launch, beaverHome: string, env: NodeJS.ProcessEnv, module: PtyModule) {
    this.#launch = launch;
    this.#layout = new HarnessLayout(beaverHome, launch.harness);
    this.#run = new RunFolder(beaverHome);
    this.#records = new SessionRecords(sessionsFolder(beaverHome));
    const started = this.#processes.startedAt(process.pid) ?? Date.now();
    this.#self = { pid: process.pid, started_at: new Date(started).toISOString() };
    this.#server = new ControlServer(
      (message) => this.#answer(message),
      () => undefined,
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
      const { version, program, args, directory } = this.#launch;
      const lease = directory === null ? null : this.#layout.lease(directory);
      const child = this.#session.start({ version, program, args, lease, facts: this.#facts() });
      this.#session.deliver();
      this.#record();
      const look = setInterval(() => {
        this.#changed();
      }, LOOK);
      look.unref();
      const ending = await child.ended;
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

  #facts(): SessionFacts {
    return {
      sessionId: null,
      persisted: null,
      interactive: true,
      schemaCompatible: true,
      terminalWatched: true,
      signalled: false,
    };
  }

  #answer(message: ControlMessage): ControlMessage | undefined {
    switch (message.type) {
      case 'turn_signal':
        this.#session.tell(message);
        return undefined;
      case 'status_query':
        return this.#status();
      case 'hook_event':
      case 'status':
      case 'restart_request':
      case 'restart_deferred':
      case 'admission':
      case 'flush_request':
      case 'flushed':
      case 'health':
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
      status: 'running',
      supervisor: this.#self,
      harness_pid: child?.pid ?? null,
      cwd: process.cwd(),
      started_at: this.#startedAt,
      socket: this.#run.socket,
      quiescence: this.#session.quiescence(Date.now()),
      notice: this.#notice,
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

/** The environment of the harness: the person's own, and where its hooks find us. */
function childEnvironment(env: NodeJS.ProcessEnv, socket: string): Record<string, string> {
  const own = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const without = own.filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE');
  return { ...Object.fromEntries(without), BEAVER_HARNESS_SOCKET: socket };
}
