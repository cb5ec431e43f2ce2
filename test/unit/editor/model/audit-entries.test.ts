import assert from 'node:assert/strict';
import { auditEventNames } from '../../../../src/core/learning/audit.ts';
import { auditEntries, auditText } from '../../../../src/editor/model/audit-entries.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';

const event = (name: string, detail: Record<string, unknown> = {}, actor = 'ada') => ({
  at: '2026-11-01T10:00:00.000Z',
  event: name,
  actor,
  plugin_id: 'writing-tools',
  skill_name: 'release-notes',
  detail,
});
const entries = (...events: ReturnType<typeof event>[]) =>
  auditEntries({ events }, (iso) => iso.slice(0, 10), inEnglish);

describe('The audit log', () => {
  it('says newest first what was decided, by whom, when and why', () => {
    const [rejected, published] = entries(
      event('draft_published', { version: 'v0003' }),
      event('draft_rejected', { reason: 'We keep our own wording.' }),
    );
    assert.equal(rejected?.what, 'release-notes: update rejected');
    assert.deepEqual([rejected.actor, rejected.when], ['ada', '2026-11-01']);
    assert.equal(rejected.why, 'We keep our own wording.');
    assert.equal(published?.what, 'release-notes: update published as v0003');
  });

  it('shows an event of a newer Beaver as it is stored', () => {
    assert.equal(entries(event('skill_taught'))[0]?.what, 'release-notes: skill_taught');
  });

  it('has words for what people decide', () => {
    const decisions = auditEventNames.filter((name) =>
      /^draft_|^plugin_(?:enabled|paused|disabled)/.test(name),
    );
    for (const name of decisions) assert.ok(!entries(event(name))[0]?.what.includes('_'), name);
  });

  it('reads as a document, with the reason below its decision', () => {
    const text = auditText(entries(event('draft_rejected', { reason: 'No.' })), inEnglish);
    assert.equal(text, '2026-11-01T10:00:00.000Z  release-notes: update rejected  (ada)\n    No.\n');
    assert.equal(auditText([], inEnglish), 'Nothing is recorded.\n');
  });
});
