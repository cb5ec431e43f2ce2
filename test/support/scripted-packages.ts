import * as path from 'node:path';
import { sha256 } from '../../src/base/digest.ts';
import { BeaverError } from '../../src/base/errors.ts';
import { identityText } from '../../src/core/package-identity.ts';
import type {
  FetchOptions,
  MarketplaceRevision,
  MarketplaceSource,
  PackageOffer,
  PackageOffers,
  Packages,
  PackageSource,
  ResolvedPackage,
} from '../../src/core/package-ports.ts';
import type { FileSystem } from '../../src/core/ports.ts';
import { skillText, type Texts } from './temp-workspace.ts';

interface Release {
  readonly offer: PackageOffer;
  readonly texts: Texts;
}

/** A repository of one plugin, by its name. */
export function repository(name: string): Extract<PackageSource, { kind: 'git' }> {
  return { kind: 'git', url: `https://git.example.com/${name}.git`, subpath: '', ref: null, commit: null };
}

/** Repositories in memory: what is released last is at the head. Written through the file system of the workspace, so that its faults count. */
export class ScriptedPackages implements Packages {
  readonly #files: FileSystem;
  #catalog = '';
  #revision: string | undefined;
  readonly #releases = new Map<string, Release[]>();
  /** Called before anything is written; a test makes it fail, hang or kill. */
  beforeFetch: (wanted: ResolvedPackage, options: FetchOptions) => Promise<void> = () => Promise.resolve();
  fetched = 0;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** Texts by path; one that ends in `*` is executable. @returns the identity of the content. */
  release(name: string, version: string | null, texts: Texts, tags: readonly string[] = []): PackageOffer {
    const commit = sha256(JSON.stringify([name, version, texts])).slice(0, 40);
    const names = [...tags, ...(version === null ? [] : [`v${version}`])];
    const offer: PackageOffer = { identity: { kind: 'commit', commit }, tags: names, version };
    const url = repository(name).url;
    this.#releases.set(url, [...(this.#releases.get(url) ?? []), { offer, texts }]);
    return offer;
  }

  /** As if it had never been released. */
  withdraw(name: string, version: string): void {
    const { url } = repository(name);
    const left = (this.#releases.get(url) ?? []).filter(({ offer }) => offer.version !== version);
    this.#releases.set(url, left);
  }

  /** A plugin of Claude's dialect with one skill whose text names the version, and what else it is to have. */
  plugin(
    name: string,
    version: string,
    over: {
      readonly manifest?: Readonly<Record<string, unknown>>;
      readonly texts?: Texts;
      readonly skill?: string;
    } = {},
  ): PackageOffer {
    const skill = over.skill ?? `${name}-notes`;
    return this.release(name, version, {
      '.claude-plugin/plugin.json': JSON.stringify({ name, version, ...over.manifest }),
      [`skills/${skill}/SKILL.md`]: skillText(skill, { Use: `As of ${version}.` }),
      ...over.texts,
    });
  }

  /** Makes it the marketplace.json that every marketplace has: these plugins, each from its own repository. */
  list(...names: readonly string[]): void {
    const plugins = names.map((name) => ({ name, source: { source: 'url', url: repository(name).url } }));
    this.#catalog = JSON.stringify({ name: 'team', owner: { name: 'Team' }, plugins });
  }

  /** Makes it a marketplace at this commit that holds the plugin itself, with the same files at every commit. */
  holdInMarketplace(name: string, commit: string): void {
    const texts = {
      '.claude-plugin/plugin.json': JSON.stringify({ name, version: '1.0.0' }),
      [`skills/${name}-notes/SKILL.md`]: skillText(`${name}-notes`, { Use: 'As ever.' }),
    };
    const offer: PackageOffer = { identity: { kind: 'commit', commit }, tags: [], version: null };
    const { url } = repository('team');
    this.#releases.set(url, [...(this.#releases.get(url) ?? []), { offer, texts }]);
    const plugins = [{ name, source: `./${name}` }];
    this.#catalog = JSON.stringify({ name: 'team', owner: { name: 'Team' }, plugins });
    this.#revision = commit;
  }

  marketplace(
    _source: MarketplaceSource,
    _candidates: readonly string[],
    known: string | null,
  ): Promise<MarketplaceRevision | 'unchanged'> {
    const revision = this.#revision ?? sha256(this.#catalog).slice(0, 40);
    if (known === revision) return Promise.resolve('unchanged');
    return Promise.resolve({ revision, file: 'marketplace.json', bytes: Buffer.from(this.#catalog) });
  }

  offers(source: PackageSource): Promise<PackageOffers> {
    const releases = source.kind === 'git' ? (this.#releases.get(source.url) ?? []) : [];
    const offers = releases.map(({ offer }) => offer);
    const wanted = source.kind === 'git' ? source.commit : null;
    const head =
      wanted === null
        ? offers.at(-1)
        : offers.find(({ identity }) => identity.kind === 'commit' && identity.commit === wanted);
    return Promise.resolve({ head: head ?? null, others: offers.filter((offer) => offer !== head) });
  }

  async fetch(wanted: ResolvedPackage, into: string, options: FetchOptions = {}): Promise<void> {
    await this.beforeFetch(wanted, options);
    this.fetched += 1;
    const key = identityText(wanted.identity);
    const found = [...this.#releases.values()]
      .flat()
      .find(({ offer }) => identityText(offer.identity) === key);
    if (found === undefined) {
      throw new BeaverError('source_not_found', 'There is no such content.', {
        nextStep: 'Check the source.',
      });
    }
    for (const [name, text] of Object.entries(found.texts)) {
      const file = path.join(into, ...name.replace(/\*$/, '').split('/'));
      await this.#files.makeDirectory(path.dirname(file));
      await this.#files.writeFile(file, Buffer.from(text), { executable: name.endsWith('*') });
    }
  }
}
