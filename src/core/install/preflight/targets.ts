import * as path from 'node:path';
import { CLAUDE_MANIFEST } from '../../plugins/manifest-claude.ts';
import { CODEX_MANIFEST } from '../../plugins/manifest-codex.ts';
import { BEAVER_MANIFEST } from '../../plugins/manifest-beaver.ts';
import { AGENT_PLUGINS_MANIFEST } from '../../plugins/manifest-agent-plugins.ts';
import { MAX_MANIFEST_BYTES } from '../../plugins/manifest-file.ts';
import type { FileSystem } from '../../ports.ts';
import { SKILL_DOCUMENT } from '../../skill-tree.ts';
import {
  type LocalEntry,
  MARKETPLACE_FILES,
  type MarketplaceFile,
  readMarketplace,
} from './marketplace-file.ts';

/** A folder to check, and the marketplace that it belongs to. */
export interface PluginTarget {
  /** Absolute. */
  readonly root: string;
  readonly market: MarketplaceFile | undefined;
  readonly entries: readonly LocalEntry[];
}

export interface Targets {
  /** By root, each once. */
  readonly plugins: readonly PluginTarget[];
  readonly marketplaces: readonly MarketplaceFile[];
  /** Given paths at which nothing is. */
  readonly missing: readonly string[];
  /** Given folders with no plugin in them and none below. */
  readonly empty: readonly string[];
}

/** Folders between a given one and the plugins in it. */
const DEEPEST_SEARCH = 8;
const NOT_SEARCHED: ReadonlySet<string> = new Set(['.git', 'node_modules', '.beaver']);

/**
 * What paths stand for: a manifest or a SKILL.md for its plugin, a plugin's folder for itself, a marketplace for its file and every plugin in
 * its folder, any other folder for all plugins below it, any other file for the plugin around it.
 * @param paths Absolute.
 */
export async function findTargets(files: FileSystem, paths: readonly string[]): Promise<Targets> {
  const finder = new TargetFinder(files);
  for (const given of paths) await finder.add(given);
  return finder.found();
}

class TargetFinder {
  readonly #files: FileSystem;
  readonly #roots = new Set<string>();
  readonly #markets = new Map<string, MarketplaceFile | undefined>();
  readonly #chosen = new Set<MarketplaceFile>();
  readonly #missing: string[] = [];
  readonly #empty: string[] = [];

  constructor(files: FileSystem) {
    this.#files = files;
  }

  async add(given: string): Promise<void> {
    const stat = await this.#files.lstat(given);
    if (stat === undefined) this.#missing.push(given);
    else if (stat.kind === 'directory') {
      const before = this.#roots.size + this.#chosen.size;
      await this.#folder(given, 0);
      const known = this.#roots.has(given);
      if (!known && this.#roots.size + this.#chosen.size === before) this.#empty.push(given);
    } else await this.#file(given);
  }

  async found(): Promise<Targets> {
    const plugins: PluginTarget[] = [];
    for (const root of [...this.#roots].sort()) {
      const market = await this.#marketAround(root);
      const entries = (market?.local ?? []).filter((entry) => this.#folderOf(market, entry) === root);
      plugins.push({ root, market, entries });
    }
    return { plugins, marketplaces: [...this.#chosen], missing: this.#missing, empty: this.#empty };
  }

  async #folder(folder: string, depth: number): Promise<void> {
    const market = await this.#market(folder);
    if (market !== undefined) {
      this.#chosen.add(market);
      for (const entry of market.local) this.#roots.add(this.#folderOf(market, entry));
      if (await hasManifest(this.#files, folder)) this.#roots.add(folder);
      return;
    }
    if (await this.#isPlugin(folder)) {
      this.#roots.add(folder);
      return;
    }
    if (depth >= DEEPEST_SEARCH) return;
    for (const { name, kind } of (await this.#files.readDirectory(folder)) ?? []) {
      if (kind === 'directory' && !NOT_SEARCHED.has(name))
        await this.#folder(path.join(folder, name), depth + 1);
    }
  }

  async #file(given: string): Promise<void> {
    for (const file of MARKETPLACE_FILES) {
      const root = without(given, file);
      const market = root === undefined ? undefined : await this.#market(root);
      if (market !== undefined) {
        this.#chosen.add(market);
        return;
      }
    }
    const root = await enclosingPlugin(this.#files, given);
    if (root === undefined) this.#empty.push(given);
    else this.#roots.add(root);
  }

  async #isPlugin(folder: string): Promise<boolean> {
    if (await hasManifest(this.#files, folder)) return true;
    if ((await this.#files.lstat(path.join(folder, SKILL_DOCUMENT)))?.kind === 'file') return true;
    const skills =
      (await this.#files.readDirectory(path.join(folder, 'skills')).catch(() => undefined)) ?? [];
    for (const { name, kind } of skills) {
      if (kind !== 'directory') continue;
      if ((await this.#files.lstat(path.join(folder, 'skills', name, SKILL_DOCUMENT)))?.kind === 'file')
        return true;
    }
    return false;
  }

  async #marketAround(root: string): Promise<MarketplaceFile | undefined> {
    for (const folder of foldersUp(root)) {
      const market = await this.#market(folder);
      if (market !== undefined) return market;
      if ((await this.#files.lstat(path.join(folder, '.git'))) !== undefined) return undefined;
    }
    return undefined;
  }

  async #market(root: string): Promise<MarketplaceFile | undefined> {
    if (!this.#markets.has(root)) this.#markets.set(root, await readMarketplace(this.#files, root));
    return this.#markets.get(root);
  }

  #folderOf(market: MarketplaceFile | undefined, entry: LocalEntry): string {
    return path.join(market?.root ?? '', ...entry.folder.split('/'));
  }
}

/** Of the targets, those that the changed files (absolute paths) are part of. A file counts for the innermost folder that holds it. */
export function touchedTargets(targets: Targets, changed: readonly string[]): Targets {
  const roots = targets.plugins.map(({ root }) => root);
  const touched = new Set(
    changed.map((file) => {
      const around = roots.filter((root) => file.startsWith(`${root}${path.sep}`));
      return around.reduce<string | undefined>(
        (inner, root) => (inner === undefined || root.length > inner.length ? root : inner),
        undefined,
      );
    }),
  );
  const files = new Set(changed);
  return {
    ...targets,
    plugins: targets.plugins.filter(({ root }) => touched.has(root)),
    marketplaces: targets.marketplaces.filter(({ root, file }) =>
      files.has(path.join(root, ...file.split('/'))),
    ),
    empty: [],
  };
}

/** The plugin that a file belongs to: the nearest folder above it with a manifest; the folder of a skill that has none. */
export async function enclosingPlugin(files: FileSystem, file: string): Promise<string | undefined> {
  for (const folder of foldersUp(path.dirname(file))) {
    if (await hasManifest(files, folder)) return folder;
    if ((await files.lstat(path.join(folder, '.git'))) !== undefined) break;
  }
  for (const folder of foldersUp(path.dirname(file))) {
    if ((await files.lstat(path.join(folder, SKILL_DOCUMENT)))?.kind === 'file') return folder;
    if ((await files.lstat(path.join(folder, '.git'))) !== undefined) break;
  }
  return undefined;
}

/** A `plugin.json` at the root counts when it says that it follows the standard: other tools use the name for other things. */
async function hasManifest(files: FileSystem, folder: string): Promise<boolean> {
  for (const file of [BEAVER_MANIFEST, CLAUDE_MANIFEST, CODEX_MANIFEST]) {
    if ((await files.lstat(path.join(folder, ...file.split('/')))) !== undefined) return true;
  }
  if (HOLDS_MANIFEST.test(folder)) return false;
  const standard = path.join(folder, AGENT_PLUGINS_MANIFEST);
  if ((await files.lstat(standard))?.kind !== 'file') return false;
  const bytes = await files.readFile(standard, MAX_MANIFEST_BYTES);
  return bytes !== undefined && new TextDecoder().decode(bytes).includes(STANDARD);
}

/** In the `$schema` of every version of Agent Plugins, and found in a file that is not valid JSON as well. */
const STANDARD = 'agent-plugins.org/schemas/';

/** Folders in which a tool keeps its own manifest, under the name that the standard uses at the root. */
const HOLDS_MANIFEST = /[/\\](?:\.(?:[a-z]+-)?plugin|\.github[/\\]plugin)$/;

/** The folder and those above it. */
function foldersUp(folder: string): readonly string[] {
  const folders = [folder];
  for (let above = path.dirname(folder); above !== folders.at(-1); above = path.dirname(above))
    folders.push(above);
  return folders;
}

function without(given: string, file: string): string | undefined {
  const suffix = path.join(path.sep, ...file.split('/'));
  return given.endsWith(suffix) ? given.slice(0, -suffix.length) : undefined;
}
