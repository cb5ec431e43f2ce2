import type { CapturePayload, SyncPayload } from '../../app/payloads.ts';
import { joinParts } from './item-view.ts';
import { skillCount, updateCount } from './labels.ts';
import type { Translate } from './translate.ts';

/** What a sync did, in one line for the person who asked for it. */
export function syncOutcome(syncs: readonly SyncPayload['sync'][], t: Translate): string {
  const total = (count: (sync: SyncPayload['sync']) => number): number =>
    syncs.reduce((sum, sync) => sum + count(sync), 0);
  const mirrored = total((sync) => sync.mirrored.length);
  const found = total((sync) => sync.candidates_created.length);
  const published = total((sync) => sync.published.length);
  const captured = total((sync) => sync.captured.length);
  const parts = joinParts(
    mirrored === 0 ? '' : t('{0} mirrored', skillCount(mirrored, t)),
    found === 0 ? '' : t('{0} found', updateCount(found, t)),
    published === 0 ? '' : t('{0} published by the setting', updateCount(published, t)),
    captured === 0 ? '' : t('edits captured in {0}', skillCount(captured, t)),
  );
  if (syncs.some(({ status }) => status === 'deferred_lock_busy')) {
    return t('Sync deferred: another window is writing');
  }
  return parts === '' ? t('Synced, nothing new') : parts;
}

export function captureOutcome(captures: readonly CapturePayload[], t: Translate): string {
  const captured = captures.flatMap((capture) => capture.captured);
  const [first, second] = captured;
  if (first === undefined) return t('No local edits to capture');
  if (second === undefined) return t('Captured {0} as {1}', first.skill_name, first.version);
  return t('Captured edits in {0}', skillCount(captured.length, t));
}
