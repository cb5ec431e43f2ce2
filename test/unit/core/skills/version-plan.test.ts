import assert from 'node:assert/strict';
import * as path from 'node:path';
import fc from 'fast-check';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import { parseSkillDocument } from '../../../../src/core/skill-document.ts';
import { digestSkillFiles, hashSkillTree } from '../../../../src/core/skill-tree.ts';
import { IndexBook } from '../../../../src/core/skills/index-book.ts';
import {
  currentPointerSchema,
  type SkillSpec,
  versionAfter,
  versionMetadataSchema,
  versionName,
  versionNumber,
} from '../../../../src/core/skills/models.ts';
import { recordedBits, SkillStore } from '../../../../src/core/skills/skill-store.ts';
import { writeTree } from '../../../../src/core/skills/transaction.ts';
import {
  bytesOf,
  copiesOf,
  indexEntry,
  pointer,
  type VersionContent,
  versionFiles,
  versionMetadata,
} from '../../../../src/core/skills/version-plan.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const layout = new WorkspaceLayout('/workspace');
const AT = '2026-01-01T00:00:00.000Z';
const FOLDER = path.resolve('/workspace/skills/one/versions/v0002');

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

function contentOf(files: readonly File[]): VersionContent {
  const digest = digestSkillFiles(files);
  return {
    skillName: 'one',
    files: bytesOf(digest, new Map(files.map((file) => [file.path, file.bytes]))),
    digest,
    baseVersion: 'v0001',
    reason: 'plugin_update',
    createdBy: 'ann',
    createdAt: AT,
    provenance: { source_kind: 'plugin' },
  };
}

const text = (name: string, words: string, executable = false): File => ({
  path: name,
  bytes: Buffer.from(words),
  executable,
});
const ONE = contentOf([text('SKILL.md', 'One'), text('bin/run', 'echo', true)]);

describe('The files of a version', () => {
  it('have the hash that its description records, on a disk with executable bits and on one without', async () => {
    const name = fc.stringMatching(/^[a-d](\/[a-d])?\.txt$/);
    const others = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 8 }), fc.boolean()), {
      selector: ([file]) => file,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(
        others,
        fc.uint8Array({ maxLength: 8 }),
        fc.boolean(),
        async (tree, document, executableBit) => {
          const files = tree.map(([file, bytes, executable]) => ({ path: file, bytes, executable }));
          const content = contentOf([...files, { path: 'SKILL.md', bytes: document, executable: false }]);
          const disk = new MemoryFileSystem({ executableBit });
          await disk.makeDirectory(FOLDER);
          await writeTree(disk, FOLDER, versionFiles('v0002', content));
          const { tree_hash, executable_files } = versionMetadata('v0002', content);
          const hashed = await hashSkillTree(disk, FOLDER, { recorded: recordedBits(executable_files) });
          assert.equal(hashed.treeHash, tree_hash);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are the tree and one description, valid and canonical', () => {
    const files = versionFiles('v0002', ONE);
    assert.deepEqual(
      files.map((file) => [file.path, file.executable]),
      [
        ['SKILL.md', false],
        ['bin/run', true],
        ['version.json', false],
      ],
    );
    const content = files[2]?.content;
    assert(content?.kind === 'bytes');
    const metadata = versionMetadata('v0002', ONE);
    const json = Buffer.from(content.bytes).toString();
    assert.equal(json, `${JSON.stringify(JSON.parse(json), undefined, 2)}\n`);
    assert.deepEqual(versionMetadataSchema.parse(JSON.parse(json)), metadata);
    assert.deepEqual([metadata.executable_files, metadata.base_version], [['bin/run'], 'v0001']);
  });

  it('may be copied from a folder instead, the same files with the same bits', () => {
    const copies = copiesOf(FOLDER, ONE.digest);
    assert.deepEqual(
      copies.map(({ path: file, executable, content }) => [file, executable, content]),
      [
        ['SKILL.md', false, { kind: 'copy', from: path.join(FOLDER, 'SKILL.md') }],
        ['bin/run', true, { kind: 'copy', from: path.join(FOLDER, 'bin', 'run') }],
      ],
    );
  });
});

describe('Version names', () => {
  it('count up from any number, four digits at least', () => {
    assert.deepEqual([versionAfter(0), versionAfter(9998), versionAfter(9999)], ['v0001', 'v9999', 'v10000']);
    fc.assert(
      fc.property(fc.nat(1_000_000), (highest) => {
        const next = versionAfter(highest);
        assert.equal(versionNumber(versionName.parse(next)), highest + 1);
      }),
    );
  });
});

describe('The pointer', () => {
  it('names the version with its hashes, and where it pointed before', () => {
    const current = pointer(ONE, 'v0002', 'publish', 'v0001');
    assert.deepEqual(currentPointerSchema.parse(current), {
      schema_version: 1,
      skill_name: 'one',
      version: 'v0002',
      tree_hash: ONE.digest.treeHash,
      content_hash: ONE.digest.contentHash,
      action: 'publish',
      previous_version: 'v0001',
      updated_at: AT,
    });
  });
});

describe('The index', () => {
  const spec: SkillSpec = {
    schema_version: 1,
    skill_name: 'one',
    status: 'active',
    source_kind: 'plugin',
    lineage: [],
    created_at: AT,
    updated_at: AT,
  };
  const current = pointer(ONE, 'v0002', 'publish', 'v0001');

  it('has the description of the current document, or none', () => {
    const described = (document: string) =>
      indexEntry(spec, current, parseSkillDocument(document).frontmatter).description;
    assert.equal(described('---\nname: one\ndescription: Draws: lines\n---\n'), 'Draws: lines');
    for (const document of [
      '',
      '# One',
      '---\ndescription: [a]\n---\n',
      '---\ndescription: 7\n---\n',
      '---\nbroken',
    ])
      assert.equal(described(document), '', document);
  });

  it('is stored when it changed, with the entries of the other skills as they were', async () => {
    const files = new MemoryFileSystem();
    await files.makeDirectory(layout.skills);
    const two = {
      status: 'active',
      source_kind: 'managed',
      current_version: 'v0001',
      tree_hash: 't',
      description: '',
      x: 1,
    };
    await files.writeFile(
      layout.skillIndex,
      Buffer.from(JSON.stringify({ schema_version: 1, skills: { two } })),
    );
    const index = await IndexBook.read(new SkillStore(files, layout), layout);
    assert.deepEqual(index.steps(), []);
    const entry = indexEntry(spec, current, {});
    index.set('one', entry);
    assert.equal(index.get('one'), entry);
    const [step, ...others] = index.steps();
    assert(step?.kind === 'write' && others.length === 0);
    assert.equal(step.path, 'skills/index.json');
    assert.deepEqual(JSON.parse(step.text), { schema_version: 1, skills: { one: entry, two } });
  });
});
