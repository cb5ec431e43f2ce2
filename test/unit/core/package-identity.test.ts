import assert from 'node:assert/strict';
import { packageIdentitySchema, plainIntegrity } from '../../../src/core/package-identity.ts';

const DIGEST = `sha512-${'A'.repeat(86)}==`;

describe('The integrity that a registry says', () => {
  it('is kept without what says nothing of the content', () => {
    for (const [written, kept] of [
      [DIGEST, DIGEST],
      [`${DIGEST}?x`, DIGEST],
      [`  ${DIGEST}?x?y\n${DIGEST}  `, `${DIGEST} ${DIGEST}`],
      [`md5-AAAA ${DIGEST}`, DIGEST],
    ] as const)
      assert.equal(plainIntegrity(written), kept);
    const identity = { kind: 'integrity', integrity: plainIntegrity(`${DIGEST}?x`) };
    assert.deepEqual(packageIdentitySchema.parse(identity), identity);
  });

  it('is none where nothing of it names a content', () => {
    for (const written of ['', ' ', 'md5-AAAA', 'sha512-', 'sha512-\u0000'])
      assert.equal(plainIntegrity(written), undefined, written);
  });
});
