import type {
  FetchOptions,
  MarketplaceRevision,
  MarketplaceSource,
  PackageOffers,
  Packages,
  PackageSource,
  ResolvedPackage,
} from '../../core/package-ports.ts';
import type { NodePackages, NodePackagesOptions } from './node-packages.ts';

/** What fetches packages is large: it is loaded when something is fetched, never at the start. */
export class LazyPackages implements Packages {
  readonly #options: () => NodePackagesOptions;
  #loaded: Promise<NodePackages> | undefined;

  /** @param options Asked once, when something is fetched. */
  constructor(options: () => NodePackagesOptions) {
    this.#options = options;
  }

  /** The one that does it, for what is not part of the port: the cache. */
  load(): Promise<NodePackages> {
    this.#loaded ??= import('./node-packages.ts').then((module) => new module.NodePackages(this.#options()));
    return this.#loaded;
  }

  async marketplace(
    source: MarketplaceSource,
    candidates: readonly string[],
    known: string | null,
    options?: FetchOptions,
  ): Promise<MarketplaceRevision | 'unchanged'> {
    return (await this.load()).marketplace(source, candidates, known, options);
  }

  async folderIds(
    source: MarketplaceSource,
    revision: string,
    folders: readonly string[],
    options?: FetchOptions,
  ): Promise<ReadonlyMap<string, string>> {
    return (await this.load()).folderIds(source, revision, folders, options);
  }

  async offers(source: PackageSource, options?: FetchOptions): Promise<PackageOffers> {
    return (await this.load()).offers(source, options);
  }

  async fetch(wanted: ResolvedPackage, into: string, options?: FetchOptions): Promise<void> {
    return (await this.load()).fetch(wanted, into, options);
  }
}
