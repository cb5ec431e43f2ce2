import assert from 'node:assert/strict';
import { isVersionKey, largerVersion } from '../../../../src/core/merge/larger-version.ts';

describe('largerVersion', () => {
  it('takes the larger by number, not by letter', () => {
    assert.equal(largerVersion('1.2.0', '1.9.0', '1.10.0'), '1.10.0');
    assert.equal(largerVersion('v1.2', 'v2.0', 'v1.3'), 'v2.0');
    assert.equal(largerVersion('28', '30', '29'), '30');
  });

  it('refuses a version that went down or stayed', () => {
    assert.equal(largerVersion('1.2.0', '1.1.0', '1.3.0'), undefined);
    assert.equal(largerVersion('2', '2', '3'), undefined);
  });

  it('refuses what has another number of parts or is no version', () => {
    assert.equal(largerVersion('1.0', '1.1', '1.0.1'), undefined);
    assert.equal(largerVersion('1.0.0', 'latest', '1.1.0'), undefined);
  });

  it('follows pre-releases only where base is one', () => {
    assert.equal(largerVersion('1.0.0-rc.1', '1.0.0-rc.2', '1.0.0'), '1.0.0');
    assert.equal(largerVersion('1.0.0-rc.1', '1.0.0', '1.1.0-rc.1'), '1.1.0-rc.1');
    assert.equal(largerVersion('1.0.0-rc.1', '1.0.0-rc.2', '1.0.0-rc.3'), undefined);
    assert.equal(largerVersion('1.0.0', '1.1.0', '1.1.0-fork'), undefined);
  });
});

describe('isVersionKey', () => {
  it('knows versions and counts by name', () => {
    for (const key of ['version', '"sdkVersion"', 'skill_count', 'total'])
      assert.equal(isVersionKey(key), true, key);
    for (const key of ['timeout', 'discount', 'port', 'account']) assert.equal(isVersionKey(key), false, key);
  });
});
