import assert from 'node:assert/strict';
import * as path from 'node:path';
import type { FileSystem } from '../../src/core/ports.ts';

export interface ContractSubject {
  readonly files: FileSystem;
  /** An existing, empty directory by its real path. */
  readonly root: string;
  /** Windows has no executable bit and no exchange, and refuses with codes of its own. */
  readonly windows: boolean;
  readonly symlink: (target: string, at: string) => void;
}

/** What every file system port promises, whatever is behind it. `subject` answers a fresh one for each test. */
export function describeFileSystemContract(subject: () => ContractSubject): void {
  const at = (...names: string[]): string => path.join(subject().root, ...names);
  const text = async (target: string): Promise<string | undefined> => {
    const bytes = await subject().files.readFile(target);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  };
  const names = async (target: string): Promise<string[] | undefined> =>
    (await subject().files.readDirectory(target))?.map((entry) => entry.name).sort();
  const refusal = (code: string): object => (subject().windows ? { syscall: 'rename' } : { code });
  const put = (target: string, content = 'text'): Promise<void> =>
    subject().files.writeFile(target, Buffer.from(content));

  it('answers undefined for a missing path, also below a file', async () => {
    const { files } = subject();
    await put(at('file'));
    for (const missing of [at('nope'), at('nope', 'deeper'), at('file', 'below')]) {
      assert.equal(await files.lstat(missing), undefined);
      assert.equal(await files.readFile(missing), undefined);
    }
    assert.equal(await files.readDirectory(at('nope')), undefined);
  });

  it('reads back what was written, empty and large', async () => {
    const { files } = subject();
    for (const size of [0, 1, 65_536, 262_144, 700_001]) {
      const bytes = new Uint8Array(size).map((_, index) => (index * 31 + (index >> 8)) & 0xff);
      await files.writeFile(at(`f${size}`), bytes);
      assert.deepEqual(Buffer.from((await files.readFile(at(`f${size}`))) ?? []), Buffer.from(bytes));
      assert.equal((await files.lstat(at(`f${size}`)))?.size, size);
    }
  });

  it('reads one byte more than the limit, so that too large shows', async () => {
    const { files } = subject();
    await put(at('file'), '0123456789');
    assert.equal((await files.readFile(at('file'), 4))?.byteLength, 5);
    assert.equal((await files.readFile(at('file'), 10))?.byteLength, 10);
  });

  it('truncates when it writes again, and refuses when exclusive', async () => {
    const { files } = subject();
    await put(at('file'), 'a longer text');
    await put(at('file'), 'short');
    assert.equal(await text(at('file')), 'short');
    await assert.rejects(files.writeFile(at('file'), Buffer.from('x'), { exclusive: true }), {
      code: 'EEXIST',
    });
    assert.equal(await text(at('file')), 'short');
  });

  it('gives and takes the executable bit', async () => {
    const { files } = subject();
    const bit = (value: boolean): boolean | undefined => (subject().windows ? undefined : value);
    const executable = async (target: string): Promise<boolean | undefined> =>
      (await files.lstat(target))?.executable;
    await files.writeFile(at('script'), Buffer.from('#!'), { executable: true });
    assert.equal(await executable(at('script')), bit(true));
    await files.copyFile(at('script'), at('kept'));
    assert.equal(await executable(at('kept')), bit(true));
    await files.copyFile(at('script'), at('plain'), { executable: false });
    assert.equal(await executable(at('plain')), bit(false));
    await files.writeFile(at('script'), Buffer.from('#!'), { executable: false });
    assert.equal(await executable(at('script')), bit(false));
    await files.copyFile(at('plain'), at('script'), { executable: true });
    assert.equal(await executable(at('script')), bit(true));
  });

  it('appends, creating the file', async () => {
    const { files } = subject();
    await files.appendFile(at('log'), Buffer.from('a\n'));
    await files.appendFile(at('log'), Buffer.from('b\n'));
    assert.equal(await text(at('log')), 'a\nb\n');
  });

  it('copies over what is there', async () => {
    const { files } = subject();
    await put(at('from'), 'new');
    await put(at('to'), 'old and longer');
    await files.copyFile(at('from'), at('to'));
    assert.equal(await text(at('to')), 'new');
    await assert.rejects(files.copyFile(at('nope'), at('to')), { code: 'ENOENT' });
  });

  it('makes directories with their parents, again without harm, and not over a file', async () => {
    const { files } = subject();
    await files.makeDirectory(at('a', 'b', 'c'));
    await files.makeDirectory(at('a', 'b', 'c'));
    assert.deepEqual(await files.readDirectory(at('a')), [{ name: 'b', kind: 'directory' }]);
    await put(at('file'));
    await assert.rejects(files.makeDirectory(at('file')), { code: 'EEXIST' });
  });

  it('refuses to write where the folder is missing', async () => {
    await assert.rejects(put(at('nope', 'file')), { code: 'ENOENT' });
  });

  it('renames files over files, and directories to new names with all below', async () => {
    const { files } = subject();
    await put(at('a'), 'new');
    await put(at('b'), 'old');
    await files.rename(at('a'), at('b'));
    assert.equal(await text(at('b')), 'new');
    await files.makeDirectory(at('d', 'e'));
    await put(at('d', 'e', 'f'), 'deep');
    await files.rename(at('d'), at('g'));
    assert.equal(await text(at('g', 'e', 'f')), 'deep');
    assert.deepEqual(await names(subject().root), ['b', 'g']);
    await assert.rejects(files.rename(at('nope'), at('x')), { code: 'ENOENT' });
  });

  it('never renames a directory over a full one or a file', async () => {
    const { files } = subject();
    await files.makeDirectory(at('new'));
    await files.makeDirectory(at('full'));
    await put(at('full', 'file'), 'kept');
    await put(at('file'));
    await assert.rejects(files.rename(at('new'), at('full')), refusal('ENOTEMPTY'));
    await assert.rejects(files.rename(at('new'), at('file')), refusal('ENOTDIR'));
    await assert.rejects(files.rename(at('file'), at('new')), refusal('EISDIR'));
    await assert.rejects(files.rename(at('new'), at('new', 'inside')), refusal('EINVAL'));
    assert.equal(await text(at('full', 'file')), 'kept');
  });

  it('exchanges two directories in one step, or not at all', async () => {
    const { files } = subject();
    await files.makeDirectory(at('a'));
    await files.makeDirectory(at('b'));
    await put(at('a', 'file'), 'was a');
    await put(at('b', 'file'), 'was b');
    const exchanged = await files.exchange(at('a'), at('b'));
    assert.equal(exchanged, !subject().windows);
    assert.equal(await text(at('a', 'file')), exchanged ? 'was b' : 'was a');
    assert.equal(await text(at('b', 'file')), exchanged ? 'was a' : 'was b');
    if (exchanged) await assert.rejects(files.exchange(at('a'), at('nope')), { code: 'ENOENT' });
  });

  it('removes files and whole directories, and is content with nothing', async () => {
    const { files } = subject();
    await files.makeDirectory(at('d', 'e'));
    await put(at('d', 'e', 'f'));
    await put(at('d', 'g'));
    await files.remove(at('d'));
    await files.remove(at('d'));
    await files.remove(at('d', 'below'));
    assert.deepEqual(await names(subject().root), []);
  });

  it('never goes through a link at the end of a path', async () => {
    const { files, symlink } = subject();
    await files.makeDirectory(at('target'));
    await put(at('target', 'file'), 'kept');
    symlink('target', at('to-directory'));
    symlink(path.join('target', 'file'), at('to-file'));
    assert.equal((await files.lstat(at('to-file')))?.kind, 'symlink');
    await assert.rejects(files.readFile(at('to-file')), { code: 'ELOOP' });
    await assert.rejects(put(at('to-file'), 'lost'), { code: 'ELOOP' });
    await assert.rejects(files.appendFile(at('to-file'), Buffer.from('lost')), { code: 'ELOOP' });
    await assert.rejects(files.copyFile(at('to-file'), at('copy')), { code: 'ELOOP' });
    await put(at('source'), 'lost');
    await assert.rejects(files.copyFile(at('source'), at('to-file')), { code: 'ELOOP' });
    await files.remove(at('to-directory'));
    await files.remove(at('to-file'));
    assert.equal(await text(at('target', 'file')), 'kept');
  });

  it('removes a link inside a removed directory, not what it points at', async () => {
    const { files, symlink } = subject();
    await files.makeDirectory(at('target'));
    await put(at('target', 'file'), 'kept');
    await files.makeDirectory(at('gone'));
    symlink(at('target'), at('gone', 'link'));
    await files.remove(at('gone'));
    assert.equal(await text(at('target', 'file')), 'kept');
  });

  it('resolves links on the way and says the real path', async () => {
    const { files, symlink } = subject();
    await files.makeDirectory(at('real', 'sub'));
    await put(at('real', 'sub', 'file'), 'found');
    symlink('real', at('link'));
    assert.equal(await text(at('link', 'sub', 'file')), 'found');
    assert.equal(await files.realpath(at('link', 'sub', 'file')), at('real', 'sub', 'file'));
    await assert.rejects(files.realpath(at('nope')), { code: 'ENOENT' });
  });

  it('tells a change by its stat', async () => {
    const { files } = subject();
    await put(at('file'), 'one');
    const before = await files.lstat(at('file'));
    await put(at('other'), 'two');
    await files.rename(at('other'), at('file'));
    const after = await files.lstat(at('file'));
    assert.equal(before?.kind, 'file');
    assert.notEqual(before.ino, after?.ino);
    assert.equal(before.dev, after?.dev);
  });

  it('flushes files, directories and trees, and says when one is missing', async () => {
    const { files } = subject();
    await files.makeDirectory(at('d', 'e'));
    await put(at('d', 'e', 'f'));
    await files.flush([at('d', 'e', 'f'), at('d', 'e'), at('d')]);
    await files.flushTrees([at('d')]);
    await files.flush([]);
    await files.flushTrees([]);
    await assert.rejects(files.flush([at('nope')]), { code: 'ENOENT' });
  });
}
