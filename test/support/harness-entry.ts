import type { FoundInstall, HarnessStatus } from '../../src/core/harness/harness-service.ts';
import { mayUpdate } from '../../src/core/harness/harness-service.ts';
import type { InstallClass } from '../../src/core/harness/install-class.ts';
import { manifestSchema } from '../../src/core/harness/manifest.ts';
import { noticesOf } from '../../src/core/harness/notices.ts';
import {
  emptyState,
  type HarnessState,
  type IgnoredVersion,
  type InstalledVersion,
} from '../../src/core/harness/state.ts';
import type { ReadEntry } from '../../src/editor/model/harness-snapshot.ts';
import { manifestDocument } from './harness-release.ts';

export const ENTRY_TIME = Date.UTC(2026, 10, 21);

export interface EntryParts {
  readonly harness?: string;
  readonly active?: string;
  readonly staged?: string;
  readonly previous?: string;
  readonly ignored?: readonly IgnoredVersion[];
  readonly local?: string;
  /** What the channel offered when it was last looked at. */
  readonly offered?: string;
  readonly revoked?: readonly string[];
  readonly installs?: readonly (readonly [InstallClass['name'], Partial<InstallClass>?])[];
  readonly delegated?: boolean;
  readonly origin?: 'read' | 'recovered';
  readonly lastCheck?: HarnessState['last_check'];
}

export function installed(version: string): InstalledVersion {
  const digest = version.replaceAll(/\D/g, '').padStart(64, 'a');
  return {
    version,
    directory: `${version}-x`,
    executable: 'acme',
    counter: 1,
    asset_sha256: digest,
    tree_sha256: digest,
  };
}

export function ignoredVersion(
  version: string,
  reason: IgnoredVersion['reason'],
  detail = '',
): IgnoredVersion {
  return { version, asset_sha256: null, reason, detail, at: '2026-11-20T00:00:00Z' };
}

/** A harness as the editor has read it. */
export function harnessEntry(parts: EntryParts = {}): ReadEntry {
  const harness = parts.harness ?? 'acme';
  const one = (version: string | undefined): InstalledVersion | null =>
    version === undefined ? null : installed(version);
  const state: HarnessState = {
    ...emptyState(harness),
    active: one(parts.active),
    staged: one(parts.staged),
    previous: one(parts.previous),
    ignored: [...(parts.ignored ?? [])],
    local_override: parts.local === undefined ? null : { path: parts.local, since: '2026-11-20T00:00:00Z' },
    last_check: parts.lastCheck ?? null,
  };
  const revocations = (parts.revoked ?? []).map((version) => ({ version, reason: 'it leaks' }));
  const installs = (parts.installs ?? []).map(([name, more]): FoundInstall => ({
    found: `/usr/bin/${harness}`,
    install: { name, manager: null, package: null, evidence: '', ...more },
  }));
  const status: HarnessStatus = {
    source: {
      schema_version: 1,
      harness,
      product: harness,
      channel: 'stable',
      mirrors: ['https://one.example/'],
      command: harness,
      delegated: parts.delegated ?? false,
      added_at: '2026-11-01T00:00:00Z',
    },
    stored: { state, origin: parts.origin ?? 'read' },
    installs,
    manifest:
      parts.offered === undefined && parts.revoked === undefined
        ? null
        : manifestSchema.parse(manifestDocument({ version: parts.offered ?? '9.0.0', revocations })),
    root: 1,
  };
  return {
    kind: 'read',
    harness,
    status,
    notices: noticesOf(status, ENTRY_TIME),
    updatable: mayUpdate(status.source, installs),
  };
}
