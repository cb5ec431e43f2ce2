import assert from 'node:assert/strict';
import { isAsObserved, type Observation, ObservedFiles } from '../../../src/core/observed-files.ts';
import type { FileSystem } from '../../../src/core/ports.ts';
import { MemoryFileSystem } from '../../support/memory-files.ts';

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8');

/** Long after every stamp of the file system in memory. */
const NOW = Date.UTC(2030, 0, 1);

describe('what was observed of a file system', () => {
  let disk: MemoryFileSystem;

  beforeEach(async () => {
    disk = new MemoryFileSystem();
    for (const folder of ['/w/a', '/w/b', '/w/c']) await disk.makeDirectory(folder);
    await disk.writeFile('/w/a/read', text('one'));
    await disk.writeFile('/w/a/looked-at', text('two'));
    await disk.writeFile('/w/b/never-asked', text('three'));
  });

  async function observe(more: (files: FileSystem) => Promise<unknown> = () => Promise.resolve()) {
    const files = new ObservedFiles(disk);
    assert.equal(Buffer.from((await files.readFile('/w/a/read')) ?? []).toString('utf8'), 'one');
    await files.lstat('/w/a/looked-at');
    await files.lstat('/w/a/missing');
    await files.readDirectory('/w/a');
    await files.readDirectory('/w/none');
    await files.realpath('/w/c');
    await more(files);
    return files.observation('/w', NOW);
  }

  async function observed(): Promise<Observation> {
    const observation = await observe();
    assert.ok(observation !== undefined);
    return observation;
  }

  it('is as it was while nothing of it changed, whatever happens elsewhere', async () => {
    const seen = await observed();
    assert.equal(await isAsObserved(disk, '/w', seen), true);
    await disk.writeFile('/w/b/never-asked', text('other'));
    await disk.writeFile('/w/b/new', text('new'));
    assert.equal(await isAsObserved(disk, '/w', seen), true);
  });

  it('holds no absolute path', async () => {
    assert.deepEqual((await observed()).stats, ['a/read', 'a/looked-at', 'a/missing']);
  });

  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    'a file that was read is written, with the same size': () => disk.writeFile('/w/a/read', text('eno')),
    'a file that was looked at becomes executable': () =>
      disk.writeFile('/w/a/looked-at', text('two'), { executable: true }),
    'a file is replaced by another one': async () => {
      await disk.writeFile('/w/b/other', text('one'));
      await disk.rename('/w/b/other', '/w/a/read');
    },
    'a file that was read is gone': () => disk.remove('/w/a/read'),
    'a file that was not there is': () => disk.writeFile('/w/a/missing', text('')),
    'a folder that was listed has one more': () => disk.makeDirectory('/w/a/more'),
    'a folder that was not there is': () => disk.makeDirectory('/w/none'),
    'a folder whose real path was asked is gone': () => disk.remove('/w/c'),
  };
  for (const [change, make] of Object.entries(changes)) {
    it(`is not as it was when ${change}`, async () => {
      const seen = await observed();
      await make();
      assert.equal(await isAsObserved(disk, '/w', seen), false);
    });
  }

  it('is not kept when something was written through it', async () => {
    assert.equal(await observe((files) => files.writeFile('/w/b/x', text('x'))), undefined);
    assert.equal(await observe((files) => files.rename('/w/b/x', '/w/b/y')), undefined);
    assert.equal(await observe((files) => files.appendFile('/w/b/y', text('y'))), undefined);
    assert.equal(await observe((files) => files.makeDirectory('/w/d')), undefined);
    assert.equal(await observe((files) => files.remove('/w/d')), undefined);
  });

  it('is not kept when one question had two answers', async () => {
    const observation = await observe(async (files) => {
      await disk.remove('/w/a/looked-at');
      return files.lstat('/w/a/looked-at');
    });
    assert.equal(observation, undefined);
  });

  it('is not kept when a stamp is so new that the file may change again without a trace', async () => {
    const stat = await disk.lstat('/w/a/looked-at');
    assert.ok(stat !== undefined);
    const newest = Number(stat.mtimeNs / 1_000_000n);
    const files = new ObservedFiles(disk);
    await files.lstat('/w/a/looked-at');
    assert.equal(files.observation('/w', newest + 1999), undefined);
    assert.ok(files.observation('/w', newest + 2001) !== undefined);
  });
});
