import assert from 'node:assert/strict';
import { isBeaverError } from '../../../src/base/errors.ts';
import { apiProposal } from '../../../src/editor/api-proposal.ts';

describe('A proposal of another extension', () => {
  it('becomes a proposal in the name of that extension', () => {
    const files = [
      { path: 'SKILL.md', content: '# Ä\n' },
      { path: 'a.bin', content: Uint8Array.of(0, 1), executable: true },
    ];
    assert.deepEqual(apiProposal({ reason: 'Why.', proposer: 'me.mine', files, baseVersion: 'v0001' }), {
      content: {
        kind: 'changes',
        put: [
          { path: 'SKILL.md', bytes: Buffer.from('# Ä\n') },
          { path: 'a.bin', bytes: Uint8Array.of(0, 1), executable: true },
        ],
        remove: [],
      },
      reason: 'Why.',
      through: 'extension',
      proposer: 'me.mine',
      baseVersion: 'v0001',
    });
  });

  for (const [field, given] of [
    ['reason', { proposer: 'me.mine' }],
    ['proposer', { reason: 'Why.', proposer: '' }],
    ['files.0.content', { reason: 'Why.', proposer: 'me.mine', files: [{ path: 'a', content: 1 }] }],
    ['remove', { reason: 'Why.', proposer: 'me.mine', remove: 'a' }],
    [undefined, { reason: 'Why.', proposer: 'me.mine', publish: true }],
    [undefined, null],
  ] as const) {
    it(`is refused with the field that is off: ${field ?? 'itself'} of ${JSON.stringify(given)}`, () => {
      assert.throws(
        () => apiProposal(given),
        (error) => isBeaverError(error, 'invalid_proposal') && error.field === field,
      );
    });
  }
});
