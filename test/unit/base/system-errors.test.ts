import assert from 'node:assert/strict';
import { BeaverError } from '../../../src/base/errors.ts';
import { hasCode, systemCode, toBeaverError } from '../../../src/base/system-errors.ts';
import { systemError } from '../../support/system-error.ts';

describe('toBeaverError', () => {
  for (const [system, code] of [
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['EIO', 'disk_error'],
    ['EROFS', 'read_only'],
    ['EPERM', 'permission_denied'],
    ['EACCES', 'permission_denied'],
    ['EBUSY', 'busy'],
    ['EMFILE', 'too_many_open_files'],
  ] as const) {
    it(`says ${system} in words, with a next step and no path`, () => {
      const cause = systemError(system, 'open', '/home/someone/secret');
      const error = toBeaverError(cause);
      assert.equal(error?.code, code);
      assert.equal(error.cause, cause);
      assert.ok(error.nextStep.length > 0);
      assert.ok(!`${error.message} ${error.nextStep}`.includes('/home'));
    });
  }

  it('answers a coded error as it is, and nothing for what the system did not say', () => {
    const coded = new BeaverError('stale_base', 'It moved.', { nextStep: 'Draft again.' });
    assert.equal(toBeaverError(coded), coded);
    assert.equal(toBeaverError(systemError('ENOENT', 'open', '/x')), undefined);
    assert.equal(toBeaverError(new TypeError('a defect')), undefined);
    assert.equal(toBeaverError('text'), undefined);
  });

  it('reads codes from errors only', () => {
    assert.equal(systemCode(systemError('EIO', 'read', '/x')), 'EIO');
    assert.equal(systemCode({ code: 'EIO' }), undefined);
    assert.equal(hasCode(Object.assign(new Error('x'), { code: 5 }), 'EIO'), false);
  });
});
