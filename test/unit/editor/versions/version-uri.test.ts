import assert from 'node:assert/strict';
import { readVersionUri, versionUriParts } from '../../../../src/editor/versions/version-uri.ts';

const LOCATION = { folder: 'file:///a%20b/c?d=1&e', skillName: 'release-notes', version: 'v0012' };

describe('version uris', () => {
  it('read back as they were made, for the folder and the files below it', () => {
    const uri = versionUriParts(LOCATION);
    assert.deepEqual(readVersionUri(uri), { ...LOCATION, path: '' });
    const file = { ...uri, path: `${uri.path}/references/a b.md` };
    assert.deepEqual(readVersionUri(file), { ...LOCATION, path: 'references/a b.md' });
  });

  it('never lead out of the folder of the version', () => {
    const { query } = versionUriParts(LOCATION);
    for (const path of [
      '/../v0001/SKILL.md',
      '/notes/../SKILL.md',
      '/notes/v0001/../../other/v0001/SKILL.md',
      '/notes/v0001/./SKILL.md',
      '/notes/v0001//etc/passwd',
      '/notes/v0001/..\\..\\SKILL.md',
      '/notes/v1/SKILL.md',
      '/notes',
      'notes/v0001/SKILL.md',
    ]) {
      assert.equal(readVersionUri({ path, query }), undefined, path);
    }
    assert.equal(readVersionUri({ path: '/notes/v0001/SKILL.md', query: '' }), undefined);
  });
});
