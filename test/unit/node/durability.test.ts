import assert from 'node:assert/strict';
import * as path from 'node:path';
import { Durability, type FlushTools } from '../../../src/node/durability.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';
import { systemError } from '../../support/system-error.ts';

const ROOT = path.resolve('/disk');

class RecordingTools implements FlushTools {
  readonly paths: string[] = [];
  readonly fileSystems: string[] = [];
  readonly #canFlushFileSystems: boolean;
  running = 0;
  mostAtOnce = 0;

  constructor(canFlushFileSystems: boolean) {
    this.#canFlushFileSystems = canFlushFileSystems;
  }

  async flushPath(target: string): Promise<void> {
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    await Promise.resolve();
    this.running -= 1;
    if (target.endsWith('broken')) throw systemError('EIO', 'fsync', target);
    this.paths.push(target);
  }

  flushFileSystems(targets: readonly string[]): Promise<boolean> {
    this.fileSystems.push(...targets);
    return Promise.resolve(this.#canFlushFileSystems);
  }
}

async function tree(count: number): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  await files.makeDirectory(path.join(ROOT, 'sub'));
  for (let index = 0; index < count; index += 1) {
    await files.writeFile(path.join(ROOT, 'sub', `f${index}`), new Uint8Array());
  }
  files.symlink('nowhere', path.join(ROOT, 'link'));
  return files;
}

describe('Durability', () => {
  it('flushes few paths one by one, the files before the folders they are in, links not at all', async () => {
    const tools = new RecordingTools(true);
    await new Durability(await tree(2), tools).flushTrees([ROOT]);
    assert.deepEqual(
      tools.paths.map((target) => path.relative(ROOT, target)),
      [path.join('sub', 'f0'), path.join('sub', 'f1'), 'sub', ''],
    );
    assert.deepEqual(tools.fileSystems, []);
  });

  it('flushes the file system once for many', async () => {
    const files = await tree(100);
    const tools = new RecordingTools(true);
    await new Durability(files, tools).flushTrees([ROOT, path.join(ROOT, 'sub')]);
    assert.deepEqual(tools.fileSystems, [ROOT]);
    assert.deepEqual(tools.paths, []);
    const paths = Array.from({ length: 100 }, (_, index) => path.join(ROOT, 'sub', `f${index}`));
    await new Durability(files, tools).flush(paths);
    assert.deepEqual(tools.fileSystems, [ROOT, paths[0]]);
  });

  it('goes back to each path where the file system cannot be flushed, four at a time', async () => {
    const tools = new RecordingTools(false);
    await new Durability(await tree(100), tools).flushTrees([ROOT]);
    assert.equal(new Set(tools.paths).size, 102);
    assert.equal(tools.mostAtOnce, 4);
  });

  it('does not take a missing path for flushed, however many there are', async () => {
    const tools = new RecordingTools(true);
    const paths = Array.from({ length: 100 }, (_, index) => path.join(ROOT, 'sub', `f${index}`));
    await new Durability(await tree(99), tools).flush(paths);
    assert.deepEqual(tools.fileSystems, []);
    assert.equal(tools.paths.length, 100);
  });

  it('rejects with the failure of one path', async () => {
    const tools = new RecordingTools(true);
    const broken = [path.join(ROOT, 'a'), path.join(ROOT, 'broken'), path.join(ROOT, 'c')];
    await assert.rejects(new Durability(await tree(0), tools).flush(broken), { code: 'EIO' });
  });
});
