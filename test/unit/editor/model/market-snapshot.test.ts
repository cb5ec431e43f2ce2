import assert from 'node:assert/strict';
import { availableUpdates } from '../../../../src/editor/model/market-snapshot.ts';
import { content, installedSample, outdatedSample, recordSample } from '../../../support/market-samples.ts';

const installed = [installedSample()];
const asked = (part = {}) => new Map([['notes@tools', outdatedSample(part)]]);

describe('The updates that are available', () => {
  it('are what a source offered when it was asked', () => {
    assert.deepEqual([...availableUpdates(installed, asked(), [])], [['notes@tools', content('2')]]);
  });

  it('are what auto-update left to a person, where nobody has asked', () => {
    for (const code of ['mode_notify', 'mode_stage', 'consent_required', 'major_version'])
      assert.deepEqual(
        [...availableUpdates(installed, new Map(), [recordSample(code)]).keys()],
        ['notes@tools'],
      );
    for (const code of ['pinned', 'up_to_date', 'updates_paused'])
      assert.equal(availableUpdates(installed, new Map(), [recordSample(code)]).size, 0);
  });

  it('are none once that content is in use, whoever installed it', () => {
    const updated = [installedSample({ active: content('2') })];
    assert.equal(availableUpdates(updated, asked(), [recordSample('mode_notify')]).size, 0);
  });

  it('are none of what failed here and is not installed again', () => {
    const reason = { code: 'install_unhealthy', message: 'No server.' };
    const failed = [installedSample({ ignored: [{ ...content('2'), kind: 'unhealthy', reason }] })];
    assert.equal(availableUpdates(failed, asked(), []).size, 0);
    assert.equal(availableUpdates(failed, new Map(), [recordSample('mode_notify')]).size, 0);
  });

  it('are none where the pin stands for what is in use, whatever is newer', () => {
    const found = availableUpdates(installed, asked({ wanted: content('1') }), [recordSample('mode_notify')]);
    assert.equal(found.size, 0);
  });
});
