import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';

const jobSchema = z.object({
  id: z.string(),
  name: z.string(),
  durable: z.boolean(),
  pid: z.number(),
  session_id: z.string(),
});
export type BackgroundJob = z.infer<typeof jobSchema>;

/** Waits until a file appears, then writes that it ended. A process of its own; what is not durable ends with the program. */
const WORK = `
const { existsSync, watch, writeFileSync, rmSync } = require('node:fs');
const [folder, id, tied] = process.argv.slice(1);
if (tied === 'tied') process.stdin.on('end', () => process.exit(1)).resume();
const end = () => {
  if (!existsSync(folder + '/' + id + '.end')) return;
  rmSync(folder + '/' + id + '.json', { force: true });
  writeFileSync(folder + '/' + id + '.done', String(process.pid), { flag: 'a' });
  process.exit(0);
};
watch(folder, end);
end();
setInterval(end, 1000);
`;

/** The work behind a session: a file for each job in `jobs/` of the program's home. */
export class BackgroundJobs {
  readonly #folder: string;
  readonly #children: ChildProcess[] = [];

  constructor(home: string) {
    this.#folder = path.join(home, 'jobs');
  }

  start(id: string, name: string, durable: boolean, sessionId: string): void {
    mkdirSync(this.#folder, { recursive: true });
    const child = spawn(process.execPath, ['-e', WORK, this.#folder, id, durable ? 'free' : 'tied'], {
      detached: durable,
      stdio: [durable ? 'ignore' : 'pipe', 'ignore', 'ignore'],
      env: {},
    });
    if (durable) child.unref();
    else this.#children.push(child);
    if (child.pid === undefined) throw new Error('A background job did not start.');
    const job: BackgroundJob = { id, name, durable, pid: child.pid, session_id: sessionId };
    writeFileSync(path.join(this.#folder, `${id}.json`), JSON.stringify(job));
  }

  end(id: string): void {
    writeFileSync(path.join(this.#folder, `${id}.end`), '');
  }

  /** Those of a session whose process lives. */
  running(sessionId: string): readonly BackgroundJob[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => z.parse(jobSchema, JSON.parse(readFileSync(path.join(this.#folder, file), 'utf8'))))
      .filter((job) => job.session_id === sessionId && lives(job.pid));
  }

  /** What is not durable ends with the program. */
  endWithProgram(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
