import assert from 'node:assert/strict';
import { readPackage } from '../../../../src/core/install/package-contents.ts';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';

/** What a skill with these tools may use, as a person is shown it. */
async function tools(written: string): Promise<readonly string[]> {
  const workspace = new MemoryWorkspace();
  await workspace.write('kit', {
    '.claude-plugin/plugin.json': '{"name":"kit"}',
    'skills/draw/SKILL.md': `---\nname: draw\ndescription: Draws.\nallowed-tools: ${written}\n---\n\n# Draw\n`,
  });
  const { surface } = await readPackage(workspace.files, workspace.path('kit'), 'kit', 'kit');
  return surface.filter(({ kind }) => kind === 'tool').map(({ value }) => value.replace('draw: ', ''));
}

describe('The tools of a skill', () => {
  it('are names, each with what it is limited to', async () => {
    assert.deepEqual(await tools('Read, Bash(git add *, git commit) Write'), [
      'Bash(git add *, git commit)',
      'Read',
      'Write',
    ]);
    assert.deepEqual(await tools('["Read", "Grep(a b)"]'), ['Grep(a b)', 'Read']);
  });

  it('are names still where brackets are not closed, or stand alone', async () => {
    assert.deepEqual(await tools('Read( Write'), ['Read', 'Write']);
    assert.deepEqual(await tools('(Read) Bash(a)b('), ['Bash(a)', 'Read)', 'b']);
  });

  it('are read however many brackets are open', async () => {
    assert.deepEqual(await tools('a('.repeat(8_000)), ['a']);
  });
});
