import * as lydell from '@lydell/node-pty';
import headless from '@xterm/headless';

export interface VtOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

export interface VtEnd {
  readonly exitCode: number;
  /** 0 for none. */
  readonly signal: number;
}

/** A terminal with a person at it: runs a program, shows its screen, and types. */
export class VtTerminal {
  readonly ended: Promise<VtEnd>;
  readonly pid: number;
  /** Everything that came, as it came. */
  raw = '';
  title = '';
  readonly #pty: lydell.IPty;
  readonly #screen: headless.Terminal;
  readonly #waiting = new Set<() => void>();

  constructor(program: string, args: readonly string[], options: VtOptions) {
    const [cols, rows] = [options.columns ?? 80, options.rows ?? 24];
    this.#screen = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 1000 });
    this.#screen.onTitleChange((title) => {
      this.title = title;
    });
    this.#pty = lydell.spawn(program, [...args], {
      name: 'xterm-256color',
      cols,
      rows,
      cwd: options.cwd,
      env: { ...options.env, TERM: 'xterm-256color' },
    });
    this.pid = this.#pty.pid;
    this.#pty.onData((data) => {
      this.raw += data;
      this.#screen.write(data, () => {
        for (const look of this.#waiting) look();
      });
    });
    // Answers of the terminal, as real ones give them.
    this.#screen.onData((data) => {
      this.#pty.write(data);
    });
    this.ended = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal = 0 }) => {
        this.#screen.write('', () => {
          resolve({ exitCode, signal });
        });
      });
    });
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** The lines that are seen now, without blanks at their ends and without empty lines at the end. */
  get screen(): string {
    const { active } = this.#screen.buffer;
    const lines = Array.from(
      { length: this.#screen.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  }

  get alternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get modes(): headless.IModes {
    return this.#screen.modes;
  }

  /** Waits until the screen, or anything else here, is as it should be. */
  async until(what: RegExp | (() => boolean)): Promise<void> {
    const holds = typeof what === 'function' ? what : (): boolean => what.test(this.screen);
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      void this.ended.then(() => {
        if (holds()) resolve();
        else reject(new Error(`The program ended before ${String(what)} was seen:\n${this.screen}`));
      });
    });
  }

  /** Whatever still runs in it loses its terminal. */
  dispose(): void {
    try {
      this.#pty.kill('SIGKILL');
    } catch {
      // It has ended.
    }
    this.#screen.dispose();
  }
}
