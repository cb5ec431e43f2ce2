import assert from 'node:assert/strict';
import { dueForLook, LOOK_EVERY, policyChange } from '../../../../src/editor/model/harness-automatic.ts';
import { ENTRY_TIME, type EntryParts, harnessEntry } from '../../../support/harness-entry.ts';

describe('What a window does by itself about harnesses', () => {
  const due = (parts: EntryParts): boolean => dueForLook([harnessEntry(parts)], ENTRY_TIME).length === 1;
  const looked = (before: number): NonNullable<EntryParts['lastCheck']> => ({
    at: new Date(ENTRY_TIME - before).toISOString(),
    outcome: 'ok',
    succeeded_at: null,
  });

  it('looks for a release where none was looked for lately, by whomever', () => {
    assert.equal(due({}), true);
    assert.equal(due({ lastCheck: looked(LOOK_EVERY) }), true);
    assert.equal(due({ lastCheck: looked(LOOK_EVERY - 1) }), false);
    assert.equal(due({ lastCheck: looked(-2 * LOOK_EVERY) }), true);
  });

  it('asks nobody for what it may not update', () => {
    assert.equal(due({ installs: [['npm']] }), false);
    assert.equal(due({ installs: [['development']], delegated: true }), false);
    assert.equal(due({ local: '/build/acme' }), false);
    assert.equal(due({ installs: [['npm']], delegated: true }), true);
    assert.deepEqual(dueForLook([{ kind: 'failed', harness: 'x', failure: new Error() }], 0), []);
  });

  it('stores what the person set, and only what is another than is stored', () => {
    const none = { autoUpdate: undefined, autoRestart: undefined };
    const stored = { schema_version: 1, auto_update: false, auto_restart: true } as const;
    assert.equal(policyChange(none, stored), undefined);
    assert.equal(policyChange({ autoUpdate: true, autoRestart: true }, null), undefined);
    assert.deepEqual(policyChange({ autoUpdate: true, autoRestart: true }, stored), { autoUpdate: true });
    assert.deepEqual(policyChange({ ...none, autoRestart: false }, null), { autoRestart: false });
  });
});
