import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { NewTree } from '../core/ports.ts';
import { type DiskTask, packTrees, runDiskTask } from './disk-tasks.ts';
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
/** MiB: a thread keeps nothing, and what it throws away must not pile up. */
const SMALL = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } as const;
/** A thread without work ends after this. Milliseconds. */
const IDLE = 2000;

/**
 * A few threads for what takes thousands of system calls. They are started by the first task, do not keep the process alive, and end when
 * nothing has been asked of them for two seconds. Where none can be started, tasks run in the calling thread.
 */
export class DiskWorkers {
  /** How many tasks run at once. */
  readonly width = Math.min(MOST, availableParallelism());
  readonly #file: string;
  #threads: Thread[] = [];
  #startable = true;

  constructor(file = workerFile()) {
    this.#file = file;
  }

  async scan(roots: readonly string[]): Promise<ScannedTrees | undefined> {
    return this.#run(() => ({ kind: 'scan', roots }), this.width);
  }

  /** Rejects with the system's error, `code` set. */
  async write(trees: readonly NewTree[]): Promise<void> {
    // One thread: two wait for one another in the journal of the file system.
    await this.#run(() => ({ kind: 'write', packed: packTrees(trees) }), 1);
  }

  /** Ends the threads; tasks that are under way are lost. */
  async dispose(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
    this.#threads = [];
  }

  /** `make` is called anew where the first thread takes the task with it and does not start. */
  async #run(make: () => DiskTask, width: number): Promise<ScannedTrees | undefined> {
    if (this.#startable) {
      try {
        return await this.#thread(width).run(make());
      } catch (error) {
        if (!(error instanceof NeverStarted)) throw error;
        this.#startable = false;
      }
    }
    return runDiskTask(make()).value;
  }

  /** The one with the least to do. */
  #thread(width: number): Thread {
    this.#threads = this.#threads.filter((thread) => !thread.ended);
    if (this.#threads.length < width) this.#threads.push(new Thread(this.#file));
    return this.#threads.slice(0, width).reduce((a, b) => (b.load < a.load ? b : a));
  }
}

/** The thread ended before it could take a task: nothing of any task was done. */
class NeverStarted extends Error {}

class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #ready = false;
  #failure: Error | undefined;
  ended = false;

  constructor(file: string) {
    this.#worker = new Worker(file, { execArgv: [], resourceLimits: SMALL });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer | 'ready') => {
      if (answer === 'ready') this.#ready = true;
      else this.#settle(answer);
    });
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
    });
    this.#worker.on('exit', () => {
      this.#lose();
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
      this.#worker.postMessage({ id, task }, task.kind === 'write' ? [task.packed.bytes.buffer] : []);
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.load === 0) {
      this.#worker.unref();
      this.#timer = setTimeout(() => void this.end(), IDLE);
      this.#timer.unref();
    }
    if (answer.error === undefined) waiting?.resolve(answer.value);
    else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
  }

  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.#timer);
    await this.#worker.terminate();
  }

  #lose(): void {
    this.ended = true;
    const error = this.#ready
      ? (this.#failure ?? new Error('A thread for disk work ended early.'))
      : new NeverStarted('A thread for disk work did not start.', { cause: this.#failure });
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
