import type { InstalledListPayload } from '../../app/install-payloads.ts';
import type { MarketplacePayload, OfferedPluginPayload } from '../../app/marketplace-payloads.ts';
import type { OutdatedPluginPayload, StagedPayload, UpdateRecordPayload } from '../../app/upkeep-payloads.ts';
import type { Finding } from '../../base/errors.ts';
import type { PhaseProgress } from '../../core/install/phases.ts';

export type InstalledPayload = InstalledListPayload['installed'][number];

/** Something newer than what is in use, as the last look found it. */
export interface AvailableUpdate {
  readonly version: string | null;
  readonly identity: string;
}

/** What the editor knows of the marketplaces of one workspace folder, and of what is installed from them. Replaced as a whole at each change. */
export interface MarketSnapshot {
  /** Uri of the folder, as a string. */
  readonly folder: string;
  readonly name: string;
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly marketplaces: readonly MarketplacePayload[];
  /** By marketplace; one whose catalog cannot be read is not in it. */
  readonly offered: ReadonlyMap<string, readonly OfferedPluginPayload[]>;
  /** Why a catalog cannot be read, by marketplace. */
  readonly unreadable: ReadonlyMap<string, Finding>;
  readonly installed: readonly InstalledPayload[];
  /** What auto-update decided last about each plugin. */
  readonly records: readonly UpdateRecordPayload[];
  /** Updates that are downloaded and checked. */
  readonly staged: readonly StagedPayload[];
  /** By installed id. */
  readonly available: ReadonlyMap<string, AvailableUpdate>;
  /** Installations that this window carries out, by id. */
  readonly running: ReadonlyMap<string, PhaseProgress>;
  /** What the last reading failed with; the lists are then those of the last one that worked. */
  readonly failure: unknown;
}

export function emptyMarketSnapshot(folder: string, name: string): MarketSnapshot {
  return {
    folder,
    name,
    phase: 'loading',
    marketplaces: [],
    offered: new Map(),
    unreadable: new Map(),
    installed: [],
    records: [],
    staged: [],
    available: new Map(),
    running: new Map(),
    failure: undefined,
  };
}

/** Why auto-update left an update to a person: there is one. */
const LEFT_TO_A_PERSON: ReadonlySet<string> = new Set([
  ...['mode_notify', 'mode_stage', 'consent_required', 'major_version', 'tag_moved', 'version_republished'],
]);

/**
 * The plugins that have something newer: as somebody has just asked their sources (`asked`), else as auto-update noted it. What is in use by
 * now is no news, whoever installed it, and neither is what failed here and is not installed again.
 */
export function availableUpdates(
  installed: readonly InstalledPayload[],
  asked: ReadonlyMap<string, OutdatedPluginPayload>,
  records: readonly UpdateRecordPayload[],
): ReadonlyMap<string, AvailableUpdate> {
  const noted = new Map(records.map((record) => [record.id, record]));
  const available = new Map<string, AvailableUpdate>();
  for (const { id, active, ignored } of installed) {
    const refused = new Set(ignored.map(({ identity }) => identity));
    const look = asked.get(id);
    if (look !== undefined && look.current.identity === active.identity) {
      const { wanted } = look;
      if (wanted !== null && wanted.identity !== active.identity && !refused.has(wanted.identity))
        available.set(id, wanted);
      continue;
    }
    const record = noted.get(id);
    if (record?.identity == null || record.identity === active.identity) continue;
    if (refused.has(record.identity)) continue;
    if (LEFT_TO_A_PERSON.has(record.reason.code))
      available.set(id, { version: record.version, identity: record.identity });
  }
  return available;
}
