import { BeaverError } from '../base/errors.ts';
import type {
  PluginCatalog,
  PluginListing,
  Resolution,
  ResolveQuestion,
} from '../core/install/install-deps.ts';
import { chooseOffer, sourceToAsk } from '../core/marketplaces/choose-offer.ts';
import { pinText } from '../core/package-pin.ts';
import type { FetchOptions, Packages } from '../core/package-ports.ts';

/** Looks a plugin up in the marketplaces of the workspace; undefined when that one has no such plugin. */
export type FindListing = (name: string, marketplace: string) => Promise<PluginListing | undefined>;

/** What installing asks of the marketplaces: where a plugin is, and which of its contents a pin stands for. */
export function packageCatalog(packages: Packages, find: FindListing): PluginCatalog {
  return { find, resolve: (question, options) => resolve(packages, question, options) };
}

async function resolve(
  packages: Packages,
  { name, source, pin, ignored }: ResolveQuestion,
  options: FetchOptions,
): Promise<Resolution> {
  const asked = sourceToAsk(source, pin);
  const offers = await packages.offers(asked, options);
  const choice = chooseOffer({
    source,
    pluginName: name,
    offers,
    pin,
    ignored: ignored.map(({ identity, reason }) => ({ identity, reason: reason.message })),
  });
  if (choice.kind === 'chosen') {
    const { identity, version, tags } = choice.offer;
    return { resolved: { source: asked, identity, version }, tags };
  }
  switch (choice.problem.code) {
    case 'offers_ignored':
      throw new BeaverError(
        'package_ignored',
        `What "${name}" offers is not installed again: ${String(choice.problem.params['reason'])}`,
        { nextStep: 'Wait for a newer version, or uninstall the plugin and install it anew.', field: 'id' },
      );
    case 'pin_not_offered':
      throw new BeaverError(
        'pin_not_offered',
        `"${name}" offers nothing that the pin ${pin === null ? '' : pinText(pin)} allows.`,
        { nextStep: 'Change the pin, or wait for such a version.', field: 'pin' },
      );
    default:
      throw new BeaverError('source_not_found', `The source of "${name}" offers nothing.`, {
        nextStep: 'Check the branch, the tag or the name of the package.',
        field: 'source',
      });
  }
}
