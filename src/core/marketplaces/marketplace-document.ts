import { BeaverError } from '../../base/errors.ts';
import { pathInPlugin } from '../install/preflight/plugin-path.ts';
import { dependencyOf, dependencySchema } from '../install/preflight/requirements.ts';
import { originText } from '../package-identity.ts';
import type { MarketplaceRevision, MarketplaceSource, PackageSource } from '../package-ports.ts';
import { compareUtf8, shown } from '../tree-names.ts';
import { identifierProblem, managedName } from '../plugins/identifiers.ts';
import type { CatalogFinding, CatalogPlugin, MarketplaceCatalog } from './catalog.ts';
import { entrySource, type MarketplacePlace } from './entry-source.ts';

/** Characters that are kept of what entries say about themselves. */
const LONGEST_NAME = 128;
const LONGEST_TEXT = 2000;
const MOST_PLUGINS = 20_000;

/**
 * Reads a marketplace.json of any public dialect. A bad entry is one finding and nothing else; an unknown key is no finding at all.
 * @throws BeaverError `marketplace_unreadable` when it is no JSON object with a name and a list of plugins.
 */
export function parseMarketplace(
  { bytes, file, revision }: MarketplaceRevision,
  source: MarketplaceSource,
): MarketplaceCatalog {
  const document = objectIn(jsonOf(bytes, file));
  if (document === undefined) throw unreadable(file, 'It is no JSON object.');
  const entries = document.get('plugins');
  if (!Array.isArray(entries)) throw unreadable(file, 'It has no list of plugins.', '/plugins');
  const name = words(document.get('name'), LONGEST_NAME);
  if (name === null) throw unreadable(file, 'It has no name.', '/name');
  const metadata = objectIn(document.get('metadata')) ?? new Map<string, unknown>();
  const root = typeof metadata.get('pluginRoot') === 'string' ? String(metadata.get('pluginRoot')) : '';
  const place: MarketplacePlace = { source, revision, pluginRoot: root.replace(/\/+$/, '') };
  const reading = new EntryReader(file, place);
  for (const [index, entry] of entries.slice(0, MOST_PLUGINS).entries()) reading.add(entry, index);
  return {
    schema_version: 1,
    name: managedName(name, 'plugin_id_normalised', file).name,
    display_name: words(objectIn(document.get('interface'))?.get('displayName'), LONGEST_NAME) ?? name,
    description: words(document.get('description') ?? metadata.get('description'), LONGEST_TEXT),
    owner: personIn(document.get('owner')),
    revision,
    file,
    allows: textsIn(document.get('allowCrossMarketplaceDependenciesOn')),
    renames: renamesIn(document.get('renames')),
    plugins: reading.plugins.sort((a, b) => compareUtf8(a.name, b.name)),
    findings: reading.findings,
  };
}

class EntryReader {
  readonly plugins: CatalogPlugin[] = [];
  readonly findings: CatalogFinding[] = [];
  readonly #file: string;
  readonly #place: MarketplacePlace;
  /** By the id that they get: two entries with one are told apart by nothing. */
  readonly #ids = new Map<string, string>();

  constructor(file: string, place: MarketplacePlace) {
    this.#file = file;
    this.#place = place;
  }

  add(written: unknown, index: number): void {
    const entry = objectIn(written);
    const name = words(entry?.get('name'), LONGEST_NAME);
    if (entry === undefined || name === null) {
      this.#refuse(index, '', 'market_entry_unnamed', 'The entry has no name.', 'Give it a name.');
      return;
    }
    const id =
      identifierProblem(name) === undefined ? name : managedName(name, 'plugin_id_normalised', '').name;
    const other = this.#ids.get(id);
    if (other !== undefined) {
      const message = `The entries ${shown(other)} and ${shown(name)} have one name; the first counts.`;
      this.#refuse(index, '/name', 'market_entry_duplicate', message, 'Rename one of the two.');
      return;
    }
    const found = entrySource(entry.get('source'), this.#place);
    if (found.kind === 'bad') {
      const { code, message } = found.problem;
      this.#refuse(index, '/source', code, `${shown(name)}: ${message}`, NEXT_STEPS[code]);
      return;
    }
    if (found.note !== null) {
      const { code, message } = found.note;
      this.#say('info', index, '/source', code, `${shown(name)}: ${message}`, NEXT_STEPS[code]);
    }
    this.#ids.set(id, name);
    const strict = entry.get('strict') !== false;
    const skills = textsIn(entry.get('skills')).flatMap((one) => pathInPlugin(one) ?? []);
    const version = words(entry.get('version'), LONGEST_NAME);
    const description = words(entry.get('description'), LONGEST_TEXT);
    // An entry that says what the plugin is made of is its manifest where its folder has none.
    const definition =
      strict && skills.length === 0
        ? {}
        : { definition: { name, version, description, skills, complete: this.#isAll(found.source) } };
    this.plugins.push({
      name,
      display_name: words(entry.get('displayName'), LONGEST_NAME),
      description,
      version,
      category: words(entry.get('category'), LONGEST_NAME),
      tags: [...new Set([...textsIn(entry.get('tags')), ...textsIn(entry.get('keywords'))])],
      author: personIn(entry.get('author')),
      homepage: linkIn(entry.get('homepage')) ?? linkIn(entry.get('repository')),
      license: words(entry.get('license'), LONGEST_NAME),
      source: { ...found.source, ...definition },
      content_id: null,
      strict,
      skills,
      dependencies: dependenciesIn(entry.get('dependencies')),
    });
  }

  /** Whether a source is the whole marketplace. */
  #isAll(source: PackageSource): boolean {
    const { source: marketplace } = this.#place;
    return marketplace.kind !== 'url' && originText(marketplace) === originText(source);
  }

  #refuse(index: number, field: string, code: string, message: string, nextStep: string): void {
    this.#say('error', index, field, code, message, nextStep);
  }

  #say(
    severity: CatalogFinding['severity'],
    index: number,
    field: string,
    code: string,
    message: string,
    nextStep: string,
  ): void {
    this.findings.push({
      ...{ code, severity, message, next_step: nextStep, path: this.#file },
      field: `/plugins/${index}${field}`,
    });
  }
}

const NEXT_STEPS = {
  market_source_unknown: 'Use another plugin, or ask the marketplace for a source that every host knows.',
  market_source_unsafe: 'Do not install it; tell the marketplace.',
  market_source_incomplete: 'Tell the marketplace; the plugin cannot be fetched as it is.',
  market_source_prefix: 'Nothing needs to be done; some hosts refuse it.',
} as const;

function jsonOf(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadable(file, 'It is no JSON.', undefined, cause);
  }
}

function objectIn(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

/** One line of text, bounded; null for anything else. */
function words(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  if (text === '') return null;
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function textsIn(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.slice(0, 100).flatMap((one) => words(one, LONGEST_NAME) ?? []);
}

function personIn(value: unknown): string | null {
  return words(value, LONGEST_NAME) ?? words(objectIn(value)?.get('name'), LONGEST_NAME);
}

/** Only what may be opened: an https address. */
function linkIn(value: unknown): string | null {
  const text = words(value, LONGEST_TEXT) ?? words(objectIn(value)?.get('url'), LONGEST_TEXT);
  return text !== null && URL.parse(text)?.protocol === 'https:' ? text : null;
}

function renamesIn(value: unknown): Record<string, string | null> {
  const renames: [string, string | null][] = [];
  for (const [from, to] of objectIn(value) ?? []) {
    if (to === null || typeof to === 'string') renames.push([from, to]);
  }
  return Object.fromEntries(renames);
}

function dependenciesIn(value: unknown): CatalogPlugin['dependencies'] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((one) => {
    const parsed = dependencySchema.safeParse(one);
    if (!parsed.success) return [];
    const { name, range = null, marketplace = null } = dependencyOf(parsed.data);
    return [{ name, range, marketplace }];
  });
}

function unreadable(file: string, why: string, field?: string, cause?: unknown): BeaverError {
  return new BeaverError('marketplace_unreadable', `The marketplace cannot be read. ${why}`, {
    nextStep: 'Check that the source is a marketplace; tell its author.',
    path: file,
    ...(field === undefined ? {} : { field }),
    ...(cause === undefined ? {} : { cause }),
  });
}
