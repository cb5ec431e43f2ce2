import process from 'node:process';
import { hasCode } from '../../base/system-errors.ts';

/** Whether a process of this number is there, whoever's it is. */
export function isLiveProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
