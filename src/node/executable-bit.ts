import * as fs from 'node:fs';
import * as path from 'node:path';
import { isExecutable, IS_WINDOWS } from './file-calls.ts';
import { hasCode } from '../base/system-errors.ts';

/**
 * Whether files in `directory` keep an executable bit, found by setting and clearing it on a file of its own, as git does for core.fileMode.
 * The directory must exist and be writable; rejects with the system's error when not.
 */
export function probeExecutableBit(directory: string): boolean {
  if (IS_WINDOWS) return false;
  const { O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
  const probe = path.join(directory, `.mode-probe-${process.pid}`);
  fs.rmSync(probe, { force: true });
  fs.closeSync(fs.openSync(probe, O_WRONLY | O_CREAT | O_EXCL, 0o644));
  try {
    const before = isExecutable(fs.lstatSync(probe).mode);
    fs.chmodSync(probe, 0o755);
    return !before && isExecutable(fs.lstatSync(probe).mode);
  } catch (error) {
    if (hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP')) return false;
    throw error;
  } finally {
    fs.rmSync(probe, { force: true });
  }
}
