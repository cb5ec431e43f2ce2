import assert from 'node:assert/strict';
import { wholeFiles } from '../../../../src/core/learning/whole-files.ts';
import { assembled } from '../../../support/draft-sides.ts';

const DOCUMENT = { 'SKILL.md': '# One\n' };

describe('Files that cannot be merged', () => {
  it('are there with what each side has, whatever was chosen', async () => {
    const sides = {
      base: { ...DOCUMENT, 'run.sh': 'echo old\n' },
      local: DOCUMENT,
      upstream: { ...DOCUMENT, 'run.sh': 'echo new\n' },
    };
    for (const change of [{}, { file_choices: { 'run.sh': 'upstream' as const } }]) {
      const [file, ...others] = wholeFiles(await assembled(sides, change));
      assert.deepEqual(others, []);
      assert.equal(file?.path, 'run.sh');
      assert.equal(file.local, null);
      assert.deepEqual([file.base?.text, file.base?.size], ['echo old\n', 9]);
      assert.equal(file.upstream?.text, 'echo new\n');
    }
  });

  it('show no text of what is none, but its size and digest', async () => {
    const [file] = wholeFiles(
      await assembled({
        base: { ...DOCUMENT, logo: 'B\0' },
        local: { ...DOCUMENT, logo: 'L\0' },
        upstream: { ...DOCUMENT, logo: 'U\0' },
      }),
    );
    assert.equal(file?.local?.text, null);
    assert.equal(file.local.size, 2);
    assert.notEqual(file.local.digest, file.upstream?.digest);
  });
});
