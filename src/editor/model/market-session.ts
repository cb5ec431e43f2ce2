import type { BeaverWorkspace } from '../../app/api.ts';
import type { OfferedPluginPayload } from '../../app/marketplace-payloads.ts';
import type { OutdatedPluginPayload, StagedPayload, UpdateRecordPayload } from '../../app/upkeep-payloads.ts';
import { findingFromError, isBeaverError, type Finding } from '../../base/errors.ts';
import type { PhaseProgress } from '../../core/install/phases.ts';
import type { FetchOptions } from '../../core/package-ports.ts';
import { availableUpdates, emptyMarketSnapshot, type MarketSnapshot } from './market-snapshot.ts';

export interface MarketSessionOptions {
  /** Uri of the folder, as a string. */
  readonly folder: string;
  readonly name: string;
  readonly workspace: () => BeaverWorkspace;
  /** Of this process: what may hold auto-update back. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** After each change of the snapshot. */
  readonly onChange: () => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/**
 * The marketplaces of one workspace folder as they were last read. Reading asks nobody outside of this machine and takes no lock; requests
 * that come while one runs are answered by the next one, together. Nothing is read before the first {@link refresh}.
 */
export class MarketSession {
  readonly folder: string;
  readonly name: string;
  readonly #options: MarketSessionOptions;
  #snapshot: MarketSnapshot;
  #asked = new Map<string, OutdatedPluginPayload>();
  #records: readonly UpdateRecordPayload[] = [];
  #staged: readonly StagedPayload[] = [];
  #running: Promise<void> | undefined;
  #again = false;
  #disposed = false;
  #firstRead: Promise<void> | undefined;

  constructor(options: MarketSessionOptions) {
    this.folder = options.folder;
    this.name = options.name;
    this.#options = options;
    this.#snapshot = emptyMarketSnapshot(options.folder, options.name);
  }

  get snapshot(): MarketSnapshot {
    return this.#snapshot;
  }

  /** Throws a BeaverError where the settings of the folder cannot work. */
  get workspace(): BeaverWorkspace {
    return this.#options.workspace();
  }

  /** Reads once, at the first call. Never rejects. */
  firstRead(): Promise<void> {
    return (this.#firstRead ??= this.refresh());
  }

  /** Never rejects: a failure becomes part of the snapshot. */
  async refresh(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#readWhileAsked().finally(() => (this.#running = undefined));
    this.#firstRead ??= this.#running;
    await this.#running;
  }

  /** As {@link refresh}, where somebody has looked before. */
  async follow(): Promise<void> {
    if (this.#firstRead !== undefined) await this.refresh();
  }

  /** Asks the sources of what is installed for something newer; of all without ids. Rejects with a BeaverError. */
  async look(
    ids: readonly string[],
    fetching: FetchOptions,
  ): Promise<Awaited<ReturnType<BeaverWorkspace['upkeep']['outdated']>>> {
    const found = await this.workspace.upkeep.outdated(ids, fetching);
    for (const id of found.up_to_date) this.#asked.delete(id);
    for (const plugin of found.outdated) this.#asked.set(plugin.id, plugin);
    await this.refresh();
    return found;
  }

  /** Shows how far an installation is; undefined when it is over. */
  progress(id: string, progress: PhaseProgress | undefined): void {
    const running = new Map(this.#snapshot.running);
    if (progress === undefined) running.delete(id);
    else running.set(id, progress);
    this.#change({ running });
  }

  dispose(): void {
    this.#disposed = true;
  }

  async #readWhileAsked(): Promise<void> {
    while (this.#again && !this.#disposed) {
      this.#again = false;
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    try {
      const { marketplaces, installs, upkeep } = this.workspace;
      const { marketplaces: known } = await marketplaces.list();
      const { installed } = await installs.list();
      if (installed.length > 0) {
        const { auto_update: last } = await upkeep.autoUpdateState(this.#options.environment);
        this.#records = last.plugins;
        this.#staged = last.staged;
      }
      const offered = new Map<string, readonly OfferedPluginPayload[]>();
      const unreadable = new Map<string, Finding>();
      for (const { name } of known) {
        const catalog = await this.#catalog(name);
        if ('finding' in catalog) unreadable.set(name, catalog.finding);
        else offered.set(name, catalog.plugins);
      }
      const available = availableUpdates(installed, this.#asked, this.#records);
      const upkeepRead = { records: this.#records, staged: this.#staged };
      const read = { marketplaces: known, offered, unreadable, installed, available, ...upkeepRead };
      if (this.#snapshot.phase === 'ready' && same(read, this.#snapshot)) return;
      this.#change({ ...read, phase: 'ready', failure: undefined });
    } catch (error) {
      this.#options.onFailure('marketplaces', error);
      this.#change({ phase: 'failed', failure: error });
    }
  }

  /** One catalog that cannot be read hides no other. */
  async #catalog(
    name: string,
  ): Promise<{ readonly plugins: readonly OfferedPluginPayload[] } | { readonly finding: Finding }> {
    try {
      const { plugins, errors } = await this.workspace.marketplaces.browse({ marketplace: name });
      const [finding] = errors;
      return finding === undefined ? { plugins } : { finding: plain(finding) };
    } catch (error) {
      if (!isBeaverError(error)) throw error;
      return { finding: findingFromError(error, '.') };
    }
  }

  #change(part: Partial<MarketSnapshot>): void {
    if (this.#disposed) return;
    this.#snapshot = { ...this.#snapshot, ...part };
    this.#options.onChange();
  }
}

type ReadPart = Pick<
  MarketSnapshot,
  'marketplaces' | 'offered' | 'unreadable' | 'installed' | 'available' | 'records' | 'staged'
>;

/** Rows that are drawn again under the pointer lose the click on them: what has not changed stays. */
function same(a: ReadPart, b: ReadPart): boolean {
  const text = ({
    marketplaces,
    offered,
    unreadable,
    installed,
    available,
    records,
    staged,
  }: ReadPart): string =>
    JSON.stringify([marketplaces, [...offered], [...unreadable], installed, [...available], records, staged]);
  return text(a) === text(b);
}

/** Zod's optional keys may hold `undefined`; a finding's may not. */
function plain<T extends { readonly field?: string | undefined }>(
  finding: T,
): Omit<T, 'field'> & { readonly field?: string } {
  const { field, ...rest } = finding;
  return field === undefined ? rest : { ...rest, field };
}
