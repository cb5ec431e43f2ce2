import type { Phrase } from '../../base/phrase.ts';
import { decisionText } from '../../core/marketplaces/decision-text.ts';
import type { VersionedOffer } from '../../core/marketplaces/tagged-versions.ts';
import type { UpdateRecord } from '../../core/marketplaces/update-record.ts';
import { identityText } from '../../core/package-identity.ts';
import type { OutdatedPluginPayload, UpdateRecordPayload } from '../upkeep-payloads.ts';

/** Decisions and contents as payloads: codes, what fills them, and the same in English. */

export function recordPayload(record: UpdateRecord): UpdateRecordPayload {
  const { at, id, action, version, identity } = record;
  const reason = { ...record.reason, message: decisionText(record.reason) };
  return { at, id, action, version, identity, reason, alert: phrasePayload(record.alert) };
}

export function phrasePayload(phrase: Phrase | null): OutdatedPluginPayload['alert'] {
  return phrase === null
    ? null
    : { code: phrase.code, params: { ...phrase.params }, message: decisionText(phrase) };
}

export function contentPayload({ version, identity }: Pick<VersionedOffer, 'version' | 'identity'>): {
  version: string | null;
  identity: string;
} {
  return { version, identity: identityText(identity) };
}
