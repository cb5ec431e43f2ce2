import { BeaverError } from '../../base/errors.ts';
import { toBeaverError } from '../../base/system-errors.ts';
import { MARKETPLACE_FILES } from '../install/preflight/marketplace-file.ts';
import { liveSource, storedSource } from '../install/stored-source.ts';
import type { WorkspaceLayout } from '../layout.ts';
import { originText } from '../package-identity.ts';
import type { PackagePin } from '../package-pin.ts';
import type { FetchOptions, MarketplaceSource, Packages, PackageSource } from '../package-ports.ts';
import type { Clock, FileSystem, LockWait } from '../ports.ts';
import { shown } from '../tree-names.ts';
import { type AutoUpdateMode, defaultMode, isOfficial } from './auto-update-mode.ts';
import {
  type CatalogPlugin,
  type MarketplaceCatalog,
  readCatalog,
  renamedTo,
  serialiseCatalog,
} from './catalog.ts';
import { type CatalogChange, catalogChange, foldersIn, withFolderIds } from './catalog-change.ts';
import { parseMarketplace } from './marketplace-document.ts';
import {
  knownMarketplace,
  type KnownMarketplace,
  type KnownMarketplaces,
  marketplaceId,
  readMarketplaces,
  serialiseMarketplaces,
} from './marketplace-registry.ts';

/** A file of the workspace that is to be as `text` says; null removes it. */
export interface FileChange {
  /** Absolute. */
  readonly path: string;
  readonly text: string | null;
}

export interface MarketplaceDeps {
  readonly files: FileSystem;
  readonly layout: WorkspaceLayout;
  readonly clock: Clock;
  /** @throws BeaverError `packages_unavailable` where nothing may be fetched. */
  readonly packages: () => Packages;
  /** Runs `plan` under the write lock and makes what it answers happen as one change. */
  readonly change: (
    purpose: string,
    wait: LockWait,
    plan: () => Promise<readonly FileChange[]>,
  ) => Promise<void>;
}

export interface NamedMarketplace extends KnownMarketplace {
  readonly name: string;
}

export type RefreshOutcome =
  | { readonly name: string; readonly status: 'updated' | 'unchanged'; readonly change: CatalogChange }
  | { readonly name: string; readonly status: 'failed'; readonly error: BeaverError };

export interface AddOptions {
  /** What it is to be called here, instead of what it calls itself. */
  readonly name?: string;
  /** Says that plugins may be installed from it. */
  readonly trust?: boolean;
}

/** A plugin in a marketplace. */
export interface MarketplaceEntry {
  readonly marketplace: string;
  readonly plugin: CatalogPlugin;
  /** Other marketplaces, whose plugins those of this one may need. */
  readonly allows: readonly string[];
}

const NOTHING: CatalogChange = { added: [], removed: [], changed: [] };

/** Names by which people know marketplaces of the makers: nobody else's goes by one unless a person says so. */
const RESERVED = new Set([
  ...['anthropic', 'anthropic-agent-skills', 'claude-plugins-official', 'agent-skills'],
  ...['awesome-copilot', 'copilot-plugins', 'openai-curated', 'openai-api-curated'],
]);
/** What ends all refreshing, and not one marketplace's. */
const PASSED_ON = new Set(['plugin_write_busy', 'fetch_cancelled', 'packages_unavailable']);

/**
 * The marketplaces of a workspace. What is fetched is fetched without the lock; what is written is read again under it first. A marketplace
 * is not trusted until a person says so: its plugins can be looked at and not installed.
 */
export class MarketplaceService {
  readonly #deps: MarketplaceDeps;

  constructor(deps: MarketplaceDeps) {
    this.#deps = deps;
  }

  /** Sorted by name. Reads no catalog. */
  async list(): Promise<readonly NamedMarketplace[]> {
    return [...(await this.#known())].map(([name, known]) => ({ name, ...known }));
  }

  /** The catalog as it was when it was last fetched, its sources ready for use; undefined when it never was. @throws BeaverError `marketplace_unknown`. */
  async catalog(name: string): Promise<MarketplaceCatalog | undefined> {
    const [id] = knownMarketplace(await this.#known(), name);
    return this.#catalog(id);
  }

  /**
   * Fetches a marketplace and remembers it. One that is known by the same source is refreshed.
   * @throws BeaverError `marketplace_name_taken`, `marketplace_name_reserved`, `marketplace_unreadable`, and those of the transfer.
   */
  async add(
    source: MarketplaceSource,
    options: AddOptions,
    wait: LockWait,
    fetching: FetchOptions,
  ): Promise<NamedMarketplace> {
    const fetched = await this.#fetch(source, undefined, fetching);
    if (fetched === 'unchanged') throw new TypeError('nothing was known');
    const name = options.name === undefined ? fetched.name : marketplaceId(options.name);
    if (options.name === undefined && RESERVED.has(name) && !isOfficial(source)) throw reserved(name);
    await this.#deps.change('add a marketplace', wait, async () => {
      const known = await this.#known();
      const before = known.get(name);
      if (before !== undefined && !sameSource(before.source, source)) throw taken(name);
      const now = this.#now();
      const entry: KnownMarketplace = {
        ...{ source, mode: defaultMode(source), pin: null, trusted_at: null, added_at: now },
        ...before,
        ...(options.trust === true && before?.trusted_at == null ? { trusted_at: now } : {}),
        ...{ last_check: now, revision: fetched.revision, last_error: null },
      };
      return [this.#catalogFile(name, { ...fetched, name }), this.#registryFile(known, name, entry)];
    });
    const [, entry] = knownMarketplace(await this.#known(), name);
    return { name, ...entry };
  }

  /** Looks again, one after the other. A marketplace that cannot be reached keeps its catalog, and says why. */
  async refresh(
    names: readonly string[],
    wait: LockWait,
    fetching: FetchOptions,
  ): Promise<readonly RefreshOutcome[]> {
    const known = await this.#known();
    const wanted =
      names.length === 0 ? [...known.keys()] : names.map((name) => knownMarketplace(known, name)[0]);
    const outcomes: RefreshOutcome[] = [];
    for (const name of new Set(wanted)) outcomes.push(await this.#refresh(name, wait, fetching));
    return outcomes;
  }

  /** Forgets a marketplace. What was installed from it stays as it is. @throws BeaverError `marketplace_unknown`. */
  async remove(name: string, wait: LockWait): Promise<void> {
    await this.#deps.change('remove a marketplace', wait, async () => {
      const known = await this.#known();
      const [id] = knownMarketplace(known, name);
      return [
        this.#registryFile(known, id, undefined),
        { path: this.#deps.layout.marketplaceCatalog(id), text: null },
      ];
    });
  }

  /** Says that plugins may be installed from it, or that they may not. */
  async trust(name: string, trusted: boolean, wait: LockWait): Promise<NamedMarketplace> {
    return this.#edit('trust a marketplace', name, wait, (known) => ({
      ...known,
      trusted_at: trusted ? (known.trusted_at ?? this.#now()) : null,
    }));
  }

  async configure(
    name: string,
    settings: { readonly mode?: AutoUpdateMode; readonly defaultPin?: PackagePin | null },
    wait: LockWait,
  ): Promise<NamedMarketplace> {
    return this.#edit('set a marketplace up', name, wait, (known) => ({
      ...known,
      ...(settings.mode === undefined ? {} : { mode: settings.mode }),
      ...(settings.defaultPin === undefined ? {} : { pin: settings.defaultPin }),
    }));
  }

  /**
   * The entry of a plugin, under its name or an earlier one; undefined when the marketplace has none.
   * @throws BeaverError `marketplace_unknown`, `marketplace_untrusted`.
   */
  async find(name: string, marketplace: string): Promise<MarketplaceEntry | undefined> {
    const [id, known] = knownMarketplace(await this.#known(), marketplace);
    if (known.trusted_at === null) throw untrusted(id);
    const catalog = await this.#catalog(id);
    if (catalog === undefined) return undefined;
    const today = renamedTo(catalog, name);
    const plugin = catalog.plugins.find((one) => one.name === today || marketplaceId(one.name) === today);
    return plugin === undefined ? undefined : { marketplace: id, plugin, allows: catalog.allows };
  }

  async #refresh(name: string, wait: LockWait, fetching: FetchOptions): Promise<RefreshOutcome> {
    const known = (await this.#known()).get(name);
    if (known === undefined) return { name, status: 'unchanged', change: NOTHING };
    try {
      const before = await this.#catalog(name).catch(() => undefined);
      const fetched = await this.#fetch(known.source, before, fetching);
      const now = this.#now();
      await this.#deps.change('refresh a marketplace', wait, async () => {
        const all = await this.#known();
        const today = all.get(name);
        // Removed, or added again from elsewhere, while this one was being fetched.
        if (today === undefined || !sameSource(today.source, known.source)) return [];
        const revision = fetched === 'unchanged' ? today.revision : fetched.revision;
        const entry = { ...today, revision, last_check: now, last_error: null };
        const registry = this.#registryFile(all, name, entry);
        return fetched === 'unchanged'
          ? [registry]
          : [this.#catalogFile(name, { ...fetched, name }), registry];
      });
      if (fetched === 'unchanged') return { name, status: 'unchanged', change: NOTHING };
      return { name, status: 'updated', change: catalogChange(before, { ...fetched, name }) };
    } catch (thrown) {
      const error = toBeaverError(thrown);
      if (error === undefined || PASSED_ON.has(error.code)) throw thrown;
      await this.#edit('note a failed look at a marketplace', name, wait, (entry) => ({
        ...entry,
        last_error: { code: error.code, message: error.message },
      }));
      return { name, status: 'failed', error };
    }
  }

  async #fetch(
    source: MarketplaceSource,
    before: MarketplaceCatalog | undefined,
    fetching: FetchOptions,
  ): Promise<MarketplaceCatalog | 'unchanged'> {
    const packages = this.#deps.packages();
    const found = await packages.marketplace(source, MARKETPLACE_FILES, before?.revision ?? null, fetching);
    if (found === 'unchanged') return found;
    const catalog = parseMarketplace(found, source);
    const folders = foldersIn(catalog);
    if (folders.length === 0 || packages.folderIds === undefined) return catalog;
    return withFolderIds(
      catalog,
      await packages.folderIds(source, found.revision, folders, fetching),
      before,
    );
  }

  async #edit(
    purpose: string,
    name: string,
    wait: LockWait,
    edit: (known: KnownMarketplace) => KnownMarketplace,
  ): Promise<NamedMarketplace> {
    await this.#deps.change(purpose, wait, async () => {
      const known = await this.#known();
      const [id, entry] = knownMarketplace(known, name);
      return [this.#registryFile(known, id, edit(entry))];
    });
    const [id, entry] = knownMarketplace(await this.#known(), name);
    return { name: id, ...entry };
  }

  #known(): Promise<KnownMarketplaces> {
    return readMarketplaces(this.#deps.files, this.#deps.layout);
  }

  async #catalog(name: string): Promise<MarketplaceCatalog | undefined> {
    const { files, layout } = this.#deps;
    const stored = await readCatalog(files, layout, name);
    return stored === undefined ? undefined : placed(stored, (source) => liveSource(layout, source));
  }

  #catalogFile(name: string, catalog: MarketplaceCatalog): FileChange {
    const { layout } = this.#deps;
    const text = serialiseCatalog(placed(catalog, (source) => storedSource(layout, source)));
    return { path: layout.marketplaceCatalog(name), text };
  }

  #registryFile(known: KnownMarketplaces, name: string, entry: KnownMarketplace | undefined): FileChange {
    const { layout } = this.#deps;
    const changed = new Map(known);
    if (entry === undefined) changed.delete(name);
    else changed.set(name, entry);
    return { path: layout.marketplaceRegistry, text: serialiseMarketplaces(layout, changed) };
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

function placed(
  catalog: MarketplaceCatalog,
  place: (source: PackageSource) => PackageSource,
): MarketplaceCatalog {
  return {
    ...catalog,
    plugins: catalog.plugins.map((plugin) => ({ ...plugin, source: place(plugin.source) })),
  };
}

function sameSource(a: MarketplaceSource, b: MarketplaceSource): boolean {
  if (a.kind === 'url' || b.kind === 'url') return a.kind === 'url' && b.kind === 'url' && a.url === b.url;
  if (a.kind === 'git' && b.kind === 'git' && (a.ref !== b.ref || a.commit !== b.commit)) return false;
  if (a.kind === 'npm' && b.kind === 'npm' && a.range !== b.range) return false;
  return originText(a) === originText(b);
}

function taken(name: string): BeaverError {
  return new BeaverError('marketplace_name_taken', `There is another marketplace called ${shown(name)}.`, {
    nextStep: 'Remove that one first, or give this one another name with --name.',
    field: 'name',
  });
}

function reserved(name: string): BeaverError {
  return new BeaverError(
    'marketplace_name_reserved',
    `The marketplace calls itself ${shown(name)} but does not come from where that one is published.`,
    { nextStep: 'If it is a copy that you trust, give it a name of its own with --name.', field: 'name' },
  );
}

function untrusted(name: string): BeaverError {
  return new BeaverError('marketplace_untrusted', `The marketplace ${shown(name)} is not trusted yet.`, {
    nextStep: `Look at where it comes from, then run "beaver marketplaces trust ${name}".`,
    field: 'marketplace',
  });
}
