import * as path from 'node:path';
import { isInside } from '../../layout.ts';
import type { FileSystem } from '../../ports.ts';
import { shown } from '../../tree-names.ts';
import type { Catalog } from './dependencies.ts';
import type { Draft } from './finding.ts';
import type { HostProfile } from './host-profile.ts';
import { catalogOf, type LocalEntry, type MarketplaceFile } from './marketplace-file.ts';
import { type PluginPreflight, preflightPlugin } from './plugin-preflight.ts';
import { makeReport, type PreflightReport, type PreflightTarget } from './report.ts';
import type { PluginTarget, Targets } from './targets.ts';
import type { SafetyScan } from './safety-scan.ts';
import { findingsOf, type VerdictOptions } from './verdict.ts';
import type { SourceLimits } from './plugin-source.ts';

export interface PreflightOptions extends VerdictOptions {
  /** Absolute: files are shown relative to it. */
  readonly base: string;
  /** Of Beaver. */
  readonly version: string;
  readonly host: HostProfile;
  readonly scan?: SafetyScan;
  readonly limits?: SourceLimits;
  /** Of marketplaces that plugins of the checked ones may depend on. */
  readonly catalogs?: readonly Catalog[];
  /** Called before each plugin, with what is shown of its folder. */
  readonly onPlugin?: (path: string) => void;
}

/** Checks every target. Deterministic: the same folders give the same report, byte by byte (invariant 6). */
export async function runPreflight(
  files: FileSystem,
  targets: Omit<Targets, 'missing'>,
  options: PreflightOptions,
): Promise<PreflightReport> {
  const catalogs = new Map<MarketplaceFile, Promise<Catalog>>();
  const catalog = async (market: MarketplaceFile | undefined): Promise<Catalog | undefined> => {
    if (market === undefined) return undefined;
    const known = catalogs.get(market) ?? catalogOf(files, market);
    catalogs.set(market, known);
    return known;
  };
  const done: PreflightTarget[] = targets.marketplaces.map((market) => marketTarget(market, options));
  done.push(...targets.empty.map((folder) => emptyTarget(folder, options)));
  for (const target of targets.plugins) {
    options.onPlugin?.(displayOf(options.base, target.root));
    const checking = preflightPlugin(files, target.root, {
      ...options,
      entries: target.entries,
      catalog: () => catalog(target.market),
    });
    done.push(pluginTarget(target, await checking.catch(unreadable), options));
  }
  return makeReport(done, options.version);
}

/** Whatever one plugin makes the checks fall over, the others are checked (invariant 10). */
function unreadable(error: unknown): PluginPreflight {
  const message = `The plugin cannot be checked (${error instanceof Error ? error.name : typeof error}).`;
  return { manifest: undefined, skills: [], drafts: [{ code: 'PF-PLUGIN-UNREADABLE', file: '.', message }] };
}

function emptyTarget(folder: string, options: PreflightOptions): PreflightTarget {
  const target: PluginTarget = { root: folder, market: undefined, entries: [] };
  const drafts: readonly Draft[] = [{ code: 'PF-PLUGIN-MISSING', file: '.' }];
  return pluginTarget(target, { manifest: undefined, skills: [], drafts }, options);
}

function marketTarget(market: MarketplaceFile, options: PreflightOptions): PreflightTarget {
  const findings = findingsOf(market.findings, shownFile(options.base, market.root), options);
  return {
    kind: 'marketplace',
    path: displayOf(options.base, market.root),
    id: market.name ?? null,
    name: market.name ?? null,
    version: null,
    dialect: null,
    skills: [],
    status: findings.some(({ blocking }) => blocking) ? 'failed' : 'passed',
    findings: [...findings],
  };
}

function pluginTarget(
  target: PluginTarget,
  result: PluginPreflight,
  options: PreflightOptions,
): PreflightTarget {
  const { manifest } = result;
  const drafts = [...result.drafts, ...disagreements(target.entries, result)];
  const findings = findingsOf(drafts, shownFile(options.base, target.root), options);
  return {
    kind: 'plugin',
    path: displayOf(options.base, target.root),
    id: manifest?.pluginId ?? target.entries[0]?.name ?? null,
    name: manifest?.name ?? target.entries[0]?.name ?? null,
    version: manifest?.version ?? target.entries[0]?.version ?? null,
    dialect: manifest?.dialect ?? null,
    skills: result.skills.map((skill) => skill.path),
    status: findings.some(({ blocking }) => blocking) ? 'failed' : 'passed',
    findings: [...findings],
  };
}

/** What the marketplace says of the plugin, where it does not replace the manifest. */
function disagreements(entries: readonly LocalEntry[], { manifest }: PluginPreflight): readonly Draft[] {
  const [entry] = entries;
  if (entries.length !== 1 || entry?.strict !== true || manifest === undefined) return [];
  if (manifest.dialect === 'collection') return [];
  const file = path.posix.relative(
    manifest.root.split(path.sep).join('/'),
    manifest.manifestPath.split(path.sep).join('/'),
  );
  const { version } = entry;
  const found: Draft[] = [];
  if (version !== undefined && manifest.version !== null && version !== manifest.version) {
    const message = `The version is ${shown(manifest.version)} here and ${shown(version)} in the marketplace.`;
    found.push({ code: 'PF-MARKET-DISAGREE', file, pointer: '/version', message });
  }
  return found;
}

function shownFile(base: string, root: string): (file: string) => string {
  const folder = displayOf(base, root);
  return (file) => (file === '.' ? folder : folder === '.' ? file : `${folder}/${file}`);
}

/** POSIX, relative to the base; outside of it no more than the folder's own name (invariant 9). */
export function displayOf(base: string, root: string): string {
  if (!isInside(base, root)) return `<external>/${path.basename(root)}`;
  return path.relative(base, root).split(path.sep).join('/') || '.';
}
