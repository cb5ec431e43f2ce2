import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod';
import { digestSkillFiles, hashSkillTree } from '../../../src/core/skill-tree.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';

const vectorFile = z.object({
  vectors: z.array(
    z.object({
      name: z.string(),
      files: z.array(z.object({ path: z.string(), base64: z.string(), executable: z.boolean() })),
      content_hash: z.string(),
      tree_hash: z.string(),
    }),
  ),
});

const source = path.join(import.meta.dirname, '..', '..', 'fixtures', 'hash-vectors.json');
const { vectors } = vectorFile.parse(JSON.parse(readFileSync(source, 'utf8')));

interface VectorFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/** The specification of docs/formats.md once more, written without a line of the product. */
function independentHashes(files: readonly VectorFile[]): {
  readonly content: string;
  readonly tree: string;
} {
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(bytes.length));
    return Buffer.concat([length, bytes]);
  };
  const sha = (parts: readonly Buffer[]): string =>
    createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  const document = files.find((file) => file.path === 'SKILL.md')?.bytes ?? Buffer.alloc(0);
  // Latin-1 maps bytes to characters one to one.
  const text = document
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .replace(/\r\n?/g, '\n');
  const normal = Buffer.from(`${text.replace(/\n+$/, '')}\n`, 'latin1');
  const tree = files
    .filter((file) => file.path !== 'version.json' && file.path !== 'upstream.json')
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
    .flatMap((file) => [
      field(Buffer.from(file.path)),
      field(file.bytes),
      Buffer.of(file.executable ? 1 : 0),
    ]);
  return {
    content: sha([field(Buffer.from('beaver-skill-content-v1')), field(normal)]),
    tree: sha([field(Buffer.from('beaver-skill-tree-v1')), ...tree]),
  };
}

describe('The hash vectors', () => {
  it('cover what implementations get wrong', () => {
    assert.ok(vectors.length >= 20);
    assert.equal(new Set(vectors.map((vector) => vector.name)).size, vectors.length);
  });

  for (const vector of vectors) {
    const files = vector.files.map(({ path: name, base64, executable }) => ({
      path: name,
      bytes: Buffer.from(base64, 'base64'),
      executable,
    }));

    it(`agree with the specification, in memory and on disk: ${vector.name}`, async () => {
      const expected = { content: vector.content_hash, tree: vector.tree_hash };
      assert.deepEqual(independentHashes(files), expected);

      const inMemory = digestSkillFiles(files);
      assert.deepEqual({ content: inMemory.contentHash, tree: inMemory.treeHash }, expected);

      const disk = new MemoryFileSystem();
      const root = path.resolve('/skill');
      for (const file of files) {
        const target = path.join(root, file.path);
        await disk.makeDirectory(path.dirname(target));
        await disk.writeFile(target, file.bytes, { executable: file.executable });
      }
      const onDisk = await hashSkillTree(disk, root);
      assert.deepEqual({ content: onDisk.contentHash, tree: onDisk.treeHash }, expected);
      assert.deepEqual(onDisk.files, inMemory.files);
    });
  }
});
