import type { FetchOptions, PackageSource, Packages, ResolvedPackage } from '../package-ports.ts';
import type { PackagePin } from '../package-pin.ts';
import type { MirrorDeps } from '../mirror/mirror-deps.ts';
import type { LockWait } from '../ports.ts';
import type { IgnoredPackage } from './installed-plugin.ts';
import type { PhaseDeadlines } from './phases.ts';
import type { PreflightReport } from './preflight/report.ts';

/** A plugin as a marketplace lists it. */
export interface PluginListing {
  readonly name: string;
  readonly marketplace: string;
  readonly source: PackageSource;
  /** What the marketplace holds its plugins to; one of the plugin's own goes before it. */
  readonly defaultPin: PackagePin | null;
  /** Other marketplaces, whose plugins those of this one may need. */
  readonly allows: readonly string[];
}

export interface ResolveQuestion {
  readonly name: string;
  readonly source: PackageSource;
  readonly pin: PackagePin | null;
  readonly ignored: readonly IgnoredPackage[];
}

export interface Resolution {
  readonly resolved: ResolvedPackage;
  /** That name the content now. */
  readonly tags: readonly string[];
}

/** What the marketplaces of the workspace offer. `install` may not know them; `app` hands them in. */
export interface PluginCatalog {
  /** Undefined when the marketplace has no such plugin. @throws BeaverError `marketplace_unknown`, `marketplace_untrusted`. */
  find(name: string, marketplace: string): Promise<PluginListing | undefined>;
  /** The content that the pin chooses. @throws BeaverError `source_not_found`, `pin_not_offered`, `package_ignored`, and those of the transfer. */
  resolve(question: ResolveQuestion, options: FetchOptions): Promise<Resolution>;
}

/** Everything that installing ties together; wired in `app/`. */
export interface InstallDeps {
  readonly mirror: MirrorDeps;
  readonly packages: Packages;
  readonly catalog: PluginCatalog;
  /** All checks on the plugin in a folder, safety rules included. */
  readonly preflight: (root: string) => Promise<PreflightReport>;
  /** Whether a program of this name or path can be started. Nothing is. */
  readonly commandExists: (command: string) => Promise<boolean>;
  /** Runs a body under the write lock, after whatever a crash interrupted has been completed or rolled back. */
  readonly write: <T>(purpose: string, wait: LockWait, body: () => Promise<T>) => Promise<T>;
  /** Another one for each start: who looks at the health of a package. */
  readonly session: string;
  /** Correlation ids of attempts that this workspace is carrying out. */
  readonly running: Set<string>;
  readonly deadlines: PhaseDeadlines;
}
