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
  return {
    'beaver.marketplaces.add': later(async () => (await marketplace()).addMarketplace),
    'beaver.marketplaces.refresh': later(async () => (await marketplace()).refreshMarketplaces),
    'beaver.marketplaces.remove': later(async () => (await marketplace()).removeMarketplace),
    'beaver.marketplaces.setAutoUpdate': later(async () => (await marketplace()).setAutoUpdate),
    'beaver.marketplaces.trust': later(async () => (await marketplace()).trustMarketplace),
    'beaver.marketplaces.untrust': later(async () => (await marketplace()).untrustMarketplace),
  };
}
