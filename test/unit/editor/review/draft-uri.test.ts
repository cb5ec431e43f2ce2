import assert from 'node:assert/strict';
import { draftUriParts, readDraftUri } from '../../../../src/editor/review/draft-uri.ts';

describe('draft uris', () => {
  it('read back as they were made', () => {
    for (const part of ['base', 'local', 'upstream', 'result'] as const) {
      const location = { folder: 'file:///a%20b/c?d=1&e', draftId: 'd-1', part, path: 'references/a b.md' };
      assert.deepEqual(readDraftUri(draftUriParts(location)), location);
    }
  });

  it('refuse what the review did not make', () => {
    for (const uri of [
      { path: '/d-1/result/SKILL.md', query: '' },
      { path: '/d-1/other/SKILL.md', query: 'folder=x' },
      { path: '/d-1/result/', query: 'folder=x' },
      { path: 'SKILL.md', query: 'folder=x' },
    ]) {
      assert.throws(() => readDraftUri(uri), { code: 'draft_uri_invalid' });
    }
  });
});
