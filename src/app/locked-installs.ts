import { toBeaverError } from '../base/system-errors.ts';
import type { Logger, LockWait } from '../core/ports.ts';
import type { BeaverWorkspace } from './api.ts';

type Installs = BeaverWorkspace['installs'];
const CHANGED: ReadonlySet<string> = new Set(['installed', 'updated', 'rolled_back']);

/** Installs that bring the lock file up to date afterwards. What was installed stays so whatever becomes of that: the file can be made again. */
export function lockedInstalls(
  installs: Installs,
  lock: (wait?: LockWait) => Promise<unknown>,
  log: Logger,
): Installs {
  const noted = async (statuses: readonly string[], wait?: LockWait): Promise<void> => {
    if (!statuses.some((status) => CHANGED.has(status))) return;
    await lock(wait).catch((error: unknown) => {
      const code = toBeaverError(error)?.code ?? 'internal_error';
      log.log('warn', 'The lock file was not brought up to date', { code });
    });
  };
  return {
    ...installs,
    install: async (target, request, wait) => {
      const answer = await installs.install(target, request, wait);
      await noted([answer.install.status], wait);
      return answer;
    },
    update: async (ids, request, wait) => {
      const answer = await installs.update(ids, request, wait);
      await noted(
        answer.updates.map(({ status }) => status),
        wait,
      );
      return answer;
    },
    rollback: async (id, to, request, wait) => {
      const answer = await installs.rollback(id, to, request, wait);
      await noted([answer.install.status], wait);
      return answer;
    },
    uninstall: async (id, request, wait) => {
      const answer = await installs.uninstall(id, request, wait);
      await noted(['installed'], wait);
      return answer;
    },
  };
}
