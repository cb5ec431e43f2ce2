import { BeaverError } from '../../base/errors.ts';
import { managedName } from '../plugins/identifiers.ts';
import type { PackagePin } from '../package-pin.ts';
import type { FetchOptions, PackageSource } from '../package-ports.ts';
import type { InstallDeps, Resolution } from './install-deps.ts';
import {
  DIRECT,
  type InstalledPackage,
  type InstalledPlugin,
  KEPT_PACKAGES,
  packageDirectory,
} from './installed-plugin.ts';
import { type PackageContents, readPackage } from './package-contents.ts';
import { hashPackageTree } from './package-tree.ts';
import type { PreflightFinding } from './preflight/report.ts';
import { storedSource } from './stored-source.ts';

/** A plugin that is to be fetched. */
export interface WantedPlugin {
  readonly id: string;
  readonly name: string;
  /** Null for one that comes from no marketplace. */
  readonly marketplace: string | null;
  /** What is asked for updates later. */
  readonly source: PackageSource;
  readonly pin: PackagePin | null;
  /** Of its marketplace; counts where the plugin has no pin of its own, and is not recorded as one. */
  readonly defaultPin?: PackagePin | null;
  /** False for what comes because another plugin needs it. */
  readonly requested: boolean;
}

/** A package that has been fetched and found good. */
export interface StagedPackage {
  readonly wanted: WantedPlugin;
  /** Absolute; null for one that is in its place already. */
  readonly staged: string | null;
  readonly contents: PackageContents;
  readonly package: InstalledPackage;
  readonly findings: readonly PreflightFinding[];
}

/** `name@marketplace`, as ids are written. */
export function installedIdOf(name: string, marketplace: string | null): string {
  const slug = (text: string): string => managedName(text, 'plugin_id_normalised', '').name;
  return `${slug(name)}@${slug(marketplace ?? DIRECT)}`;
}

export async function fetchPackage(
  deps: InstallDeps,
  resolution: Resolution,
  staged: string,
  options: FetchOptions,
): Promise<void> {
  await deps.packages.fetch(resolution.resolved, staged, options);
}

/**
 * Checks what was fetched: the rules of the tree, then everything that the preflight can tell. An incompatible plugin is not installed.
 * @throws BeaverError `plugin_incompatible`, and those of the tree and the manifest.
 */
export async function verifyPackage(
  deps: InstallDeps,
  wanted: WantedPlugin,
  { resolved, tags }: Resolution,
  staged: string,
): Promise<StagedPackage> {
  const { files, clock } = deps.mirror.ports;
  const display = wanted.name;
  const treeHash = await hashPackageTree(files, staged, display);
  const report = await deps.preflight(staged);
  const findings = report.targets.flatMap((target) => target.findings);
  const [blocking] = findings.filter((finding) => finding.blocking);
  if (blocking !== undefined) {
    throw new BeaverError(
      'plugin_incompatible',
      `The plugin "${wanted.name}" cannot be installed: ${blocking.message} [${blocking.code}]`,
      { nextStep: blocking.next_step, field: blocking.field.pointer ?? blocking.file },
    );
  }
  const contents = await readPackage(files, staged, display, wanted.name);
  return {
    wanted,
    staged,
    contents,
    findings,
    package: {
      directory: packageDirectory(resolved.identity, resolved.source),
      identity: resolved.identity,
      source: storedSource(deps.mirror.layout, resolved.source),
      version: resolved.version ?? contents.manifest.version,
      tags: [...tags],
      tree_hash: treeHash,
      installed_at: new Date(clock.now()).toISOString(),
    },
  };
}

/** What the registry holds of a plugin once this package is the active one. */
export function recordOf(
  deps: InstallDeps,
  { wanted, contents, package: active }: StagedPackage,
  before: InstalledPlugin | null,
  dependencies: InstalledPlugin['dependencies'],
): InstalledPlugin {
  const at = new Date(deps.mirror.ports.clock.now()).toISOString();
  const earlier = before === null ? [] : [before.active, ...before.previous];
  return {
    ...before,
    plugin_id: contents.manifest.pluginId,
    name: wanted.name,
    marketplace: wanted.marketplace,
    source: storedSource(deps.mirror.layout, wanted.source),
    active,
    previous: earlier.filter(({ directory }) => directory !== active.directory).slice(0, KEPT_PACKAGES),
    pin: wanted.pin ?? before?.pin ?? null,
    ignored: before?.ignored ?? [],
    health: { status: 'trial', checked_at: at, checked_by: deps.session },
    requested: wanted.requested || before?.requested === true,
    dependencies,
  };
}
