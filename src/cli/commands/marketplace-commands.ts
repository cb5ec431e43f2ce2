import { homedir } from 'node:os';
import { parsePin } from '../../core/package-pin.ts';
import type { Action } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import { fetching } from '../fetching.ts';
import type { AddMarketplaceWords, SetMarketplaceWords } from '../marketplace-words.ts';
import {
  addedText,
  browseText,
  marketplaceTable,
  marketplacesText,
  refreshText,
  removedText,
} from '../text/marketplace-text.ts';

/** `marketplaces add SOURCE`. Entries that cannot be used are findings and no failure of the adding. */
export function addMarketplace(source: string, options: AddMarketplaceWords): Action {
  return async (context) => {
    const { marketplaces } = await context.workspace();
    const request = {
      ...{ directory: context.directory, home: homedir() },
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.trust === true ? { trust: true } : {}),
    };
    const payload = await fetching(context, (transfer) =>
      marketplaces.add(source, request, transfer, context.wait),
    );
    return { payload, text: (style) => addedText(style, payload), exit: EXIT.done };
  };
}

export const listMarketplaces: Action = async (context) => {
  const payload = await (await context.marketplaces()).list();
  return { payload, text: (style) => marketplacesText(style, payload), exit: EXIT.done };
};

/** `marketplaces browse [NAME] [--search TEXT]`: asks nobody. */
export function browseMarketplaces(marketplace: string | undefined, search: string | undefined): Action {
  return async (context) => {
    const request = {
      ...(marketplace === undefined ? {} : { marketplace }),
      ...(search === undefined ? {} : { search }),
    };
    const payload = await (await context.marketplaces()).browse(request);
    return { payload, text: (style) => browseText(style, payload), exit: EXIT.done };
  };
}

/** `marketplaces refresh [NAME...]`: 1 when one of them could not be reached; the others are refreshed all the same. */
export function refreshMarketplaces(names: readonly string[]): Action {
  return async (context) => {
    const { marketplaces } = await context.workspace();
    const payload = await fetching(context, (transfer) =>
      marketplaces.refresh(names, transfer, context.wait),
    );
    const failed = payload.refreshed.some(({ status }) => status === 'failed');
    return { payload, text: (style) => refreshText(style, payload), exit: failed ? EXIT.found : EXIT.done };
  };
}

export function trustMarketplace(name: string, trusted: boolean): Action {
  return async (context) => {
    const payload = await (await context.workspace()).marketplaces.trust(name, trusted, context.wait);
    return { payload, text: (style) => marketplaceTable(style, [payload.marketplace]), exit: EXIT.done };
  };
}

/** `marketplaces set NAME`; `--pin none` lets go of the pin. */
export function setMarketplace(name: string, { autoUpdate, pin }: SetMarketplaceWords): Action {
  if (autoUpdate === undefined && pin === undefined)
    throw new UsageError('Say what to set: --auto-update or --pin.', { field: 'auto_update' });
  const settings = {
    ...(autoUpdate === undefined ? {} : { mode: autoUpdate }),
    ...(pin === undefined ? {} : { defaultPin: pin === 'none' ? null : parsePin(pin) }),
  };
  return async (context) => {
    const { marketplaces } = await context.workspace();
    const payload = await marketplaces.configure(name, settings, context.wait);
    return { payload, text: (style) => marketplaceTable(style, [payload.marketplace]), exit: EXIT.done };
  };
}

export function removeMarketplace(name: string): Action {
  return async (context) => {
    const payload = await (await context.workspace()).marketplaces.remove(name, context.wait);
    return { payload, text: () => removedText(payload), exit: EXIT.done };
  };
}
