import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { NewTree } from '../core/ports.ts';
import { type DiskTask, runDiskTask } from './disk-tasks.ts';
import type { ScannedTrees } from './tree-scan.ts';

interface Answer {
  readonly id: number;
  readonly value?: ScannedTrees;
  readonly error?: { readonly message: string; readonly code?: string };
}

interface Waiting {
  readonly resolve: (value: ScannedTrees | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** More threads than these wait for one another in the file system. */
const MOST = 2;
/** A thread without work ends after this. Milliseconds. */
const IDLE = 2000;

/**
 * A few threads for what takes thousands of system calls. They are started by the first task, do not keep the process alive, and end when
 * nothing has been asked of them for two seconds. Where none can be started, tasks run in the calling thread.
 */
export class DiskWorkers {
  readonly #file: string;
  #threads: Thread[] = [];

  constructor(file = workerFile()) {
    this.#file = file;
  }

  /** How many tasks run at once. */
  get width(): number {
    return Math.min(MOST, availableParallelism());
  }

  async scan(roots: readonly string[]): Promise<ScannedTrees | undefined> {
    return this.#run({ kind: 'scan', roots });
  }

  /** Rejects with the system's error, `code` set. */
  async write(trees: readonly NewTree[]): Promise<void> {
    await this.#run({ kind: 'write', trees });
  }

  async #run(task: DiskTask): Promise<ScannedTrees | undefined> {
    const thread = this.#thread();
    return thread === undefined ? runDiskTask(task).value : thread.run(task);
  }

  /** The one with the least to do. */
  #thread(): Thread | undefined {
    this.#threads = this.#threads.filter((thread) => !thread.ended);
    const idle = this.#threads.find((thread) => thread.load === 0);
    if (idle !== undefined) return idle;
    if (this.#threads.length < this.width) {
      try {
        this.#threads.push(new Thread(this.#file));
      } catch {
        return undefined;
      }
    }
    return this.#threads.reduce((a, b) => (b.load < a.load ? b : a));
  }
}

class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  ended = false;

  constructor(file: string) {
    this.#worker = new Worker(file, { execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      this.#settle(answer);
    });
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
    });
    this.#worker.on('exit', () => {
      this.#end();
    });
  }

  get load(): number {
    return this.#waiting.size;
  }

  run(task: DiskTask): Promise<ScannedTrees | undefined> {
    clearTimeout(this.#timer);
    // Only what waits for an answer keeps the process alive.
    if (this.load === 0) this.#worker.ref();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, task });
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.load === 0) {
      this.#worker.unref();
      this.#timer = setTimeout(() => {
        this.ended = true;
        void this.#worker.terminate();
      }, IDLE);
      this.#timer.unref();
    }
    if (answer.error === undefined) waiting?.resolve(answer.value);
    else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
  }

  #end(): void {
    this.ended = true;
    const error = this.#failure ?? new Error('A thread for disk work ended early.');
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Beside this file in the sources; in a bundle, beside the entries, whatever chunk this is in. */
function workerFile(): string {
  if (typeof __dirname !== 'string') return path.join(import.meta.dirname, 'disk-worker.ts');
  const dist = path.basename(__dirname) === 'chunks' ? path.dirname(__dirname) : __dirname;
  return path.join(dist, 'disk-worker.cjs');
}
