import assert from 'node:assert/strict';
import * as path from 'node:path';
import { repositoryBusy } from '../../../../src/core/harness/repository-state.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const at = (...parts: readonly string[]): string => path.resolve('/work', ...parts);

describe('Q25: a repository in the middle of something', () => {
  const MARKS = [
    ['rebase-merge', 'a rebase'],
    ['rebase-apply', 'a rebase'],
    ['MERGE_HEAD', 'a merge'],
    ['CHERRY_PICK_HEAD', 'a cherry-pick'],
    ['REVERT_HEAD', 'a revert'],
    ['index.lock', 'a change by git'],
  ] as const;
  for (const [mark, what] of MARKS) {
    it(`is known by ${mark}, from any folder of it`, async () => {
      const files = new MemoryFileSystem();
      await files.makeDirectory(at('.git'));
      await files.makeDirectory(at('src', 'deep'));
      assert.equal(await repositoryBusy(files, at('src', 'deep')), null);
      await files.writeFile(at('.git', mark), Buffer.from(''));
      assert.equal(await repositoryBusy(files, at('src', 'deep')), what);
    });
  }

  it('is looked for where a work tree says that its repository is', async () => {
    const files = new MemoryFileSystem();
    await files.makeDirectory(at('.git', 'worktrees', 'tree'));
    await files.makeDirectory(at('tree'));
    await files.writeFile(at('tree', '.git'), Buffer.from(`gitdir: ${at('.git', 'worktrees', 'tree')}\n`));
    assert.equal(await repositoryBusy(files, at('tree')), null);
    await files.writeFile(at('.git', 'worktrees', 'tree', 'MERGE_HEAD'), Buffer.from(''));
    assert.equal(await repositoryBusy(files, at('tree')), 'a merge');
    assert.equal(
      await repositoryBusy(files, at('src')),
      null,
      'the other work tree is not in the middle of it',
    );
  });

  it('is nothing where there is no repository', async () => {
    assert.equal(await repositoryBusy(new MemoryFileSystem(), at('src')), null);
  });
});
