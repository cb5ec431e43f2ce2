import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import type { Step } from './script-link.ts';

const happeningSchema = z.looseObject({ event: z.string() });
export type Heard = z.infer<typeof happeningSchema>;

/** One run of the program, from its first word to the end of its connection. */
export class DrivenRun {
  readonly heard: Heard[] = [];
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        resolve();
      });
    });
    createInterface({ input: socket }).on('line', (line) => {
      this.heard.push(z.parse(happeningSchema, JSON.parse(line)));
      for (const look of this.#waiting) look();
    });
  }

  /** Has the program do a step, and waits until it did. */
  async does(step: Step): Promise<void> {
    const before = this.#count('did');
    this.tells(step);
    await this.#until(() => this.#count('did') > before);
  }

  /** As `does` for a step after which the program may be gone. */
  tells(step: Step): void {
    this.#socket.write(`${JSON.stringify(step)}\n`);
  }

  /** The `nth` of these happenings, counted from 1, as soon as there is one. */
  async hears(event: string, nth = 1): Promise<Heard> {
    await this.#until(() => this.#count(event) >= nth);
    const found = this.heard.filter((one) => one.event === event)[nth - 1];
    if (found === undefined) throw new Error(`No ${event}.`);
    return found;
  }

  #count(event: string): number {
    return this.heard.filter((one) => one.event === event).length;
  }

  #until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }
}

/** The test's end of every run of the reference harness: listens where `environment` tells the program to call. */
export class HarnessDriver {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'beaver-reference-'));
  readonly runs: DrivenRun[] = [];
  readonly #server: Server;
  readonly #address: string;
  readonly #waiting = new Set<() => void>();

  private constructor() {
    this.#address =
      process.platform === 'win32'
        ? `\\\\.\\pipe\\${path.basename(this.folder)}`
        : path.join(this.folder, 'control');
    this.#server = createServer((socket) => {
      this.runs.push(new DrivenRun(socket));
      for (const look of this.#waiting) look();
    });
  }

  static async start(): Promise<HarnessDriver> {
    const driver = new HarnessDriver();
    await new Promise<void>((resolve) => {
      driver.#server.listen(driver.#address, resolve);
    });
    return driver;
  }

  /** Home of transcripts and jobs. */
  get home(): string {
    return path.join(this.folder, 'home');
  }

  get environment(): Readonly<Record<string, string>> {
    return { REFERENCE_CONTROL: this.#address, REFERENCE_HOME: this.home };
  }

  /** The `nth` run, counted from 1, as soon as it called. */
  run(nth = 1): Promise<DrivenRun> {
    return new Promise((resolve) => {
      const look = (): void => {
        const run = this.runs[nth - 1];
        if (run === undefined) return;
        this.#waiting.delete(look);
        resolve(run);
      };
      this.#waiting.add(look);
      look();
    });
  }

  dispose(): void {
    this.#server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
