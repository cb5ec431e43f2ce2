import { registryStep } from '../../core/install/attempt-end.ts';
import { installedPlugin } from '../../core/install/install-registry.ts';
import type { InstalledPackage } from '../../core/install/installed-plugin.ts';
import { type PackagePin, pinText } from '../../core/package-pin.ts';
import type { LockWait } from '../../core/ports.ts';
import { withTransaction } from '../../core/skills/transaction.ts';
import type { PinPayload } from '../upkeep-payloads.ts';
import { followLock } from './locked-plugins.ts';
import { installedNow, type UpkeepContext } from './upkeep-context.ts';

/** Holds a plugin to what `choose` says of its active content, from the next update on; null lets go of it. */
export async function setPin(
  context: UpkeepContext,
  id: string,
  wait: LockWait,
  choose: (active: InstalledPackage) => PackagePin | null,
): Promise<PinPayload> {
  const { install } = context;
  const pinned = await install.write(`pin ${id}`, wait, async () => {
    const plugins = new Map(await installedNow(context));
    const plugin = installedPlugin(plugins, id);
    const pin = choose(plugin.active);
    plugins.set(id, { ...plugin, pin });
    await withTransaction(install.mirror.transactions, async (transaction) => {
      transaction.add(registryStep(install, plugins));
      await transaction.commit('pin a plugin');
    });
    const before = plugin.pin === null ? null : pinText(plugin.pin);
    return { id, pin: pin === null ? null : pinText(pin), before };
  });
  await followLock(context, [], wait);
  return { pinned };
}
