import { closeSync, fstatSync, statSync } from 'node:fs';
import process from 'node:process';
import { reduceTurn } from '../core/harness/turn-reducer.ts';
import { mayStop, QUIET_POLICY, type QuietPolicy, restartQuiescence } from '../core/harness/quiescence.ts';
import { type TurnSignal, turnSignal } from '../core/harness/turn-signal.ts';
import { newTurnState, type SessionFacts, type TurnState } from '../core/harness/turn-state.ts';
import type { RestartQuiescence } from '../core/harness/blocker.ts';
import { HarnessProcess } from './harness-process.ts';
import type { PtyModule } from './pty-module.ts';
import { TerminalModes } from './terminal-modes.ts';
import { isTerminalReport, TypedInput } from './typed-input.ts';
import type { UserTerminal } from './user-terminal.ts';

/** What is started, now or after a restart. */
export interface HarnessStart {
  /** Null for a build of this machine. */
  readonly version: string | null;
  readonly program: string;
  readonly args: readonly string[];
  readonly lease: string | null;
  readonly facts: SessionFacts;
  /** Of this harness alone, beside the environment of the session. */
  readonly variables: Readonly<Record<string, string>>;
  readonly quiet: QuietPolicy;
}

export interface SessionParts {
  readonly module: PtyModule;
  readonly terminal: UserTerminal;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly resumePipe: string;
  /** Told whenever something happened that a record or a decision may depend on. */
  readonly onChange: () => void;
}

/** The descriptor that the front left open: the lease of the version that it started. */
const FRONT_LEASE = 9;
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1'] as const;

/**
 * A harness, one process after the other, in the terminal of a person: keys go to it, its output to them, and what is seen of both is told to
 * the turn state. While nothing runs, keys are kept and given to the next process.
 */
export class SupervisedSession {
  readonly #parts: SessionParts;
  readonly #modes = new TerminalModes();
  #typed = new TypedInput();
  #process: HarnessProcess | undefined;
  #start: HarnessStart | undefined;
  #turn: TurnState | undefined;
  /** Keys that no process took yet; undefined while one takes them at once. */
  #kept: Uint8Array[] | undefined = [];
  /** A signal that came while no process was there to take it. */
  #missed: NodeJS.Signals | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get modes(): TerminalModes {
    return this.#modes;
  }

  get process(): HarnessProcess | undefined {
    return this.#process;
  }

  get running(): HarnessStart | undefined {
    return this.#start;
  }

  get turn(): TurnState | undefined {
    return this.#turn;
  }

  /** Takes the terminal: from here on every key comes here. */
  enter(): void {
    const { terminal } = this.#parts;
    terminal.enter(
      (bytes) => {
        this.#input(bytes);
      },
      () => {
        this.#process?.resize(terminal.columns, terminal.rows);
      },
    );
    for (const name of FORWARDED) {
      process.on(name, () => {
        if (this.#process?.signal(name) !== true) this.#missed = name;
      });
    }
    // Stopped from outside and gone on: the terminal may be as a shell left it.
    process.on('SIGCONT', () => {
      this.#comeBack();
    });
  }

  /** Gives the terminal back as it was. */
  leave(): void {
    this.restoreScreen();
    this.#parts.terminal.leave();
  }

  /** Takes back what the last process left set. */
  restoreScreen(): void {
    this.#parts.terminal.write(this.#modes.restoration());
    this.#modes.restored();
  }

  /** Starts a process. Keys are kept until {@link deliver}. */
  start(start: HarnessStart): HarnessProcess {
    const { module, terminal, env, cwd, resumePipe } = this.#parts;
    const first = this.#process === undefined;
    this.#start = start;
    this.#typed = new TypedInput();
    this.#turn = newTurnState(start.facts, Date.now());
    const child = new HarnessProcess(
      module,
      {
        program: start.program,
        args: start.args,
        env: { ...env, ...start.variables },
        cwd,
        lease: start.lease,
        resumePipe,
        settings: terminal.settings,
        columns: terminal.columns,
        rows: terminal.rows,
      },
      {
        output: (bytes) => {
          if (this.#process === child) this.#output(child, bytes);
        },
        stopped: () => {
          if (this.#process === child) this.#suspend(child);
        },
      },
    );
    this.#process = child;
    void child.started.then(() => {
      // By now its own lease is open; the front's would keep this version for as long as the session lasts.
      if (first) dropFrontLease(start.lease);
      child.observe();
      if (this.#missed !== undefined) child.signal(this.#missed);
      this.#missed = undefined;
      this.#parts.onChange();
    });
    return child;
  }

  /** Keys that were kept go to the process, and all others at once. */
  deliver(): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const bytes of kept) this.#toProcess(bytes);
  }

  /** From here on keys are kept. */
  keep(): void {
    this.#kept ??= [];
  }

  tell(signal: TurnSignal): void {
    if (this.#turn === undefined) return;
    this.#turn = reduceTurn(this.#turn, signal);
    this.#parts.onChange();
  }

  /** Whether a restart would be in the way of anything now. */
  quiescence(now: number): RestartQuiescence | null {
    if (this.#turn === undefined) return null;
    this.#lookAtTerminal();
    return restartQuiescence(this.#turn, now, this.#start?.quiet ?? QUIET_POLICY);
  }

  /** As {@link quiescence}, while admission is closed: whether the process may be asked to end. */
  mayStop(now: number): boolean {
    if (this.#turn === undefined) return false;
    this.#lookAtTerminal();
    return mayStop(this.#turn, now, this.#start?.quiet ?? QUIET_POLICY);
  }

  /** A line for the person, between two processes. */
  print(line: string): void {
    this.#parts.terminal.write(`${line}\r\n`);
  }

  #input(bytes: Uint8Array): void {
    if (this.#kept === undefined) this.#toProcess(bytes);
    else if (isTerminalReport(bytes)) this.#process?.write(bytes);
    else this.#kept.push(bytes);
  }

  #toProcess(bytes: Uint8Array): void {
    for (const typed of this.#typed.feed(bytes)) {
      if (typed === 'interrupt') this.#process?.observe();
      this.tell(terminalSignal(TYPED_EVENTS[typed]));
    }
    this.#process?.write(bytes);
  }

  #output(child: HarnessProcess, bytes: Uint8Array): void {
    this.#modes.feed(bytes);
    const taken = this.#parts.terminal.write(bytes, () => {
      child.release();
    });
    if (!taken) child.hold();
    if (this.#turn !== undefined) this.#turn = reduceTurn(this.#turn, terminalSignal('output_seen'));
    this.#parts.onChange();
  }

  #lookAtTerminal(): void {
    const owned = this.#process?.childOwnsTerminal();
    if (this.#turn === undefined || owned === undefined) return;
    const known = this.#turn.conditions.some(({ kind }) => kind === 'child_owns_terminal');
    if (owned === known) return;
    this.#turn = reduceTurn(this.#turn, {
      ...terminalSignal(owned ? 'condition_set' : 'condition_cleared'),
      condition: 'child_owns_terminal',
    });
  }

  /** The harness stopped: so do we, with the terminal as it was, and when somebody lets us go on, it goes on. */
  #suspend(child: HarnessProcess): void {
    // A harness that stops by itself has tidied up, and sets up again; one that was stopped from outside does neither.
    const again = this.#modes.application();
    this.#parts.terminal.write(this.#modes.restoration());
    this.#parts.terminal.raw(false);
    // As the harness itself would: everybody in our group stops. Where nobody could let us go on, the system does not stop us at all.
    process.kill(0, 'SIGTSTP');
    this.#comeBack();
    this.#parts.terminal.write(again);
    void child.goOn();
  }

  #comeBack(): void {
    this.#parts.terminal.raw(true);
    this.#process?.resize(this.#parts.terminal.columns, this.#parts.terminal.rows);
  }
}

const TYPED_EVENTS = {
  keys: 'keys_typed',
  submit: 'input_submitted',
  interrupt: 'interrupt_pressed',
  clear: 'draft_cleared',
} as const;

function terminalSignal(event: TurnSignal['event']): TurnSignal {
  return turnSignal({ source: 'terminal', event, at: new Date().toISOString() });
}

/** Only when it is that: any other descriptor of the number is Node's own. */
function dropFrontLease(lease: string | null): void {
  try {
    if (lease === null) return;
    const open = fstatSync(FRONT_LEASE);
    const file = statSync(lease);
    if (open.isFIFO() && open.ino === file.ino && open.dev === file.dev) closeSync(FRONT_LEASE);
  } catch {
    // The front left none open.
  }
}
