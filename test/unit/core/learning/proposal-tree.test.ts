import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { type ProposedContent, proposedTree } from '../../../../src/core/learning/proposal-tree.ts';
import { digestSkillFiles, type SkillFile } from '../../../../src/core/skill-tree.ts';
import type { LoadedTree } from '../../../../src/core/skills/skill-store.ts';

const file = (path: string, text: string, executable = false): SkillFile => ({
  path,
  bytes: Buffer.from(text),
  executable,
});
const put = (path: string, text = 'x') => ({ path, bytes: Buffer.from(text) });
const changes = (
  files: readonly ReturnType<typeof put>[],
  remove: readonly string[] = [],
): ProposedContent => ({
  kind: 'changes',
  put: files,
  remove,
});

function loaded(files: readonly SkillFile[]): LoadedTree {
  return {
    folder: '/none',
    digest: digestSkillFiles([...files]),
    bytes: new Map(files.map(({ path, bytes }) => [path, bytes])),
  };
}

const BASE = loaded([
  file('SKILL.md', '# One\n'),
  file('bin/run', '#!/bin/sh\n', true),
  file('docs/a.md', 'a\n'),
]);

const refused = (content: ProposedContent, limits = {}): string => {
  try {
    proposedTree(BASE, content, limits);
  } catch (error) {
    assert(isBeaverError(error));
    assert(!error.message.includes('\u202e'), 'what it names is written so that it can be read');
    return error.code;
  }
  return 'taken';
};

describe('The tree of a proposal', () => {
  it('is the base with the named files put and removed; executable bits stay unless they are given', () => {
    const { files } = proposedTree(
      BASE,
      changes(
        [put('SKILL.md', '# Two\n'), put('bin/run', '#!/bin/sh\nexit\n'), put('bin/new', '#!/bin/sh\n')],
        ['docs/a.md'],
      ),
    );
    assert.deepEqual(
      files.map(({ path, bytes, executable }) => [path, Buffer.from(bytes).toString(), executable]),
      [
        ['SKILL.md', '# Two\n', false],
        ['bin/new', '#!/bin/sh\n', true],
        ['bin/run', '#!/bin/sh\nexit\n', true],
      ],
    );
    const plain = proposedTree(BASE, changes([{ ...put('bin/run', 'y'), executable: false } as never]));
    assert.equal(plain.files.find(({ path }) => path === 'bin/run')?.executable, false);
  });

  it('is exactly the files given where the whole skill is given', () => {
    const { files, digest } = proposedTree(BASE, { kind: 'tree', files: [put('SKILL.md', '# Two\n')] });
    assert.deepEqual(
      files.map(({ path }) => path),
      ['SKILL.md'],
    );
    assert.equal(digest.treeHash, digestSkillFiles([file('SKILL.md', '# Two\n')]).treeHash);
  });

  for (const path of [
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    './a',
    'a/.',
    '',
    'a\\..\\b',
    'C:\\x',
    '\\\\server\\share',
  ]) {
    it(`never leaves the skill: ${JSON.stringify(path)}`, () => {
      assert.equal(refused(changes([put(path)])), 'path_not_contained');
    });
  }

  const cases: readonly (readonly [string, ProposedContent, string])[] = [
    ['a device of Windows', changes([put('docs/NUL.md')]), 'name_not_portable'],
    ['a stream of NTFS', changes([put('a.md:hidden')]), 'name_not_portable'],
    ['a control character', changes([put('a\u0000b')]), 'name_not_portable'],
    ['a name that ends in a dot', changes([put('docs./a')]), 'name_not_portable'],
    ['a repository', changes([put('.GIT/config')]), 'nested_repository'],
    ["Beaver's own file", changes([put('Version.JSON')]), 'reserved_file_name'],
    ['a name that is another on a case-insensitive disk', changes([put('skill.md')]), 'name_collision'],
    ['a folder that is another on a case-insensitive disk', changes([put('DOCS/b.md')]), 'name_collision'],
    ['a file where a folder is', changes([put('docs')]), 'name_collision'],
    ['a folder where a file is', changes([put('SKILL.md/a')]), 'name_collision'],
    ['one path twice', changes([put('b'), put('b')]), 'name_collision'],
    ['the removal of what is not there', changes([], ['docs/b.md']), 'file_unknown'],
    ['the removal of SKILL.md', changes([], ['SKILL.md']), 'skill_document_missing'],
    ['a skill without SKILL.md', { kind: 'tree', files: [put('a')] }, 'skill_document_missing'],
    ['a SKILL.md that is no text', changes([{ path: 'SKILL.md', bytes: Buffer.of(0xff, 0) }]), 'not_text'],
  ];
  for (const [what, content, code] of cases) {
    it(`refuses ${what}`, () => {
      assert.equal(refused(content), code);
    });
  }

  it('keeps to the limits of a skill', () => {
    assert.equal(refused(changes([put('b')]), { maxFiles: 3 }), 'too_many_files');
    assert.equal(refused(changes([put('b', 'x'.repeat(100))]), { maxBytes: 100 }), 'tree_too_large');
    assert.equal(refused(changes([put('b')]), { maxFiles: 4, maxBytes: 100 }), 'taken');
  });

  it('writes nothing outside, whatever the path', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.array(fc.constantFrom('..', '.', 'a', '')),
        (name, parts) => {
          const path = [...parts, name].join('/');
          try {
            const { files } = proposedTree(BASE, changes([put(path)]));
            for (const one of files)
              assert(one.path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'));
          } catch (error) {
            assert(isBeaverError(error), String(error));
          }
        },
      ),
    );
  });
});
