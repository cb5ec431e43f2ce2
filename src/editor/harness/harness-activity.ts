import * as path from 'node:path';
import type { HarnessDeps } from '../../core/harness/harness-cache.ts';
import { jobSchema } from '../../core/harness/job.ts';
import { isLiveProcess } from '../../node/harness/live-process.ts';
import { type HarnessActivity, runningSessions } from '../model/harness-running.ts';

/** Bytes; a record is some hundred. */
const LARGEST = 64 * 1024;

/** The sessions and jobs of this machine as their records say. A record that cannot be read is left out: its writer replaces it. */
export async function readActivity({
  files,
  beaverHome,
}: Pick<HarnessDeps, 'files' | 'beaverHome'>): Promise<HarnessActivity> {
  const read = async (folder: string): Promise<readonly unknown[]> => {
    const at = path.join(beaverHome, 'state', folder);
    const names = ((await files.readDirectory(at)) ?? []).map(({ name }) => name);
    const records = names.filter((name) => name.endsWith('.json')).sort();
    return Promise.all(records.map((name) => readRecord(files, path.join(at, name))));
  };
  const jobs = (await read('jobs')).flatMap((record) => {
    const job = jobSchema.safeParse(record);
    return job.success ? [job.data] : [];
  });
  const sessions = runningSessions(await read('sessions'), ({ pid }) => isLiveProcess(pid));
  return { sessions, jobs };
}

async function readRecord(files: HarnessDeps['files'], file: string): Promise<unknown> {
  try {
    const stat = await files.lstat(file);
    if (stat?.kind !== 'file' || stat.size > LARGEST) return undefined;
    const value: unknown = JSON.parse(Buffer.from((await files.readFile(file)) ?? []).toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}
