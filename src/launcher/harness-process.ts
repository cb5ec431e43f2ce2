import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createWriteStream } from 'node:fs';
import { setImmediate as soon } from 'node:timers/promises';
import { type Ending, endingOfStatus, signalName } from './ending.ts';
import { LONGEST_PRELUDE, MONITOR_SCRIPT, PRELUDE } from './monitor-script.ts';
import type { Pty, PtyModule } from './pty-module.ts';

export interface StartOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Kept open while anything of the version runs; null for a build of this machine. */
  readonly lease: string | null;
  /** A pipe of this session, made when it is needed. */
  readonly resumePipe: string;
  /** As `stty -g` gives them; empty for the usual ones. */
  readonly settings: string;
  readonly columns: number;
  readonly rows: number;
}

export interface ProcessEvents {
  readonly output: (bytes: Uint8Array) => void;
  readonly stopped: () => void;
}

/** A harness in a terminal of its own. It ends once, with the last of its output before. */
export class HarnessProcess {
  readonly ended: Promise<Ending>;
  /** Its process, once it is there; undefined when it never was. */
  readonly started: Promise<number | undefined>;
  readonly #pty: Pty;
  readonly #options: StartOptions;
  #pid: number | undefined;
  #over = false;
  #caught = 0n;
  #prelude: Buffer | undefined = Buffer.alloc(0);

  constructor(module: PtyModule, options: StartOptions, events: ProcessEvents) {
    this.#options = options;
    const monitor = ['-c', MONITOR_SCRIPT, 'sh', String(process.pid), options.resumePipe];
    const command = [options.lease ?? '', options.settings, options.program, ...options.args];
    this.#pty = module.spawn('/bin/sh', [...monitor, ...command], {
      name: options.env['TERM'] ?? 'xterm-256color',
      cols: options.columns,
      rows: options.rows,
      cwd: options.cwd,
      env: options.env,
      encoding: null,
    });
    const stopped = (): void => {
      events.stopped();
    };
    process.on('SIGUSR2', stopped);
    let announce: (pid: number | undefined) => void = () => undefined;
    this.started = new Promise((resolve) => {
      announce = resolve;
    });
    this.#pty.onData((data: unknown) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.from(String(data));
      const rest = this.#withoutPrelude(bytes);
      if (this.#pid !== undefined) announce(this.#pid);
      if (rest.byteLength > 0) events.output(rest);
    });
    this.ended = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal = 0 }) => {
        process.off('SIGUSR2', stopped);
        this.#over = true;
        announce(undefined);
        const name = signalName(signal);
        resolve(
          name === undefined ? endingOfStatus(exitCode, this.#caught) : { kind: 'signal', signal: name },
        );
      });
    });
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  /** Whether it has ended, and all of its output has come. */
  get isOver(): boolean {
    return this.#over;
  }

  write(bytes: Uint8Array): void {
    if (!this.#over) this.#pty.write(Buffer.from(bytes));
  }

  resize(columns: number, rows: number): void {
    if (!this.#over) this.#pty.resize(Math.max(1, columns), Math.max(1, rows));
  }

  /** Output waits, for a terminal that cannot take more. */
  hold(): void {
    this.#pty.pause();
  }

  release(): void {
    this.#pty.resume();
  }

  /** Sends a signal to the harness itself. False when it is not there any more. */
  signal(name: NodeJS.Signals): boolean {
    if (this.#pid === undefined || this.#over) return false;
    this.observe();
    try {
      process.kill(this.#pid, name);
      return true;
    } catch {
      return false;
    }
  }

  /** Notes which signals the harness takes itself: asked when it has ended, the system does not know any more. */
  observe(): void {
    if (this.#pid === undefined) return;
    const found = /^SigCgt:\s*([0-9a-f]+)$/m.exec(read(`/proc/${this.#pid}/status`))?.[1];
    if (found !== undefined) this.#caught = BigInt(`0x${found}`);
  }

  /** Whether another process group than the harness's own has its terminal (Q19); undefined where the system does not say. */
  childOwnsTerminal(): boolean | undefined {
    if (this.#pid === undefined || this.#over) return undefined;
    // After the name, which may hold anything: state, parent, group, session, terminal, foreground group.
    const fields = read(`/proc/${this.#pid}/stat`).split(') ').at(-1)?.split(' ');
    const [, , group, , , foreground] = fields ?? [];
    return group === undefined || foreground === undefined ? undefined : group !== foreground;
  }

  /** Lets a harness that stopped go on. */
  async goOn(): Promise<void> {
    const { resumePipe } = this.#options;
    // It is opened when the other side reads; on a thread, so that nothing here waits.
    await new Promise<void>((resolve) => {
      const pipe = createWriteStream(resumePipe);
      pipe.on('error', () => {
        resolve();
      });
      pipe.end('go on\n', () => {
        resolve();
      });
    });
    await soon();
  }

  #withoutPrelude(bytes: Buffer): Buffer {
    if (this.#prelude === undefined) return bytes;
    const all = Buffer.concat([this.#prelude, bytes]);
    const found = PRELUDE.exec(all.subarray(0, LONGEST_PRELUDE).toString('latin1'));
    if (found === null && all.byteLength < LONGEST_PRELUDE && all[0] === 0x1b) {
      this.#prelude = all;
      return Buffer.alloc(0);
    }
    this.#prelude = undefined;
    if (found === null) return all;
    this.#pid = Number(found[1]);
    return all.subarray(found[0].length);
  }
}

/** Without a terminal of its own: what is typed and shown is not seen, and the process is the supervisor's child. */
export function startInherited(options: Pick<StartOptions, 'program' | 'args' | 'env' | 'cwd'>): {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
} {
  const child = spawn(options.program, options.args, {
    cwd: options.cwd,
    env: options.env,
    // The lease is the third after the standard streams wherever the front opened it.
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', () => {
      resolve({ kind: 'code', code: 127 });
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { kind: 'code', code: code ?? 1 } : { kind: 'signal', signal });
    });
  });
  return { child, ended };
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
