import assert from 'node:assert/strict';
import { mergeSkill } from '../../../../src/core/merge/merge-skill.ts';
import type { SkillSide } from '../../../../src/core/merge/types.ts';

function side(content: string, files: readonly [string, string][] = []): SkillSide {
  return {
    content,
    files: new Map(files.map(([path, digest]) => [path, { digest, executable: false, size: 1 }])),
  };
}

describe('mergeSkill', () => {
  it('is clean when neither the document nor a file conflicts', () => {
    const result = mergeSkill(side('a\nb\nc\n'), side('A\nb\nc\n', [['x', '1']]), side('a\nb\nC\n'));
    assert.equal(result.clean, true);
    assert.equal(result.document.text, 'A\nb\nC\n');
    assert.equal(result.files.files[0]?.source, 'local');
  });

  it('is not clean when only a supporting file conflicts', () => {
    const result = mergeSkill(
      side('a\n', [['x', '1']]),
      side('a\n', [['x', '2']]),
      side('a\n', [['x', '3']]),
    );
    assert.deepEqual([result.clean, result.document.conflicts.length], [false, 0]);
  });

  it('is not clean when only the document conflicts', () => {
    assert.equal(mergeSkill(side('a\n'), side('b\n'), side('c\n')).clean, false);
  });
});
