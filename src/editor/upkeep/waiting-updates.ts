import type { StagedPayload, UpdateRecordPayload } from '../../app/upkeep-payloads.ts';
import { contentLabel } from '../model/market-labels.ts';
import type { MarketSnapshot } from '../model/market-snapshot.ts';

/** An update of an installed plugin that waits for a person. */
export interface WaitingUpdate {
  /** Uri of the workspace folder. */
  readonly folder: string;
  /** `name@marketplace`. */
  readonly id: string;
  readonly from: string;
  /** Empty where the content is not known yet: its source changed, say. */
  readonly to: string;
  /** It is downloaded and checked, and needs no network. */
  readonly staged: StagedPayload | undefined;
  readonly record: UpdateRecordPayload;
}

/** Sorted by id. What is in use by now waits no more, whoever installed it. */
export function waitingUpdates(snapshot: MarketSnapshot): readonly WaitingUpdate[] {
  const staged = new Map(snapshot.staged.map((one) => [one.id, one]));
  const active = new Map(snapshot.installed.map((one) => [one.id, one.active]));
  return snapshot.records
    .flatMap((record): readonly WaitingUpdate[] => {
      const current = active.get(record.id);
      if (current === undefined || record.identity === current.identity) return [];
      if (record.action !== 'notify' && record.action !== 'stage') return [];
      const { identity, version } = record;
      const found = staged.get(record.id);
      const ready = found?.identity === identity ? found : undefined;
      return [
        {
          folder: snapshot.folder,
          id: record.id,
          from: contentLabel(current),
          // The manifest of what is staged says its version, where no tag of its source does.
          to: identity === null ? '' : contentLabel({ version: ready?.version ?? version, identity }),
          staged: ready,
          record,
        },
      ];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What a person was told of is not told again. */
export function updateKey({ folder, id, record }: WaitingUpdate): string {
  return [folder, id, record.identity ?? '', record.reason.code].join('|');
}
