import * as path from 'node:path';
import * as z from 'zod';
import { isBeaverError } from '../../base/errors.ts';
import { isSameProcess, type Processes } from '../harness-ports.ts';
import type { Clock, FileSystem, Lock, LockWait, Logger } from '../ports.ts';
import { readStoredJson, writeStoredJson } from '../stored-json.ts';
import { type Job, jobSchema } from './job.ts';
import { turnSignal, type TurnSignal } from './turn-signal.ts';

const KIND = { name: 'job', schemaVersion: 1 };
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export interface JobDeps {
  readonly files: FileSystem;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly log: Logger;
  readonly processes: Processes;
}

export type NewJob = Pick<Job, 'job_id' | 'harness' | 'session_id' | 'kind' | 'label' | 'is_durable'> & {
  /** Of the work itself, where it is a process. */
  readonly pid: number | null;
};

/** How a job ended, where somebody knows. */
export interface JobEnd {
  readonly exitCode: number | null;
}

/** The work behind sessions: `state/jobs/<job>.json`. A job that ended once stays as it ended. */
export class JobRegistry {
  readonly #deps: JobDeps;
  readonly #folder: string;

  constructor(deps: JobDeps, beaverHome: string) {
    this.#deps = deps;
    this.#folder = jobsFolder(beaverHome);
  }

  /** @throws RangeError for an id that could not be a file name. The process must run: its start tells it from later ones. */
  async add(job: NewJob, wait: LockWait): Promise<Job> {
    const { clock, processes } = this.#deps;
    const now = new Date(clock.now()).toISOString();
    const { pid, ...rest } = job;
    const started = pid === null ? undefined : processes.startedAt(pid);
    const process =
      pid === null || started === undefined ? null : { pid, started_at: new Date(started).toISOString() };
    const entry: Job = {
      schema_version: 1,
      ...rest,
      // What has no process cannot be found again.
      is_durable: rest.is_durable && process !== null,
      process,
      status: 'running',
      started_at: now,
      ended_at: null,
      exit_code: null,
    };
    return this.#locked(wait, async () => {
      const before = await this.#read(entry.job_id);
      if (before !== undefined && isRunning(before)) return before;
      await this.#write(entry);
      return entry;
    });
  }

  /** Records the end of a job, once: whoever comes second changes nothing. Answers what is recorded; undefined for none of that id. */
  async end(jobId: string, { exitCode }: JobEnd, wait: LockWait): Promise<Job | undefined> {
    return this.#locked(wait, async () => {
      const job = await this.#read(jobId);
      if (job === undefined || !isRunning(job)) return job;
      const ended = this.#ended(job, exitCode === null || exitCode === 0 ? 'finished' : 'failed', exitCode);
      await this.#write(ended);
      return ended;
    });
  }

  /**
   * Looks at every job again, as after a restart: those whose process is the one that was started are still running, whoever started them;
   * those whose process is gone, or whose number belongs to another process now, are lost, and nobody knows how they ended.
   */
  async adopt(wait: LockWait): Promise<{ readonly running: readonly Job[]; readonly lost: readonly Job[] }> {
    return this.#locked(wait, async () => {
      const running: Job[] = [];
      const lost: Job[] = [];
      for (const job of await this.list()) {
        if (!isRunning(job)) continue;
        if (job.process !== null && isSameProcess(this.#deps.processes, job.process)) running.push(job);
        else {
          const gone = this.#ended(job, 'lost', null);
          await this.#write(gone);
          lost.push(gone);
        }
      }
      return { running, lost };
    });
  }

  /** Every job that can be read, by id. */
  async list(): Promise<readonly Job[]> {
    return (await this.#all()).jobs;
  }

  /** What the registry says of a session, as the signal that its quiescence is read from. */
  async signal(sessionId: string): Promise<TurnSignal> {
    const { jobs, unreadable } = await this.#all();
    const running = jobs.filter((job) => {
      if (job.session_id !== sessionId || !isRunning(job)) return false;
      return job.process === null || isSameProcess(this.#deps.processes, job.process);
    });
    return turnSignal({
      source: 'job_registry',
      event: 'jobs_seen',
      at: new Date(this.#deps.clock.now()).toISOString(),
      background_tasks: [
        ...running.map(({ job_id, label, is_durable }) => ({ id: job_id, label, durable: is_durable })),
        // It may be of this session, and running.
        ...unreadable.map((id) => ({ id, label: 'a job that cannot be read', durable: false })),
      ],
    });
  }

  async #all(): Promise<{ readonly jobs: readonly Job[]; readonly unreadable: readonly string[] }> {
    const jobs: Job[] = [];
    const unreadable: string[] = [];
    const names = ((await this.#deps.files.readDirectory(this.#folder)) ?? [])
      .map(({ name }) => name)
      .toSorted();
    for (const name of names) {
      const id = name.slice(0, -'.json'.length);
      if (!name.endsWith('.json') || !ID.test(id)) continue;
      try {
        const job = await this.#read(id);
        if (job !== undefined) jobs.push(job);
      } catch (error) {
        if (!isBeaverError(error)) throw error;
        this.#deps.log.log('warn', 'The record of a job cannot be read.', { code: error.code });
        unreadable.push(id);
      }
    }
    return { jobs, unreadable };
  }

  #ended(job: Job, status: 'finished' | 'failed' | 'lost', exitCode: number | null): Job {
    return { ...job, status, exit_code: exitCode, ended_at: new Date(this.#deps.clock.now()).toISOString() };
  }

  async #read(jobId: string): Promise<Job | undefined> {
    const file = this.#file(jobId);
    if ((await this.#deps.files.lstat(file))?.kind !== 'file') return undefined;
    return readStoredJson(this.#deps.files, file, path.basename(file), KIND, jobSchema);
  }

  async #write(job: Job): Promise<void> {
    await writeStoredJson(this.#deps.files, this.#file(job.job_id), z.json().parse(jobSchema.parse(job)), {
      private: true,
    });
  }

  #file(jobId: string): string {
    if (!ID.test(jobId)) throw new RangeError('An id of a job is letters, digits, dashes.');
    return path.join(this.#folder, `${jobId}.json`);
  }

  #locked<T>(wait: LockWait, body: () => Promise<T>): Promise<T> {
    return this.#deps.lock.run(path.join(this.#folder, 'jobs.lock'), 'record a job', wait, body);
  }
}

/** Absolute. */
export function jobsFolder(beaverHome: string): string {
  return path.join(path.resolve(beaverHome), 'state', 'jobs');
}

function isRunning({ status }: Job): boolean {
  return status === 'running';
}
