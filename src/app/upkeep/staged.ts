import { applyStaged } from '../../core/install/apply-staged.ts';
import type { InstallOptions } from '../../core/install/bring-in.ts';
import type { InstallOutcome } from '../../core/install/install-outcome.ts';
import { installedPlugin } from '../../core/install/install-registry.ts';
import { readStagedUpdates, type StagedUpdate } from '../../core/install/staged-updates.ts';
import { identityText } from '../../core/package-identity.ts';
import type { LockWait } from '../../core/ports.ts';
import type { InstallUpdatePayload } from '../install-payloads.ts';
import { updateEach } from '../install-outcomes.ts';
import type { StagedPayload } from '../upkeep-payloads.ts';
import { followLock } from './locked-plugins.ts';
import { installedNow, type UpkeepContext } from './upkeep-context.ts';

export type StagedRequest = Pick<InstallOptions, 'accept' | 'automatic' | 'onProgress' | 'signal'>;

/** Sorted by id. What is staged for a plugin that is not installed any more is not told. */
export async function stagedPayloads(context: UpkeepContext): Promise<readonly StagedPayload[]> {
  const { layout, ports } = context.install.mirror;
  const installed = await installedNow(context);
  return [...(await readStagedUpdates(ports.files, layout))]
    .filter(([id]) => installed.has(id))
    .map(([id, update]) => stagedPayload(id, update))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function stagedPayload(id: string, { staged_at, members, asks }: StagedUpdate): StagedPayload {
  const [root, ...needed] = members;
  return {
    id,
    version: root?.package.version ?? null,
    identity: root === undefined ? '' : identityText(root.package.identity),
    staged_at,
    needs: needed.map((member) => member.id).sort(),
    asks: asks.map((ask) => ({ ...ask })),
  };
}

/** Puts staged updates in use, each by itself, without a network; all of them without ids. */
export async function applyStagedUpdates(
  context: UpkeepContext,
  ids: readonly string[],
  request: StagedRequest,
  wait: LockWait,
): Promise<InstallUpdatePayload> {
  const installed = await installedNow(context);
  for (const id of ids) installedPlugin(installed, id);
  const wanted = ids.length === 0 ? (await stagedPayloads(context)).map(({ id }) => id) : ids;
  const done: InstallOutcome[] = [];
  const updates = await updateEach(wanted, async (id) => {
    const outcome = await applyStaged(context.install, id, { ...request, wait });
    done.push(outcome);
    return outcome;
  });
  if (done.some(({ status }) => status === 'updated')) {
    await context.sync(wait);
    await followLock(context, [], wait);
  }
  return { updates: [...updates] };
}
