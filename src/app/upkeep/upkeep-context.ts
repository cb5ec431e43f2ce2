import type { InstallDeps } from '../../core/install/install-deps.ts';
import { type InstalledPlugins, readInstalled } from '../../core/install/install-registry.ts';
import type { AutoUpdateMode } from '../../core/marketplaces/auto-update-mode.ts';
import type { MarketplaceService } from '../../core/marketplaces/marketplace-service.ts';
import type { LockWait } from '../../core/ports.ts';

/** What keeping installed plugins as they are wanted ties together. */
export interface UpkeepContext {
  readonly install: InstallDeps;
  readonly marketplaces: MarketplaceService;
  readonly bounded: LockWait;
  /** The setting `beaver.autoUpdate`. */
  readonly autoUpdate: AutoUpdateMode | undefined;
  readonly random: () => number;
  /** Absolute path of what Beaver keeps for the whole machine; undefined where rounds of other windows are not waited for. */
  readonly home: string | undefined;
  /** Offers what has come to the skills. */
  readonly sync: (wait: LockWait) => Promise<unknown>;
  /** What else is off in the workspace. */
  readonly doctor: () => Promise<
    readonly { readonly code: string; readonly message: string; readonly next_step: string }[]
  >;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function installedNow({ install }: UpkeepContext): Promise<InstalledPlugins> {
  return readInstalled(install.mirror.ports.files, install.mirror.layout);
}
