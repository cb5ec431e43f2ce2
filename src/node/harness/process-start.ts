import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Of every Linux that Node runs on, as programs see it. */
const TICKS_PER_SECOND = 100;
/** Milliseconds within which two looks at one process agree: the clock is set now and then. */
const TOLERANCE = 2000;

/** When a process was started, in milliseconds since the epoch; undefined when it is not there. */
export function processStartedAt(pid: number): number | undefined {
  try {
    if (process.platform === 'linux') return startedOnLinux(pid);
    if (process.platform === 'win32') return isThere(pid) ? 0 : undefined;
    const printed = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const time = Date.parse(printed.trim());
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}

/** Whether the process with this number is the one that was started then. */
export function isSameProcess({
  pid,
  started_at,
}: {
  readonly pid: number;
  readonly started_at: string;
}): boolean {
  const started = processStartedAt(pid);
  if (started === undefined) return false;
  // Windows does not say; there the number has to do.
  return started === 0 || Math.abs(started - Date.parse(started_at)) <= TOLERANCE;
}

function startedOnLinux(pid: number): number | undefined {
  // After the name, which may hold anything; a zombie (Z) is no process any more.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const ticks = Number(fields[19]);
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  if (fields[0] === 'Z' || Number.isNaN(ticks) || Number.isNaN(boot)) return undefined;
  return boot * 1000 + Math.round((ticks * 1000) / TICKS_PER_SECOND);
}

function isThere(pid: number): boolean {
  process.kill(pid, 0);
  return true;
}
