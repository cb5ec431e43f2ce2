import assert from 'node:assert/strict';
import { isMetered, isOffline } from '../../../../src/editor/upkeep/network-conditions.ts';

describe('The network', () => {
  it('is not there when the machine has no address but its own', () => {
    assert.equal(isOffline({ lo: [{ internal: true }], eth0: undefined }), true);
    assert.equal(isOffline({ lo: [{ internal: true }], eth0: [{ internal: false }] }), false);
  });

  it('is metered when a person has set so in VS Code, unless they want updates all the same', () => {
    assert.deepEqual(
      [
        isMetered('on', false),
        isMetered('on', true),
        isMetered('auto', false),
        isMetered(undefined, undefined),
      ],
      [true, false, false, false],
    );
  });
});
