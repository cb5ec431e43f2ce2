import assert from 'node:assert/strict';
import { AssemblyMemo } from '../../../../src/core/learning/assembly-memo.ts';
import type { Draft } from '../../../../src/core/learning/drafts.ts';
import { assembled, openDraft } from '../../../support/draft-sides.ts';

const SIDE = { 'SKILL.md': '# One\n' };

describe('What was put together lately', () => {
  const memo = new AssemblyMemo();
  let made = 0;
  const look = (change: Partial<Draft> = {}) =>
    memo.assembled(openDraft(change), () => {
      made += 1;
      return assembled({ base: SIDE, local: SIDE, upstream: SIDE }, change);
    });

  it('is given again for the same references and choices, whatever was reviewed since', async () => {
    const first = await look();
    const review = {
      decision: 'approved',
      by: 'a',
      at: 'now',
      reason: '',
      policy: null,
      content_hash: 'x',
    } as const;
    assert.equal(await look({ review }), first);
    assert.equal(made, 1);
  });

  it('is put together anew for another choice, and kept for the three looked at last', async () => {
    const first = await look();
    made = 0;
    for (const draft_id of ['b', 'c', 'a', 'b']) await look({ draft_id });
    assert.equal(made, 3);
    assert.notEqual(await look(), first);
    assert.notEqual(await look({ file_choices: { logo: 'local' } }), await look());
  });

  it('finds the patterns of the same content once', async () => {
    const content = await look();
    let found = 0;
    const find = () => Promise.resolve((found += 1)).then(() => []);
    assert.equal(await memo.added(content, find), await memo.added(content, find));
    assert.equal(found, 1);
  });
});
