import type { EditorHost } from '../contribution.ts';
import type { CommandId } from '../model/command-ids.ts';
import { readTarget, type CommandTarget } from '../model/command-target.ts';

type MarketCommandId = Extract<CommandId, `beaver.marketplaces.${string}` | `beaver.packages.${string}`>;
type Act = (host: EditorHost, target: CommandTarget) => Promise<void>;

/** The commands of marketplaces and of what is installed from them. What they do is loaded with the first that is used. */
export function marketCommands(
  host: EditorHost,
): Readonly<Record<MarketCommandId, (argument: unknown) => Promise<void>>> {
  const later =
    (load: () => Promise<Act>) =>
    async (argument: unknown): Promise<void> =>
      (await load())(host, readTarget(argument));
  const marketplace = () => import('./marketplace-acts.ts');
  const install = () => import('./install-acts.ts');
  const installed = () => import('./installed-acts.ts');
  return {
    'beaver.marketplaces.add': later(async () => (await marketplace()).addMarketplace),
    'beaver.marketplaces.refresh': later(async () => (await marketplace()).refreshMarketplaces),
    'beaver.marketplaces.remove': later(async () => (await marketplace()).removeMarketplace),
    'beaver.marketplaces.setAutoUpdate': later(async () => (await marketplace()).setAutoUpdate),
    'beaver.marketplaces.trust': later(async () => (await marketplace()).trustMarketplace),
    'beaver.marketplaces.untrust': later(async () => (await marketplace()).untrustMarketplace),
    'beaver.packages.install': later(async () => (await install()).installPackage),
    'beaver.packages.installFromUrl': later(async () => (await install()).installFromUrl),
    'beaver.packages.search': later(async () => (await install()).searchPackages),
    'beaver.packages.update': later(async () => (await installed()).updatePackage),
    'beaver.packages.pin': later(async () => (await installed()).pinPackage),
    'beaver.packages.unpin': later(async () => (await installed()).unpinPackage),
    'beaver.packages.rollback': later(async () => (await installed()).rollBackPackage),
    'beaver.packages.uninstall': later(async () => (await installed()).uninstallPackage),
    'beaver.packages.outdated': later(async () => (await installed()).showOutdated),
  };
}
