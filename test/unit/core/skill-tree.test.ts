import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import type { FileSystem } from '../../../src/core/ports.ts';
import { digestSkillFiles, hashSkillTree } from '../../../src/core/skill-tree.ts';
import { NodeFileSystem } from '../../../src/node/node-files.ts';
import { FaultFileSystem } from '../../support/fault-files.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';

const ROOT = path.resolve('/skill');

type Tree = Readonly<Record<string, string>>;

/** A name that ends in `*` is written as an executable without the star. */
async function write(files: FileSystem, tree: Tree, root = ROOT): Promise<void> {
  for (const [name, text] of Object.entries(tree)) {
    const target = path.join(root, name.replace(/\*$/, ''));
    await files.makeDirectory(path.dirname(target));
    await files.writeFile(target, Buffer.from(text), { executable: name.endsWith('*') });
  }
}

async function memory(tree: Tree, options = {}): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem(options);
  await write(files, tree);
  return files;
}

const hashOf = async (tree: Tree): Promise<string> =>
  (await hashSkillTree(await memory(tree), ROOT)).treeHash;

/** Runs `change` after every file that is read, with the number of files read so far. */
class RestlessFiles extends MemoryFileSystem {
  readonly #change: (reads: number) => Promise<void>;
  #reads = 0;

  constructor(change: (reads: number) => Promise<void>) {
    super();
    this.#change = change;
  }

  override async readFile(target: string, maxBytes?: number): Promise<Uint8Array | undefined> {
    const bytes = await super.readFile(target, maxBytes);
    this.#reads += 1;
    await this.#change(this.#reads);
    return bytes;
  }
}

describe('hashSkillTree', () => {
  it('keeps the content hash and changes the tree hash when a supporting file changes', async () => {
    const files = await memory({ 'SKILL.md': '# Skill\n', 'templates/report.md': 'v1' });
    const first = await hashSkillTree(files, ROOT);
    await write(files, { 'templates/report.md': 'v2' });
    const second = await hashSkillTree(files, ROOT);
    assert.equal(first.contentHash, second.contentHash);
    assert.notEqual(first.treeHash, second.treeHash);
  });

  it('changes the tree hash when a path changes and when an executable bit changes', async () => {
    const hashes = [
      await hashOf({ 'SKILL.md': '#', 'a.txt': 'text' }),
      await hashOf({ 'SKILL.md': '#', 'b.txt': 'text' }),
      await hashOf({ 'SKILL.md': '#', 'a/b.txt': 'text' }),
      await hashOf({ 'SKILL.md': '#', 'a.txt*': 'text' }),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
  });

  it('lists the files by the bytes of their paths, with size, bit and digest', async () => {
    const files = await memory({ 'b/x': '22', 'SKILL.md': '#\n', 'a.sh*': '1' });
    const { files: digests, bytes } = await hashSkillTree(files, ROOT, { keepBytes: true });
    assert.deepEqual(
      digests.map(({ path: name, size, executable }) => [name, size, executable]),
      [
        ['SKILL.md', 2, false],
        ['a.sh', 1, true],
        ['b/x', 2, false],
      ],
    );
    assert.match(digests[0]?.digest ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(
      [...bytes].map(([name, content]) => [name, Buffer.from(content).toString()]),
      [
        ['SKILL.md', '#\n'],
        ['a.sh', '1'],
        ['b/x', '22'],
      ],
    );
  });

  it('keeps the hashes on real files when only times and non-executable permissions change', async () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-tree-'));
    try {
      const files = new NodeFileSystem();
      await write(files, { 'SKILL.md': '# Skill\n', 'scripts/run*': 'binary' }, root);
      const before = await hashSkillTree(files, root);
      fs.utimesSync(path.join(root, 'SKILL.md'), 1, 1);
      fs.chmodSync(path.join(root, 'SKILL.md'), 0o600);
      fs.chmodSync(path.join(root, 'scripts', 'run'), 0o700);
      assert.equal((await hashSkillTree(files, root)).treeHash, before.treeHash);
      fs.chmodSync(path.join(root, 'scripts', 'run'), 0o644);
      const kept = (await hashSkillTree(files, root)).treeHash === before.treeHash;
      assert.equal(kept, process.platform === 'win32');
    } finally {
      fs.rmSync(root, { recursive: true, force: true });
    }
  });

  it('keeps the hash of recorded bits and of scripts where the file system has no executable bit', async () => {
    const tree = { 'SKILL.md': '#', 'run.sh*': '#!/bin/sh\n', 'tool*': '\u007fELF', 'data.txt': 'x' };
    const withBits = await hashSkillTree(await memory(tree), ROOT);
    const recorded = new Map([['tool', true]]);
    const without = await hashSkillTree(await memory(tree, { executableBit: false }), ROOT, { recorded });
    assert.equal(without.treeHash, withBits.treeHash);
  });

  it('takes no bit at its word where the document itself is executable', async () => {
    const everything = { 'SKILL.md*': '#', 'run.sh*': '#!/bin/sh\n', 'data.txt*': 'x' };
    assert.equal(
      await hashOf(everything),
      await hashOf({ 'SKILL.md': '#', 'run.sh*': '#!/bin/sh\n', 'data.txt': 'x' }),
    );
  });

  it('leaves out what is ignored, links and folders included', async () => {
    const files = await memory({ 'SKILL.md': '#', 'run.log': 'x', '__pycache__/a.pyc': 'x' });
    files.symlink('elsewhere', path.join(ROOT, 'last.log'));
    const ignore = (file: string): boolean => file.endsWith('.log') || file === '__pycache__';
    const { files: digests } = await hashSkillTree(files, ROOT, { ignore });
    assert.deepEqual(
      digests.map((file) => file.path),
      ['SKILL.md'],
    );
  });

  it('names the display path of what is off when it knows that of the tree', async () => {
    const files = await memory({ 'SKILL.md': '#', 'a/con.txt': 'x' });
    await assert.rejects(hashSkillTree(files, ROOT, { display: 'plugins/p/skills/s' }), {
      code: 'name_not_portable',
      path: 'plugins/p/skills/s/a/con.txt',
    });
  });

  describe('refuses', () => {
    const refused = async (tree: Tree, code: string, options = {}): Promise<void> => {
      const rejection = assert.rejects(hashSkillTree(await memory(tree), ROOT, options), (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error && 'nextStep' in error);
        assert.equal(error.code, code);
        assert.ok(!error.message.includes(ROOT) && String(error.nextStep).length > 0);
        return true;
      });
      await rejection;
    };

    it('a tree without SKILL.md', () => refused({ 'skill.md': '#' }, 'skill_document_missing'));
    it('a root that is not there', async () => {
      await assert.rejects(hashSkillTree(new MemoryFileSystem(), ROOT), { code: 'skill_missing' });
    });
    it('a root that is a file', async () => {
      const files = new MemoryFileSystem();
      await files.writeFile(ROOT, Buffer.from('x'));
      await assert.rejects(hashSkillTree(files, ROOT), { code: 'skill_missing' });
    });
    it('a root that is a link', async () => {
      const files = await memory({ 'SKILL.md': '#' });
      const link = path.resolve('/link');
      files.symlink(ROOT, link);
      await assert.rejects(hashSkillTree(files, link), { code: 'symlink_not_allowed' });
    });
    it('a link anywhere below', async () => {
      for (const at of ['SKILL.md', 'notes.md', 'a/b']) {
        const files = await memory(at === 'SKILL.md' ? { x: '' } : { 'SKILL.md': '#', 'a/x': '' });
        files.symlink('x', path.join(ROOT, at));
        await assert.rejects(hashSkillTree(files, ROOT), { code: 'symlink_not_allowed' });
      }
    });
    it('a pipe or a device', async () => {
      const files = await memory({ 'SKILL.md': '#' });
      files.special(path.join(ROOT, 'pipe'));
      await assert.rejects(hashSkillTree(files, ROOT), { code: 'not_a_regular_file' });
    });
    it('control characters', async () => {
      for (const name of ['a\u0001b', 'a\nb', 'a\u007f', 'a\u0085b'])
        await refused({ 'SKILL.md': '#', [name]: '' }, 'name_not_portable');
    });
    it('names that Windows reserves', async () => {
      for (const name of ['CON', 'nul.txt', 'a/Aux', 'com1', 'LPT9.log', 'com\u00b9', 'prn .md', 'CONIN$']) {
        await refused({ 'SKILL.md': '#', [name]: '' }, 'name_not_portable');
      }
    });
    it('names that Windows cannot hold', async () => {
      for (const name of [
        'a:b',
        'a\\b',
        'what?',
        'a*b',
        'dot.',
        'space ',
        '<a>',
        '"',
        'a|b',
        'x'.repeat(256),
      ]) {
        await refused({ 'SKILL.md': '#', [name]: '' }, 'name_not_portable');
      }
    });
    it('names that differ in case, or in Unicode normalisation, only', async () => {
      await refused({ 'SKILL.md': '#', 'skill.md': '#' }, 'name_collision');
      await refused({ 'SKILL.md': '#', 'A/x': '', 'a/y': '' }, 'name_collision');
      await refused({ 'SKILL.md': '#', '\u00fc': '', 'u\u0308': '' }, 'name_collision');
      await refused({ 'SKILL.md': '#', STRASSE: '', 'stra\u00dfe': '' }, 'name_collision');
      await refused({ 'SKILL.md': '#', '\u03a3': '', '\u03c2': '' }, 'name_collision');
    });
    it('a repository of its own', async () => {
      await refused({ 'SKILL.md': '#', '.git/config': '' }, 'nested_repository');
      await refused({ 'SKILL.md': '#', 'a/.GIT': 'gitdir: x' }, 'nested_repository');
    });
    it('more files, folders or bytes than allowed', async () => {
      const three = { 'SKILL.md': '#', a: '12', b: '34' };
      await refused(three, 'too_many_files', { limits: { maxFiles: 2 } });
      await refused({ 'SKILL.md': '#', 'a/b/c/d': '' }, 'too_many_files', { limits: { maxFiles: 3 } });
      await refused(three, 'tree_too_large', { limits: { maxBytes: 4 } });
      await hashSkillTree(await memory(three), ROOT, { limits: { maxFiles: 3, maxBytes: 5 } });
    });
    it('what the system does not let it read, without showing where', async () => {
      const files = new FaultFileSystem(await memory({ 'SKILL.md': '#' }), {
        at: 1,
        fault: { kind: 'fail', code: 'EACCES' },
        counts: (method) => method === 'readFile',
      });
      await assert.rejects(hashSkillTree(files, ROOT), { code: 'tree_unreadable', message: /\(EACCES\)/ });
    });
  });

  describe('while files change', () => {
    it('reads once more, and never gives a tree that was half old and half new', async () => {
      const files = new RestlessFiles(async (reads) => {
        if (reads === 1) await write(files, { 'SKILL.md': 'new', 'a.txt': 'new' });
      });
      await write(files, { 'SKILL.md': 'old', 'a.txt': 'old' });
      const { treeHash } = await hashSkillTree(files, ROOT);
      assert.equal(treeHash, await hashOf({ 'SKILL.md': 'new', 'a.txt': 'new' }));
    });

    it('sees a file that arrives or goes while another is read', async () => {
      const files = new RestlessFiles(async (reads) => {
        if (reads > 1) return;
        await files.remove(path.join(ROOT, 'gone.txt'));
        await write(files, { 'z.txt': '' });
      });
      await write(files, { 'SKILL.md': '#', 'gone.txt': '' });
      const { files: digests } = await hashSkillTree(files, ROOT);
      assert.deepEqual(
        digests.map((file) => file.path),
        ['SKILL.md', 'z.txt'],
      );
    });

    it('gives up with a code when the files do not come to rest', async () => {
      const files: RestlessFiles = new RestlessFiles((reads) =>
        write(files, { 'SKILL.md': '#'.repeat(reads + 1) }),
      );
      await write(files, { 'SKILL.md': '#' });
      await assert.rejects(hashSkillTree(files, ROOT), { code: 'file_changed_while_reading' });
    });
  });

  it('depends on paths, bytes and bits alone: not on order, times or inodes', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);
    const file = fc.tuple(
      fc.array(name, { minLength: 1, maxLength: 3 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        async (entries, random) => {
          const folders = new Set<string>();
          const tree = new Map<string, { bytes: Uint8Array; executable: boolean }>([
            ['SKILL.md', { bytes: Buffer.from('#'), executable: false }],
          ]);
          for (const [parts, bytes, executable] of entries) {
            // A leaf gets an ending, so that no path is both a file and a folder.
            tree.set(`${parts.join('/')}.txt`, { bytes, executable });
            folders.add(parts.join('/'));
          }
          const hashes = new Set<string>();
          for (const order of [
            [...tree],
            [...tree].sort(() => ((random.next().value ?? 0) % 3) - 1).reverse(),
          ]) {
            const files = new MemoryFileSystem();
            for (const [at, { bytes, executable }] of order) {
              const target = path.join(ROOT, at);
              await files.makeDirectory(path.dirname(target));
              await files.writeFile(target, bytes, { executable });
            }
            hashes.add((await hashSkillTree(files, ROOT)).treeHash);
          }
          hashes.add(digestSkillFiles([...tree].map(([at, content]) => ({ path: at, ...content }))).treeHash);
          assert.equal(hashes.size, 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads a listed stat at most twice per file and the file once when nothing moves', async () => {
    const counted = new FaultFileSystem(await memory({ 'SKILL.md': '#', 'a/b': '' }));
    await hashSkillTree(counted, ROOT);
    const calls = Map.groupBy(counted.calls, (call) => call.method);
    assert.equal(calls.get('readFile')?.length, 2);
    assert.equal(calls.get('lstat')?.length, 6);
    assert.equal(calls.get('readDirectory')?.length, 4);
  });
});
