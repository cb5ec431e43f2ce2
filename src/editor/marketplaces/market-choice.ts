import { BeaverError } from '../../base/errors.ts';
import { pickOne } from '../commands/pick.ts';
import type { EditorHost } from '../contribution.ts';
import type { CommandTarget } from '../model/command-target.ts';
import { marketplaceChoices } from '../model/market-choices.ts';
import type { MarketSession } from '../model/market-session.ts';

/** The folder that was named, or the only one, or the one that a person chooses. @throws BeaverError `no_workspace_folder`. */
export async function chooseMarketFolder(
  { folders, t }: EditorHost,
  target: CommandTarget,
  title: string,
): Promise<MarketSession | undefined> {
  const markets = folders.markets.filter(
    ({ folder }) => target.folder === undefined || folder === target.folder,
  );
  const [only, second] = markets;
  if (only === undefined) {
    throw new BeaverError('no_workspace_folder', 'No folder is open.', {
      nextStep: 'Open the folder that has your plugins.',
    });
  }
  if (second === undefined) return only;
  return pickOne(
    markets.map((market) => ({ label: market.name, description: '', value: market })),
    title,
    t('No folder is open.'),
  );
}

export interface ChosenMarketplace {
  readonly market: MarketSession;
  readonly name: string;
}

/** The marketplace that a command is about: the one it was given, else the one a person chooses. */
export async function chooseMarketplace(
  host: EditorHost,
  target: CommandTarget,
  title: string,
  suits: (trusted: boolean) => boolean = () => true,
): Promise<ChosenMarketplace | undefined> {
  const { folders, t } = host;
  if (target.marketplace !== undefined) {
    const market = await chooseMarketFolder(host, target, title);
    return market === undefined ? undefined : { market, name: target.marketplace };
  }
  await Promise.all(folders.markets.map((market) => market.firstRead()));
  const chosen = await pickOne(
    marketplaceChoices(folders.marketSnapshots, ({ trusted }) => suits(trusted), t),
    title,
    t('There is no such marketplace here. Add one first.'),
  );
  const market = folders.markets.find(({ folder }) => folder === chosen?.folder);
  return chosen === undefined || market === undefined ? undefined : { market, name: chosen.name };
}
