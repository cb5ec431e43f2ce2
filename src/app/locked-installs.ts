import type { LockWait } from '../core/ports.ts';
import type { BeaverWorkspace } from './api.ts';

type Installs = BeaverWorkspace['installs'];
const CHANGED: ReadonlySet<string> = new Set(['installed', 'updated', 'rolled_back']);

/** Installs that the lock file follows. What was installed stays so whatever becomes of that: the file can be made again. */
export function lockedInstalls(
  installs: Installs,
  follow: (uninstalled: readonly string[], wait?: LockWait) => Promise<void>,
): Installs {
  const noted = async (statuses: readonly string[], wait?: LockWait): Promise<void> => {
    if (!statuses.some((status) => CHANGED.has(status))) return;
    await follow([], wait);
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
      await follow([id], wait);
      return answer;
    },
  };
}
