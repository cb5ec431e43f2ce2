import { BeaverError, type Finding } from '../../base/errors.ts';
import { rollBackAttempt } from './attempt-end.ts';
import { attemptIds, forgetAttempt, forgetAttemptLock, readAttempt } from './attempt-journal.ts';
import type { InstallDeps } from './install-deps.ts';
import { sweepPackages } from './package-store.ts';
import { completeUninstall } from './uninstall.ts';

/**
 * Ends every attempt that nobody carries out any more: one that had not come to its end is rolled back, with its reason. Attempts of living
 * processes hold their own lock and are left alone, and so is one whose journal cannot be read: what it had changed is not known. Expects the
 * write lock; idempotent at every instruction.
 * @returns a finding for each that was rolled back.
 */
export async function recoverAttempts(deps: InstallDeps): Promise<readonly Finding[]> {
  const { layout, ports } = deps.mirror;
  const rolledBack: Finding[] = [];
  const ended: string[] = [];
  for (const id of await attemptIds(ports.files, layout)) {
    if (deps.running.has(id)) continue;
    await unlessHeld(async () => {
      await ports.lock.run(layout.installAttemptLock(id), 'end an attempt', { kind: 'never' }, async () => {
        const end = await endAttempt(deps, id);
        if (typeof end === 'object') rolledBack.push(end);
        if (end !== 'kept') ended.push(id);
      });
      await forgetAttemptLock(ports.files, layout, id);
    });
  }
  if (ended.length > 0) await sweepPackages(ports.files, layout);
  return rolledBack;
}

async function endAttempt(deps: InstallDeps, id: string): Promise<Finding | 'ended' | 'kept'> {
  const { layout, ports } = deps.mirror;
  const attempt = await readable(readAttempt(ports.files, layout, id));
  if (attempt === 'unreadable') {
    ports.log.log('warn', 'An interrupted installation cannot be ended', { attempt: id });
    return 'kept';
  }
  const open = attempt !== undefined && (attempt.status === 'running' || attempt.status === 'activated');
  let rolledBack: Finding | undefined;
  if (open && attempt.operation === 'uninstall') {
    await completeUninstall(deps, attempt);
    ports.log.log('info', 'Completed an interrupted uninstallation', { plugin: attempt.id });
  } else if (open) {
    const reason = attempt.reason ?? {
      code: 'install_interrupted',
      message: `It was interrupted in the phase "${attempt.phase}".`,
    };
    await rollBackAttempt(deps, attempt, reason, true);
    ports.log.log('warn', 'Rolled an interrupted installation back', {
      plugin: attempt.id,
      code: reason.code,
    });
    rolledBack = {
      code: 'install_rolled_back',
      severity: 'warning',
      message: `The ${attempt.operation} of "${attempt.id}" was rolled back: ${reason.message}`,
      next_step: 'What was in use before is in use again. Start it anew if it is still wanted.',
      path: layout.display(layout.installRegistry),
      field: `/plugins/${attempt.id}`,
    };
  }
  await forgetAttempt(ports.files, layout, id);
  return rolledBack ?? 'ended';
}

async function readable<T>(reading: Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof BeaverError && error.code === 'stored_file_unreadable') return 'unreadable';
    throw error;
  }
}

async function unlessHeld(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof BeaverError && error.code === 'plugin_write_busy')) throw error;
  }
}
