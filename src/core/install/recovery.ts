import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { rollBackAttempt } from './attempt-end.ts';
import { attemptIds, readAttempt } from './attempt-journal.ts';
import type { InstallDeps } from './install-deps.ts';
import { sweepPackages } from './package-store.ts';

/**
 * Ends every attempt that nobody carries out any more: one that had not come to its end is rolled back, with its reason. Attempts of living
 * processes hold their own lock and are left alone. Expects the write lock; idempotent at every instruction.
 * @returns the ids of the attempts that were rolled back.
 */
export async function recoverAttempts(deps: InstallDeps): Promise<readonly string[]> {
  const { layout, ports } = deps.mirror;
  const rolledBack: string[] = [];
  const ended: string[] = [];
  for (const id of await attemptIds(ports.files, layout)) {
    if (deps.running.has(id)) continue;
    await unlessHeld(async () => {
      await ports.lock.run(layout.installAttemptLock(id), 'end an attempt', { kind: 'never' }, async () => {
        if (await endAttempt(deps, id)) rolledBack.push(id);
      });
      ended.push(id);
      await forgetAttemptLock(ports.files, layout, id);
    });
  }
  if (ended.length > 0) await sweepPackages(ports.files, layout);
  return rolledBack;
}

/** @returns true when it was rolled back now. */
async function endAttempt(deps: InstallDeps, id: string): Promise<boolean> {
  const { layout, ports } = deps.mirror;
  const attempt = await readAttempt(ports.files, layout, id);
  const open = attempt !== undefined && (attempt.status === 'running' || attempt.status === 'activated');
  if (open) {
    const reason = attempt.reason ?? {
      code: 'install_interrupted',
      message: `It was interrupted in the phase "${attempt.phase}".`,
    };
    await rollBackAttempt(deps, attempt, reason, true);
    ports.log.log('warn', 'Rolled an interrupted installation back', {
      plugin: attempt.id,
      code: reason.code,
    });
  }
  await forgetAttempt(ports.files, layout, id);
  return open;
}

/** Staging first, for good: its journal is what tells whoever comes after a power cut that it is to be swept up. */
export async function forgetAttempt(files: FileSystem, layout: WorkspaceLayout, id: string): Promise<void> {
  const staging = path.join(layout.installStaging, id);
  if ((await files.lstat(staging)) !== undefined) {
    await files.remove(staging);
    await files.flush([layout.installStaging]);
  }
  await files.remove(layout.installAttempt(id));
  await files.remove(`${layout.installAttempt(id)}.tmp`);
  await files.flush([layout.installAttempts]);
}

/** The id never comes again, so that a second file of this name would lock nothing that matters. */
export async function forgetAttemptLock(
  files: FileSystem,
  layout: WorkspaceLayout,
  id: string,
): Promise<void> {
  await files.remove(layout.installAttemptLock(id));
}

async function unlessHeld(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof BeaverError && error.code === 'plugin_write_busy')) throw error;
  }
}
