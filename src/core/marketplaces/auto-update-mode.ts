import type { MarketplaceSource } from '../package-ports.ts';

/**
 * What Beaver does by itself about new releases in a marketplace: nothing, tell, have it downloaded and checked, install it. Installing
 * changes a package only: its skills go through the same candidates, merge and review as ever.
 */
export const AUTO_UPDATE_MODES = ['off', 'notify', 'stage', 'apply'] as const;
export type AutoUpdateMode = (typeof AUTO_UPDATE_MODES)[number];

/** Public marketplaces that are run by the makers of the agents that read them. Only these update by themselves without being asked to. */
const OFFICIAL: ReadonlySet<string> = new Set([
  'github.com/anthropics/claude-plugins-official',
  'github.com/anthropics/skills',
  'github.com/github/awesome-copilot',
  'github.com/github/copilot-plugins',
  'github.com/openai/plugins',
]);

/** By where it is fetched from, never by the name that it gives itself. */
export function isOfficial(source: MarketplaceSource): boolean {
  if (source.kind !== 'git' || source.ref !== null || source.commit !== null || source.subpath !== '')
    return false;
  const place = /^https:\/\/([^/?#@]+\/[^/?#]+\/[^/?#]+?)(?:\.git)?\/?$/.exec(source.url)?.[1];
  return place !== undefined && OFFICIAL.has(place.toLowerCase());
}

/** What a marketplace does unless a person says otherwise. */
export function defaultMode(source: MarketplaceSource): AutoUpdateMode {
  return isOfficial(source) ? 'apply' : 'off';
}

/** The least of two: a setting or the environment can only hold back what a marketplace would do. */
export function mostCautious(a: AutoUpdateMode, b: AutoUpdateMode): AutoUpdateMode {
  return AUTO_UPDATE_MODES.indexOf(a) < AUTO_UPDATE_MODES.indexOf(b) ? a : b;
}

export interface AutoUpdateLimit {
  readonly mode: AutoUpdateMode;
  /** Who says so; null where nobody holds anything back. */
  readonly by: 'environment' | 'ci' | 'setting' | null;
}

/**
 * How far anything may go on this machine, whatever the marketplaces say. `BEAVER_AUTO_UPDATE` takes a mode, or `0`, `false` and `no` for
 * `off`; a value that is none counts as `off`. Where `CI` is set nothing updates by itself unless that variable allows it.
 */
export function autoUpdateLimit(
  environment: Readonly<Record<string, string | undefined>>,
  setting: AutoUpdateMode = 'apply',
): AutoUpdateLimit {
  const written = environment['BEAVER_AUTO_UPDATE']?.trim().toLowerCase() ?? '';
  const inCi = !['', '0', 'false'].includes(environment['CI']?.trim().toLowerCase() ?? '');
  if (written === '' && inCi) return { mode: 'off', by: 'ci' };
  const named = written === '' ? 'apply' : modeOf(written);
  if (named !== 'apply' && mostCautious(named, setting) === named) return { mode: named, by: 'environment' };
  return setting === 'apply' ? { mode: 'apply', by: null } : { mode: setting, by: 'setting' };
}

function modeOf(written: string): AutoUpdateMode {
  if (['1', 'true', 'yes', 'on'].includes(written)) return 'apply';
  return AUTO_UPDATE_MODES.find((mode) => mode === written) ?? 'off';
}
