import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Processes } from '../../core/harness-ports.ts';

/** Clock ticks of Linux as programs see them. */
const TICKS = 100;

/** The processes of this machine. */
export class NodeProcesses implements Processes {
  startedAt(pid: number): number | undefined {
    try {
      if (process.platform === 'linux') return startedOnLinux(pid);
      process.kill(pid, 0);
      return process.platform === 'win32' ? 0 : startedByPs(pid);
    } catch {
      return undefined;
    }
  }
}

/** Proc's 22nd field, counted from the boot; one that has ended and is not yet waited for (Z, X) is gone. */
function startedOnLinux(pid: number): number | undefined {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
  if (boot === undefined || state === 'Z' || state === 'X') return undefined;
  return Number(boot) * 1000 + (Number(fields[19]) * 1000) / TICKS;
}

function startedByPs(pid: number): number | undefined {
  const printed = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const at = Date.parse(printed.trim());
  return Number.isNaN(at) ? undefined : at;
}
