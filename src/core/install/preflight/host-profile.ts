import { API_VERSION } from './requirements.ts';

/** What plugins are checked against: the host that would install them. */
export interface HostProfile {
  /** Versions by the names that manifests use: `beaver`, `vscode`, `claude-code`, … A host that is not here is not checked. */
  readonly versions: Readonly<Record<string, string>>;
  /** Contract versions that are offered. */
  readonly apiVersions: readonly number[];
  readonly capabilities: readonly string[];
}

/**
 * What Beaver can do for a plugin. A name keeps its meaning; `docs/preflight.md` says what each stands for.
 */
export const CAPABILITIES = [
  'skills',
  'supporting_files',
  'executable_files',
  'three_way_merge',
  'review',
  'safety_gate',
  'runtime_targets',
] as const;

/** Beaver itself, in the version given, with the versions of other hosts where they are known. */
export function beaverHost(version: string, others: Readonly<Record<string, string>> = {}): HostProfile {
  return { versions: { beaver: version, ...others }, apiVersions: [API_VERSION], capabilities: CAPABILITIES };
}
