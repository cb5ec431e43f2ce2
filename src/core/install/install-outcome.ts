import type { FindingSeverity } from '../../base/errors.ts';
import type { AttemptRun } from './attempt-run.ts';
import type { Consent } from './consent.ts';
import type { InstalledPackage, InstalledPlugin } from './installed-plugin.ts';
import type { StagedPackage } from './staged-package.ts';

/** What became of one plugin that was to be installed, updated or rolled back. */
export interface InstallOutcome {
  readonly id: string;
  readonly pluginId: string | null;
  readonly status: 'installed' | 'updated' | 'rolled_back' | 'unchanged' | 'skipped' | 'consent_required';
  readonly from: InstalledPackage | null;
  readonly to: InstalledPackage | null;
  readonly correlationId: string | null;
  /** With `consent_required`: what is new, and how it is accepted. */
  readonly consent: Consent | null;
  /** Why nothing was done. */
  readonly reason: { readonly code: string; readonly message: string; readonly nextStep: string } | null;
  /** What came because it is needed. */
  readonly dependencies: readonly { readonly id: string; readonly version: string | null }[];
  /** What the preflight found and what does not block. */
  readonly findings: readonly {
    readonly code: string;
    readonly severity: FindingSeverity;
    readonly message: string;
    /** POSIX, in the package. */
    readonly path: string;
    /** From 1. */
    readonly line: number;
  }[];
}

/** An outcome in which nothing happened. */
export const NOTHING = {
  pluginId: null,
  from: null,
  to: null,
  correlationId: null,
  consent: null,
  reason: null,
  dependencies: [],
  findings: [],
} as const;

export function skipped(
  id: string,
  record: InstalledPlugin,
  code: string,
  message: string,
  nextStep: string,
): InstallOutcome {
  return {
    ...NOTHING,
    id,
    pluginId: record.plugin_id,
    status: 'skipped',
    from: record.active,
    to: record.active,
    reason: { code, message, nextStep },
  };
}

export function outcomeOf(
  status: InstallOutcome['status'],
  run: AttemptRun,
  { wanted, contents, package: to, findings }: StagedPackage,
  before: InstalledPlugin | null,
): InstallOutcome {
  return {
    ...NOTHING,
    id: wanted.id,
    pluginId: contents.manifest.pluginId,
    status,
    from: before?.active ?? null,
    to,
    correlationId: run.attempt.correlation_id,
    findings: findings.map(({ code, severity, message, file, field }) => ({
      ...{ code, severity, message },
      path: file,
      line: field.line,
    })),
  };
}
