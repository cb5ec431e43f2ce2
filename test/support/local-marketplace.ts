import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { GitRepository } from './git-repository.ts';

export interface MarketPlugin {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** More files, by POSIX path; one that ends in `*` is executable. */
  readonly files?: Readonly<Record<string, string>>;
  /** More keys of its manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** A real git repository that is a marketplace in Claude's dialect; each plugin has one skill whose text names the version. */
export class LocalMarketplace {
  readonly folder: string;
  readonly #name: string;
  readonly #repository: GitRepository;
  readonly #plugins = new Map<string, MarketPlugin>();

  /** @param folder absolute; made here */
  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#name = name;
    this.#repository = new GitRepository(folder);
  }

  /** As a person adds it: the repository, not its folder. */
  get source(): string {
    return `file://${this.folder}`;
  }

  /** Puts these plugins in, or their new versions, as one commit. */
  release(...plugins: readonly MarketPlugin[]): void {
    for (const plugin of plugins) {
      this.#plugins.set(plugin.name, plugin);
      this.#write(plugin);
    }
    const entries = [...this.#plugins.values()].map(({ name, version, description }) => ({
      ...{ name, version, source: `./plugins/${name}` },
      ...(description === undefined ? {} : { description }),
    }));
    const catalog = { name: this.#name, owner: { name: 'Harbour Team' }, plugins: entries };
    this.#file('.claude-plugin/marketplace.json', JSON.stringify(catalog, undefined, 2));
    this.#repository.commit('a release');
  }

  tag(name: string): void {
    this.#repository.git('tag', name);
  }

  #write({ name, version, description, files = {}, manifest = {} }: MarketPlugin): void {
    const below = `plugins/${name}`;
    rmSync(path.join(this.folder, below), { recursive: true, force: true });
    const about = { name, version, ...(description === undefined ? {} : { description }), ...manifest };
    this.#file(`${below}/.claude-plugin/plugin.json`, JSON.stringify(about, undefined, 2));
    const skill = `${name}-guide`;
    const lines = ['---', `name: ${skill}`, `description: How ${name} is used.`, '---', '', `# ${name}`, ''];
    this.#file(`${below}/skills/${skill}/SKILL.md`, [...lines, `As of ${version}.`, ''].join('\n'));
    for (const [file, text] of Object.entries(files)) {
      const executable = file.endsWith('*');
      this.#file(`${below}/${executable ? file.slice(0, -1) : file}`, text, executable);
    }
  }

  #file(name: string, text: string, executable = false): void {
    const file = path.join(this.folder, ...name.split('/'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (executable) chmodSync(file, 0o755);
  }
}
