import { BeaverError, findingFromError } from '../base/errors.ts';
import { readInstalled } from '../core/install/install-registry.ts';
import type { WorkspaceLayout } from '../core/layout.ts';
import { isOfficial } from '../core/marketplaces/auto-update-mode.ts';
import { type MarketplaceCatalog, searchCatalog } from '../core/marketplaces/catalog.ts';
import { offeredId } from '../core/marketplaces/marketplace-registry.ts';
import type { MarketplaceService, NamedMarketplace } from '../core/marketplaces/marketplace-service.ts';
import { writtenSource } from '../core/marketplaces/written-source.ts';
import { pinText } from '../core/package-pin.ts';
import type { FileSystem } from '../core/ports.ts';
import type { BrowsePayload, MarketplaceListPayload, MarketplacePayload } from './marketplace-payloads.ts';

/** What can be told of marketplaces without asking anybody and without a workspace. */
export interface MarketplaceReading {
  list(): Promise<MarketplaceListPayload>;
  /** What they offer, without asking anybody: as of the last look. All of them without names. */
  browse(request?: { readonly marketplace?: string; readonly search?: string }): Promise<BrowsePayload>;
}

export function marketplaceReading(
  files: FileSystem,
  layout: WorkspaceLayout,
  service: Pick<MarketplaceService, 'list' | 'catalog'>,
): MarketplaceReading {
  return {
    list: async () => ({ marketplaces: (await service.list()).map(marketplacePayload) }),
    browse: async ({ marketplace, search } = {}) => {
      const installed = await readInstalled(files, layout);
      const names =
        marketplace === undefined ? (await service.list()).map(({ name }) => name) : [marketplace];
      const payload: BrowsePayload = { plugins: [], errors: [] };
      for (const name of names) {
        const file = layout.display(layout.marketplaceRegistry);
        try {
          const catalog = await service.catalog(name);
          if (catalog === undefined) payload.errors.push(findingFromError(neverFetched(name), file));
          else payload.plugins.push(...offered(catalog, search, installed));
        } catch (error) {
          if (marketplace !== undefined || !(error instanceof BeaverError)) throw error;
          payload.errors.push(findingFromError(error, file));
        }
      }
      return payload;
    },
  };
}

function offered(
  catalog: MarketplaceCatalog,
  search: string | undefined,
  installed: ReadonlyMap<string, unknown>,
): BrowsePayload['plugins'] {
  return searchCatalog(catalog.plugins, search).map((plugin) => {
    const id = offeredId(plugin.name, catalog.name);
    const { name, display_name, description, version, category, tags, author, homepage, license } = plugin;
    return {
      ...{ id, name, marketplace: catalog.name, display_name, description, version, category },
      ...{ tags: [...tags], author, homepage, license },
      source: writtenSource(plugin.source),
      installed: installed.has(id),
    };
  });
}

export function marketplacePayload(marketplace: NamedMarketplace): MarketplacePayload {
  const { name, source, mode, pin, trusted_at, revision, last_check, last_error } = marketplace;
  return {
    name,
    source: writtenSource(source),
    source_kind: source.kind,
    official: isOfficial(source),
    trusted: trusted_at !== null,
    auto_update: mode,
    default_pin: pin === null ? null : pinText(pin),
    ...{ revision, last_check, last_error },
  };
}

function neverFetched(name: string): BeaverError {
  return new BeaverError('marketplace_not_fetched', `The marketplace "${name}" was not fetched yet.`, {
    nextStep: `Run "beaver marketplaces refresh ${name}".`,
  });
}
