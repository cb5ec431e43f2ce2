import { BeaverError } from '../../base/errors.ts';
import { parseMarketplaceSource, parsePackageSource } from '../../core/marketplaces/written-source.ts';

/** What a link asks for: a plugin of the marketplace at a source, or the plugin at a source. */
export interface InstallLink {
  /** As a person writes it. */
  readonly source: string;
  readonly plugin: string | undefined;
}

const KEYS: ReadonlySet<string> = new Set(['source', 'plugin']);
const PLUGIN = /^[A-Za-z0-9][\w.-]{0,99}$/;
const LONGEST = 1000;

/**
 * Reads `…/install?source=SOURCE&plugin=NAME`. A link comes from anybody: it may name a repository, a package or an https address, and
 * nothing of this machine, nothing without encryption and nothing that runs.
 * @throws BeaverError `install_link_invalid`, `source_refused`, `source_unreadable`.
 */
export function readInstallLink(path: string, query: string): InstallLink {
  if (path !== '/install') throw invalid('It asks for something that Beaver does not do.');
  const asked = new URLSearchParams(query);
  for (const key of asked.keys()) {
    if (!KEYS.has(key)) throw invalid('It asks for something that Beaver does not know.');
    if (asked.getAll(key).length > 1) throw invalid('It says something twice.');
  }
  const source = asked.get('source')?.trim() ?? '';
  if (source === '' || source.length > LONGEST) throw invalid('It names no source.');
  const plugin = asked.get('plugin') ?? undefined;
  if (plugin !== undefined && !PLUGIN.test(plugin)) throw invalid('The name of its plugin is not valid.');
  assertPublic(source, plugin !== undefined);
  return { source, plugin };
}

/** @throws BeaverError `source_refused`, `source_unreadable`. */
function assertPublic(source: string, marketplace: boolean): void {
  if (/^command:/i.test(source)) throw refused('A command is no source.');
  const nowhere = { directory: '/', home: '/' };
  const parsed = marketplace ? parseMarketplaceSource(source, nowhere) : parsePackageSource(source, nowhere);
  if (parsed.kind === 'npm') return;
  if (parsed.kind === 'local') throw refused('A link may not name a folder of this machine.');
  if (!parsed.url.startsWith('https://')) throw refused('A link may name https addresses only.');
}

function invalid(message: string): BeaverError {
  return new BeaverError('install_link_invalid', `The link to install a plugin is not valid. ${message}`, {
    nextStep: 'Ask whoever gave you the link; nothing was installed.',
    field: 'link',
  });
}

function refused(message: string): BeaverError {
  return new BeaverError('source_refused', message, {
    nextStep: 'Ask whoever gave you the link; nothing was installed.',
    field: 'source',
  });
}
