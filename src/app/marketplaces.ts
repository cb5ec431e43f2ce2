import { BeaverError } from '../base/errors.ts';
import { readInstalled } from '../core/install/install-registry.ts';
import type { WorkspaceLayout } from '../core/layout.ts';
import type { AutoUpdateMode } from '../core/marketplaces/auto-update-mode.ts';
import {
  type AddOptions,
  type FileChange,
  MarketplaceService,
  type NamedMarketplace,
} from '../core/marketplaces/marketplace-service.ts';
import { parseMarketplaceSource } from '../core/marketplaces/written-source.ts';
import type { PackagePin } from '../core/package-pin.ts';
import type { FetchOptions } from '../core/package-ports.ts';
import type { LockWait, Ports } from '../core/ports.ts';
import { stepPath, type TransactionDeps } from '../core/skills/transaction-steps.ts';
import { withTransaction } from '../core/skills/transaction.ts';
import type {
  MarketplaceAnswer,
  MarketplacePayload,
  RefreshPayload,
  RemovedMarketplacePayload,
} from './marketplace-payloads.ts';
import { marketplacePayload, type MarketplaceReading, marketplaceReading } from './marketplace-reading.ts';

export interface AddMarketplace extends AddOptions {
  /** Absolute; what `~` and relative folders start from. */
  readonly directory: string;
  readonly home: string;
}

/** What the editor and the command line do with marketplaces. Every method rejects with a BeaverError. */
export interface MarketplacesApi extends MarketplaceReading {
  /** `source` as a person writes it. */
  add(
    source: string,
    request: AddMarketplace,
    fetching?: FetchOptions,
    wait?: LockWait,
  ): Promise<MarketplaceAnswer>;
  /** All of them without names. */
  refresh(names: readonly string[], fetching?: FetchOptions, wait?: LockWait): Promise<RefreshPayload>;
  remove(name: string, wait?: LockWait): Promise<RemovedMarketplacePayload>;
  trust(
    name: string,
    trusted: boolean,
    wait?: LockWait,
  ): Promise<{ readonly marketplace: MarketplacePayload }>;
  configure(
    name: string,
    settings: { readonly mode?: AutoUpdateMode; readonly defaultPin?: PackagePin | null },
    wait?: LockWait,
  ): Promise<{ readonly marketplace: MarketplacePayload }>;
}

/** Runs a body under the workspace write lock. */
export type Write = <T>(purpose: string, wait: LockWait, body: () => Promise<T>) => Promise<T>;

export function marketplaceService(
  ports: Ports,
  layout: WorkspaceLayout,
  transactions: TransactionDeps,
  write: Write,
): MarketplaceService {
  const apply = async (purpose: string, changes: readonly FileChange[]): Promise<void> => {
    await withTransaction(transactions, async (transaction) => {
      for (const { path, text } of changes) {
        if (text !== null) transaction.add({ kind: 'write', path: stepPath(layout, path), text });
      }
      await transaction.commit(purpose);
    });
    // Nothing names these any more: one that a crash leaves behind is in nobody's way.
    for (const { path, text } of changes) if (text === null) await ports.files.remove(path);
  };
  return new MarketplaceService({
    files: ports.files,
    layout,
    clock: ports.clock,
    packages: () => ports.packages ?? unavailable(),
    change: (purpose, wait, plan) => write(purpose, wait, async () => apply(purpose, await plan())),
  });
}

export function marketplacesApi(
  ports: Ports,
  layout: WorkspaceLayout,
  service: MarketplaceService,
  bounded: LockWait,
): MarketplacesApi {
  const answer = async (marketplace: NamedMarketplace): Promise<MarketplaceAnswer> => {
    const catalog = await service.catalog(marketplace.name);
    return {
      marketplace: marketplacePayload(marketplace),
      plugin_count: catalog?.plugins.length ?? 0,
      findings: [...(catalog?.findings ?? [])],
    };
  };
  return {
    ...marketplaceReading(ports.files, layout, service),
    add: async (written, { directory, home, ...options }, fetching = {}, wait = bounded) =>
      answer(
        await service.add(parseMarketplaceSource(written, { directory, home }), options, wait, fetching),
      ),
    refresh: async (names, fetching = {}, wait = bounded) => ({
      refreshed: (await service.refresh(names, wait, fetching)).map((outcome) => {
        if (outcome.status === 'failed') {
          const { code, message, nextStep } = outcome.error;
          const error = { code, message, next_step: nextStep };
          return { name: outcome.name, status: outcome.status, added: [], removed: [], changed: [], error };
        }
        const { added, removed, changed } = outcome.change;
        const lists = { added: [...added], removed: [...removed], changed: [...changed] };
        return { name: outcome.name, status: outcome.status, ...lists, error: null };
      }),
    }),
    remove: async (name, wait = bounded) => {
      const known = (await service.list()).map((one) => one.name);
      await service.remove(name, wait);
      const left = new Set((await service.list()).map((one) => one.name));
      const removed = known.find((one) => !left.has(one)) ?? name;
      const installed = await readInstalled(ports.files, layout);
      const stay = [...installed].filter(([, plugin]) => plugin.marketplace === removed).map(([id]) => id);
      return { removed, still_installed: stay.sort() };
    },
    trust: async (name, trusted, wait = bounded) => ({
      marketplace: marketplacePayload(await service.trust(name, trusted, wait)),
    }),
    configure: async (name, settings, wait = bounded) => ({
      marketplace: marketplacePayload(await service.configure(name, settings, wait)),
    }),
  };
}

function unavailable(): never {
  throw new BeaverError('packages_unavailable', 'Nothing can be fetched here.', {
    nextStep: 'Use the command line, or the editor on a desktop.',
  });
}
