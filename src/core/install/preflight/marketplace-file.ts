import * as path from 'node:path';
import * as z from 'zod';
import type { FileSystem } from '../../ports.ts';
import { shown } from '../../tree-names.ts';
import type { Catalog, CatalogPlugin } from './dependencies.ts';
import type { Draft } from './finding.ts';
import { type JsonText, readJson } from './json-text.ts';
import { DIALECTS } from './manifest-dialects.ts';
import { pathInPlugin } from './plugin-path.ts';
import { type Dependency, dependencyOf, dependencySchema } from './requirements.ts';
import { schemaFindings, valueAt } from './schema-findings.ts';

/** Where a marketplace keeps its file, in the order in which hosts look. */
export const MARKETPLACE_FILES = [
  'marketplace.json',
  '.claude-plugin/marketplace.json',
  '.plugin/marketplace.json',
  '.github/plugin/marketplace.json',
  '.agents/plugins/marketplace.json',
] as const;

/** Bytes. The largest public ones have about 300 kB. */
const LARGEST = 8 * 1024 * 1024;

/** An entry of a marketplace whose plugin lies in its folder. */
export interface LocalEntry {
  readonly name: string;
  readonly version: string | undefined;
  /** False where the entry is the whole definition and the folder needs no manifest. */
  readonly strict: boolean;
  /** POSIX, relative to the marketplace; `.` for its root. */
  readonly folder: string;
  /** Skill folders that the entry names, relative to the plugin. */
  readonly skills: readonly string[];
  readonly dependencies: readonly Dependency[];
  readonly index: number;
}

export interface MarketplaceFile {
  /** Absolute. */
  readonly root: string;
  /** POSIX, relative to the root. */
  readonly file: string;
  readonly json: JsonText;
  readonly name: string | undefined;
  readonly allows: readonly string[];
  readonly local: readonly LocalEntry[];
  /** Entries whose plugins lie elsewhere. */
  readonly remote: readonly Omit<LocalEntry, 'folder'>[];
  /** Findings about the file itself; `file` is relative to the root. */
  readonly findings: readonly Draft[];
}

const entrySchema = z.looseObject({
  name: z.string().trim().min(1),
  source: z.union([z.string(), z.looseObject({})], 'expected a path or an object'),
  version: z.string().optional(),
  strict: z.boolean().optional(),
  skills: z.union([z.string(), z.array(z.string())], 'expected a path or a list of paths').optional(),
  dependencies: z.array(dependencySchema).optional(),
});

const marketplaceSchema = z.looseObject({
  name: z.string().trim().min(1),
  owner: z.looseObject({ name: z.string() }).optional(),
  metadata: z.looseObject({ pluginRoot: z.string().optional() }).optional(),
  plugins: z.array(entrySchema),
  allowCrossMarketplaceDependenciesOn: z.array(z.string()).optional(),
});

/** The marketplace whose root is `root`; undefined when there is none. Entries that are broken are findings, the others count. */
export async function readMarketplace(files: FileSystem, root: string): Promise<MarketplaceFile | undefined> {
  for (const file of MARKETPLACE_FILES) {
    const absolute = path.join(root, ...file.split('/'));
    if ((await files.lstat(absolute))?.kind !== 'file') continue;
    const bytes = await files.readFile(absolute, LARGEST);
    if (bytes !== undefined) return parsed(files, root, file, new TextDecoder().decode(bytes));
  }
  return undefined;
}

async function parsed(files: FileSystem, root: string, file: string, text: string): Promise<MarketplaceFile> {
  const json = readJson(text);
  const findings: Draft[] = [
    ...json.problems.map((problem) => ({ ...problem, file })),
    ...schemaFindings(marketplaceSchema, json, file),
  ];
  const pluginRoot = stringAt(json, ['metadata', 'pluginRoot']) ?? '';
  const plugins = valueAt(json.value, ['plugins']);
  const local: LocalEntry[] = [];
  const remote: Omit<LocalEntry, 'folder'>[] = [];
  const names = new Set<string>();
  for (const [index, written] of (Array.isArray(plugins) ? plugins : []).entries()) {
    const entry = entrySchema.safeParse(written);
    if (!entry.success) continue;
    const { name, version, strict = true, skills = [], dependencies = [] } = entry.data;
    const place = { file, pointer: `/plugins/${index}`, range: json.rangeAt(['plugins', index, 'name']) };
    if (names.has(name)) {
      findings.push({
        ...place,
        code: 'PF-MARKET-DUPLICATE',
        message: `Two entries are named ${shown(name)}.`,
      });
    }
    names.add(name);
    const common = {
      name,
      version,
      strict,
      index,
      skills: (typeof skills === 'string' ? [skills] : skills).flatMap((one) => pathInPlugin(one) ?? []),
      dependencies: dependencies.map(dependencyOf),
    };
    const source = judgeSource(entry.data.source, pluginRoot);
    const at = {
      file,
      pointer: `/plugins/${index}/source`,
      range: json.rangeAt(['plugins', index, 'source']),
    };
    findings.push(...source.findings.map((finding) => ({ ...finding, ...at })));
    if (source.folder === undefined) {
      remote.push(common);
      continue;
    }
    const folder = path.join(root, ...source.folder.split('/'));
    if ((await files.lstat(folder))?.kind === 'directory') local.push({ ...common, folder: source.folder });
    else {
      const message = `The folder ${shown(source.folder)} of ${shown(name)} is not there.`;
      findings.push({ ...at, code: 'PF-MARKET-SOURCE-MISSING', message });
    }
  }
  return {
    root,
    file,
    json,
    name: stringAt(json, ['name']),
    allows: stringsAt(json, ['allowCrossMarketplaceDependenciesOn']),
    local,
    remote,
    findings,
  };
}

interface JudgedSource {
  /** Undefined where the plugin lies elsewhere, or nowhere that is safe. */
  readonly folder: string | undefined;
  readonly findings: readonly Omit<Draft, 'file'>[];
}

const REMOTE_KINDS = ['github', 'url', 'git', 'git-subdir', 'npm', 'pip', 'archive', 'remote'];

function judgeSource(source: string | Readonly<Record<string, unknown>>, pluginRoot: string): JudgedSource {
  if (typeof source === 'string') return relativeSource(source, pluginRoot);
  const kind = source['source'];
  if (kind === 'local' && typeof source['path'] === 'string') return relativeSource(source['path'], '');
  if (kind === 'command') return unsafe('The source runs a command.');
  if (typeof kind !== 'string' || !REMOTE_KINDS.includes(kind)) {
    return { folder: undefined, findings: [{ code: 'PF-MARKET-SOURCE-UNKNOWN' }] };
  }
  const url = source['url'];
  if (typeof url === 'string') {
    if (/^[a-z+]+:\/\/[^/@\s]*:[^/@\s]*@/i.test(url))
      return unsafe('The address of the source holds credentials.');
    const loopback = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/i.test(url);
    if (/^(?:http|git|ftp):/i.test(url) && !loopback)
      return unsafe('The address of the source is not encrypted.');
    if (/^(?:ext|file)::?/i.test(url))
      return unsafe('The address of the source is not one that may be fetched.');
  }
  return { folder: undefined, findings: [] };
}

function relativeSource(written: string, pluginRoot: string): JudgedSource {
  const bare = !/^\.{0,2}\//.test(written) && written !== '.';
  if (/^[a-z+]+:/i.test(written))
    return unsafe('A source that is an address has to be written as an object.');
  const folder = pathInPlugin(bare && pluginRoot !== '' ? `${pluginRoot}/${written}` : written);
  if (folder === undefined) return unsafe(`The source ${shown(written)} leaves the marketplace.`);
  const prefixed = !bare || pluginRoot !== '';
  const message = `The source ${shown(written)} does not start with "./".`;
  return { folder, findings: prefixed ? [] : [{ code: 'PF-MARKET-PREFIX', message }] };
}

function unsafe(message: string): JudgedSource {
  return { folder: undefined, findings: [{ code: 'PF-MARKET-SOURCE-UNSAFE', message }] };
}

/** The catalog of a marketplace, with what the manifests in its folder say of versions and dependencies. */
export async function catalogOf(files: FileSystem, market: MarketplaceFile): Promise<Catalog> {
  const plugins = new Map<string, CatalogPlugin>();
  for (const { name, version, dependencies } of market.remote) {
    plugins.set(name, { version: version ?? null, dependencies });
  }
  for (const entry of market.local) {
    const manifest = entry.strict
      ? await manifestFacts(files, path.join(market.root, ...entry.folder.split('/')))
      : undefined;
    plugins.set(entry.name, {
      version: manifest?.version ?? entry.version ?? null,
      dependencies: [...entry.dependencies, ...(manifest?.dependencies ?? [])],
    });
  }
  return { name: market.name, allows: market.allows, plugins };
}

async function manifestFacts(
  files: FileSystem,
  root: string,
): Promise<
  { readonly version: string | undefined; readonly dependencies: readonly Dependency[] } | undefined
> {
  for (const { file, dependenciesAt } of DIALECTS) {
    const bytes = await files.readFile(path.join(root, ...file.split('/')), LARGEST).catch(() => undefined);
    if (bytes === undefined) continue;
    const json = readJson(new TextDecoder().decode(bytes));
    const parsed = z.array(dependencySchema).safeParse(valueAt(json.value, dependenciesAt) ?? []);
    return {
      version: stringAt(json, ['version']),
      dependencies: parsed.success ? parsed.data.map(dependencyOf) : [],
    };
  }
  return undefined;
}

function stringAt(json: JsonText, at: readonly string[]): string | undefined {
  const value = valueAt(json.value, at);
  return typeof value === 'string' ? value : undefined;
}

function stringsAt(json: JsonText, at: readonly string[]): readonly string[] {
  const value = valueAt(json.value, at);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
