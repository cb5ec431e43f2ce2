import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';

const lineSchema = z.looseObject({ type: z.string(), text: z.optional(z.string()) });
export type TranscriptLine = z.infer<typeof lineSchema>;

/** A conversation on disk, one JSON a line. Written a little later than it happens, as real programs do, unless it is held back. */
export class Transcript {
  readonly path: string;
  readonly #persist: boolean;
  readonly #waiting: string[] = [];
  #held = false;
  #scheduled = false;

  constructor(home: string, sessionId: string, persist: boolean) {
    this.path = path.join(home, 'sessions', `${sessionId}.jsonl`);
    this.#persist = persist;
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  read(): readonly TranscriptLine[] {
    if (!this.exists) return [];
    return readFileSync(this.path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => z.parse(lineSchema, JSON.parse(line)));
  }

  append(line: Readonly<Record<string, unknown>>): void {
    if (!this.#persist) return;
    this.#waiting.push(`${JSON.stringify({ ...line, pid: process.pid })}\n`);
    if (this.#held || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#held) this.flush();
    });
  }

  /** Nothing is written until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.flush();
  }

  /** Bytes of the file when everything that happened is in it, durably. */
  flush(): number {
    if (!this.#persist) return 0;
    if (this.#waiting.length > 0) {
      mkdirSync(path.dirname(this.path), { recursive: true });
      const file = openSync(this.path, 'a', 0o600);
      writeSync(file, this.#waiting.splice(0).join(''));
      fsyncSync(file);
      closeSync(file);
    }
    return this.exists ? statSync(this.path).size : 0;
  }
}
