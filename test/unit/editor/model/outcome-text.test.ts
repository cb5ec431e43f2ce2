import assert from 'node:assert/strict';
import type { SyncPayload } from '../../../../src/app/payloads.ts';
import { captureOutcome, syncOutcome } from '../../../../src/editor/model/outcome-text.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';

const sync = (part: Partial<SyncPayload['sync']>): SyncPayload['sync'] => ({
  status: 'synced',
  mirrored: [],
  candidates_created: [],
  candidates_superseded: [],
  already_applied: [],
  reconciled: [],
  captured: [],
  published: [],
  findings: [],
  ...part,
});

describe('outcomes', () => {
  it('say what a sync did over all folders', () => {
    assert.equal(syncOutcome([sync({})], inEnglish), 'Synced, nothing new');
    assert.equal(
      syncOutcome(
        [sync({ mirrored: ['a'] }), sync({ mirrored: ['b'], candidates_created: ['c'] })],
        inEnglish,
      ),
      '2 skills mirrored · 1 update found',
    );
    const published = [{ skill_name: 'a', version: 'v0002' }];
    assert.equal(
      syncOutcome([sync({ candidates_created: ['a'], published })], inEnglish),
      '1 update found · 1 update published by the setting',
    );
  });

  it('do not claim that a deferred sync was done', () => {
    assert.match(syncOutcome([sync({ status: 'deferred_lock_busy' })], inEnglish), /^Sync deferred/);
  });

  it('name the version that an edit became', () => {
    const captured = (...names: string[]): Parameters<typeof captureOutcome>[0] => [
      { captured: names.map((name) => ({ skill_name: name, version: 'v0002' })), findings: [] },
    ];
    assert.equal(captureOutcome(captured(), inEnglish), 'No local edits to capture');
    assert.equal(captureOutcome(captured('a'), inEnglish), 'Captured a as v0002');
    assert.equal(captureOutcome(captured('a', 'b'), inEnglish), 'Captured edits in 2 skills');
  });
});
