import assert from 'node:assert/strict';
import * as path from 'node:path';
import { type CachedOptions, HashCache } from '../../../../src/core/plugins/hash-cache.ts';
import { hashSkillTree } from '../../../../src/core/skill-tree.ts';
import { FaultFileSystem } from '../../../support/fault-files.ts';
import { MemoryFileSystem, type MemoryFilesOptions } from '../../../support/memory-files.ts';
import { addFiles, DOCUMENT } from '../../../support/plugin-files.ts';
import { FakeClock } from '../../../support/ports.ts';

const ROOT = path.resolve('/workspace/plugins/p/skills/s');
const OTHER = path.resolve('/workspace/plugins/p/skills/t');
const FILE = path.resolve('/workspace/.beaver/cache/hashes.json');
const LONG = 10_000;

/** A disk whose time stamps and the process's clock are one clock. */
class Bench {
  readonly clock = new FakeClock();
  readonly files: MemoryFileSystem;

  constructor(options: MemoryFilesOptions = {}) {
    this.files = new MemoryFileSystem({ clock: this.clock, ...options });
  }

  async write(tree: Record<string, string>, root = ROOT): Promise<void> {
    await addFiles(this.files, tree, root);
  }

  /** A process that starts now: the digest, and how many files were read for it. */
  async process(
    root = ROOT,
    { recorded, ...options }: CachedOptions & { readonly recorded?: ReadonlyMap<string, boolean> } = {},
  ): Promise<{ readonly treeHash: string; readonly reads: number }> {
    const counted = new FaultFileSystem(this.files);
    const cache = new HashCache(counted, FILE, this.clock);
    const { treeHash } = await cache.treeDigest(root, options, {
      recorded: () => Promise.resolve(recorded),
    });
    await cache.save();
    const reads = counted.calls.filter((call) => call.method === 'readFile' && call.path !== FILE).length;
    return { treeHash, reads };
  }
}

describe('HashCache', () => {
  it('reads a tree once and answers from its stats from then on', async () => {
    const bench = new Bench();
    await bench.write({ 'SKILL.md': DOCUMENT, 'a/b.txt': 'x' });
    bench.clock.advance(LONG);
    const cold = await bench.process();
    const warm = await bench.process();
    assert.deepEqual([cold.reads, warm.reads], [2, 0]);
    assert.equal(warm.treeHash, cold.treeHash);
    assert.equal(cold.treeHash, (await hashSkillTree(bench.files, ROOT)).treeHash);
  });

  it('costs one lstat per file and the root, and one listing per folder, when nothing changed', async () => {
    const bench = new Bench();
    await bench.write({ 'SKILL.md': DOCUMENT, 'a/b.txt': 'x', 'a/c.txt': 'y' });
    bench.clock.advance(LONG);
    await bench.process();
    const counted = new FaultFileSystem(bench.files);
    await new HashCache(counted, FILE, bench.clock).treeDigest(ROOT);
    const calls = counted.calls.map((call) => call.method).sort();
    assert.deepEqual(calls, [
      'lstat',
      'lstat',
      'lstat',
      'lstat',
      'readDirectory',
      'readDirectory',
      'readFile',
    ]);
  });

  it('sees a change of content, of a bit, of a name, and a file that arrives or goes', async () => {
    const changes: readonly ((bench: Bench) => Promise<void>)[] = [
      (bench) => bench.write({ 'a.txt': 'y' }),
      (bench) => bench.files.writeFile(path.join(ROOT, 'a.txt'), Buffer.from('x'), { executable: true }),
      (bench) => bench.files.rename(path.join(ROOT, 'a.txt'), path.join(ROOT, 'b.txt')),
      (bench) => bench.write({ 'c.txt': '' }),
      (bench) => bench.files.remove(path.join(ROOT, 'a.txt')),
    ];
    for (const change of changes) {
      const bench = new Bench();
      await bench.write({ 'SKILL.md': DOCUMENT, 'a.txt': 'x' });
      bench.clock.advance(LONG);
      const before = await bench.process();
      await change(bench);
      bench.clock.advance(LONG);
      const after = await bench.process();
      assert.notEqual(after.treeHash, before.treeHash);
      assert.equal(after.treeHash, (await hashSkillTree(bench.files, ROOT)).treeHash);
    }
  });

  it('never trusts a racily clean file: a second change within one tick of the clock is seen', async () => {
    const bench = new Bench();
    await bench.write({ 'SKILL.md': DOCUMENT, 'a.txt': 'x' });
    const before = await bench.process();
    // Same size, same inode, same time stamps: no stat can tell.
    await bench.write({ 'a.txt': 'y' });
    const after = await bench.process();
    assert.notEqual(after.treeHash, before.treeHash);
    assert.equal(after.reads, 2);
  });

  it('trusts a tree only when it was older than the coarsest clock tick when it was read', async () => {
    for (const [age, reads] of [
      [1999, 1],
      [2000, 1],
      [2001, 0],
    ] as const) {
      const bench = new Bench();
      await bench.write({ 'SKILL.md': DOCUMENT });
      bench.clock.advance(age);
      await bench.process();
      bench.clock.advance(LONG);
      assert.equal((await bench.process()).reads, reads, `${age} ms`);
    }
  });

  it('does not trust time stamps of the future', async () => {
    const bench = new Bench();
    bench.clock.advance(LONG);
    await bench.write({ 'SKILL.md': DOCUMENT });
    bench.clock.advance(-LONG);
    await bench.process();
    assert.equal((await bench.process()).reads, 1);
  });

  it('keeps apart trees of one content, and those with other bits recorded', async () => {
    const bench = new Bench({ executableBit: false });
    await bench.write({ 'SKILL.md': DOCUMENT, tool: 'x' });
    await bench.write({ 'SKILL.md': DOCUMENT, tool: 'x' }, OTHER);
    bench.clock.advance(LONG);
    const plain = await bench.process();
    assert.equal((await bench.process(OTHER)).reads, 2);
    const recorded = await bench.process(ROOT, { recorded: new Map([['tool', true]]) });
    assert.notEqual(recorded.treeHash, plain.treeHash);
    assert.equal((await bench.process(ROOT, { recorded: new Map([['tool', true]]) })).reads, 0);
  });

  it('refuses what hashing refuses, cached or not', async () => {
    const bench = new Bench();
    await bench.write({ 'SKILL.md': DOCUMENT, 'a.txt': 'x' });
    bench.clock.advance(LONG);
    await bench.process();
    await assert.rejects(bench.process(ROOT, { limits: { maxFiles: 1 } }), { code: 'too_many_files' });
    bench.files.symlink('a.txt', path.join(ROOT, 'link'));
    await assert.rejects(bench.process(ROOT, { display: 'plugins/p/skills/s' }), {
      code: 'symlink_not_allowed',
      path: 'plugins/p/skills/s/link',
    });
    await assert.rejects(bench.process(path.resolve('/nowhere')), { code: 'skill_missing' });
  });

  it('ignores a cache that is damaged, foreign or newer', async () => {
    for (const text of [
      '',
      '{',
      '\u0000\u0000',
      '[]',
      '{"schema_version":2,"trees":{}}',
      '{"schema_version":1,"trees":{"k":["x","y","z"]}}',
    ]) {
      const bench = new Bench();
      await bench.write({ 'SKILL.md': DOCUMENT });
      bench.clock.advance(LONG);
      const { treeHash } = await bench.process();
      await bench.files.writeFile(FILE, Buffer.from(text));
      const again = await bench.process();
      assert.deepEqual([again.treeHash, again.reads], [treeHash, 1]);
      assert.equal((await bench.process()).reads, 0);
    }
  });

  it('writes only when something changed', async () => {
    const bench = new Bench();
    await bench.write({ 'SKILL.md': DOCUMENT });
    bench.clock.advance(LONG);
    await bench.process();
    const before = await bench.files.lstat(FILE);
    bench.clock.advance(LONG);
    await bench.process();
    assert.deepEqual(await bench.files.lstat(FILE), before);
  });

  it('forgets trees that a complete run did not ask for, and no others', async () => {
    const bench = new Bench();
    await bench.write({ 'SKILL.md': DOCUMENT });
    await bench.write({ 'SKILL.md': DOCUMENT }, OTHER);
    bench.clock.advance(LONG);
    await bench.process(ROOT);
    await bench.process(OTHER);
    assert.equal((await bench.process(ROOT)).reads, 0);
    const complete = new HashCache(bench.files, FILE, bench.clock);
    await complete.treeDigest(ROOT);
    await complete.save({ complete: true });
    assert.deepEqual([(await bench.process(ROOT)).reads, (await bench.process(OTHER)).reads], [0, 1]);
  });

  it('stores a few hundred bytes per tree and no path', async () => {
    const bench = new Bench();
    await bench.write(
      Object.fromEntries(
        ['SKILL.md', ...Array.from({ length: 50 }, (_, index) => `file-${index}.md`)].map((name) => [
          name,
          DOCUMENT,
        ]),
      ),
    );
    bench.clock.advance(LONG);
    await bench.process();
    const text = Buffer.from((await bench.files.readFile(FILE)) ?? []).toString('utf8');
    assert.ok(text.length > 0 && text.length < 500);
    assert.doesNotMatch(text, /workspace|plugins|SKILL|file-/);
  });
});
