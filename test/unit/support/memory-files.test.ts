import assert from 'node:assert/strict';
import * as path from 'node:path';
import { type ContractSubject, describeFileSystemContract } from '../../support/file-system-contract.ts';
import { MemoryFileSystem, type MemoryFilesOptions } from '../../support/memory-files.ts';
import { FakeClock } from '../../support/ports.ts';

const ROOT = path.resolve('/memory');

async function memory(options: MemoryFilesOptions = {}): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem(options);
  await files.makeDirectory(ROOT);
  return files;
}

describe('MemoryFileSystem', () => {
  let subject: ContractSubject;
  beforeEach(async () => {
    const files = await memory();
    subject = {
      files,
      root: ROOT,
      windows: false,
      symlink: (target, at) => {
        files.symlink(target, at);
      },
    };
  });
  describeFileSystemContract(() => subject);

  it('finds names in any case where it is asked to, keeping the first spelling', async () => {
    const files = await memory({ caseInsensitive: true });
    await files.writeFile(path.join(ROOT, 'Skill.md'), Buffer.from('one'));
    await files.writeFile(path.join(ROOT, 'SKILL.MD'), Buffer.from('two'));
    assert.deepEqual(await files.readDirectory(ROOT), [{ name: 'Skill.md', kind: 'file' }]);
    assert.equal(Buffer.from((await files.readFile(path.join(ROOT, 'skill.md'))) ?? []).toString(), 'two');
    await files.rename(path.join(ROOT, 'skill.md'), path.join(ROOT, 'SKILL.md'));
    assert.deepEqual(await files.readDirectory(ROOT), [{ name: 'SKILL.md', kind: 'file' }]);
  });

  it('has no executable bit where it is asked to have none', async () => {
    const files = await memory({ executableBit: false });
    await files.writeFile(path.join(ROOT, 'run'), Buffer.from(''), { executable: true });
    assert.equal((await files.lstat(path.join(ROOT, 'run')))?.executable, undefined);
  });

  it('stamps changes with the clock it is given, and else one later than the other', async () => {
    const clock = new FakeClock(1_000);
    const files = await memory({ clock });
    await files.writeFile(path.join(ROOT, 'a'), Buffer.from('a'));
    await files.writeFile(path.join(ROOT, 'a'), Buffer.from('b'));
    assert.equal((await files.lstat(path.join(ROOT, 'a')))?.mtimeNs, 1_000_000_000n);
    const ticking = await memory();
    await ticking.writeFile(path.join(ROOT, 'a'), Buffer.from('a'));
    const first = (await ticking.lstat(path.join(ROOT, 'a')))?.mtimeNs ?? 0n;
    await ticking.writeFile(path.join(ROOT, 'a'), Buffer.from('b'));
    assert.ok(((await ticking.lstat(path.join(ROOT, 'a')))?.mtimeNs ?? 0n) > first);
  });

  it('refuses to exchange where it is asked to, with nothing changed', async () => {
    const files = await memory({ exchange: false });
    await files.writeFile(path.join(ROOT, 'a'), Buffer.from('a'));
    await files.writeFile(path.join(ROOT, 'b'), Buffer.from('b'));
    assert.equal(await files.exchange(path.join(ROOT, 'a'), path.join(ROOT, 'b')), false);
    assert.equal(Buffer.from((await files.readFile(path.join(ROOT, 'a'))) ?? []).toString(), 'a');
  });

  it('hands out copies: changing them changes nothing', async () => {
    const files = await memory();
    const given = Buffer.from('abc');
    await files.writeFile(path.join(ROOT, 'a'), given);
    given[0] = 0;
    const read = await files.readFile(path.join(ROOT, 'a'));
    read?.fill(0);
    assert.equal(Buffer.from((await files.readFile(path.join(ROOT, 'a'))) ?? []).toString(), 'abc');
  });

  it('shows special files and never opens them', async () => {
    const files = await memory();
    files.special(path.join(ROOT, 'pipe'));
    assert.equal((await files.lstat(path.join(ROOT, 'pipe')))?.kind, 'other');
    await assert.rejects(files.readFile(path.join(ROOT, 'pipe')), { code: 'ENXIO' });
  });

  it('gives up on links that turn in circles', async () => {
    const files = await memory();
    files.symlink('b', path.join(ROOT, 'a'));
    files.symlink('a', path.join(ROOT, 'b'));
    await assert.rejects(files.realpath(path.join(ROOT, 'a')), { code: 'ELOOP' });
    await assert.rejects(files.lstat(path.join(ROOT, 'a', 'x')), { code: 'ELOOP' });
  });
});
