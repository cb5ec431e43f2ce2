import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { probeExecutableBit } from '../../../src/node/executable-bit.ts';
import { NodeFileSystem } from '../../../src/node/node-files.ts';
import { type ContractSubject, describeFileSystemContract } from '../../support/file-system-contract.ts';

describe('NodeFileSystem', () => {
  let subject: ContractSubject;
  let root: string;
  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-files-')));
    subject = {
      files: new NodeFileSystem(),
      root,
      windows: process.platform === 'win32',
      symlink: (target, at) => {
        fs.symlinkSync(target, at);
      },
    };
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  describeFileSystemContract(() => subject);

  it('passes errors of the system through, with code and system call', async () => {
    const { files } = subject;
    await assert.rejects(files.rename(path.join(root, 'a'), path.join(root, 'b')), {
      code: 'ENOENT',
      syscall: 'rename',
    });
    await assert.rejects(files.readDirectory(path.join(root, 'a', '\0')), { code: 'ERR_INVALID_ARG_VALUE' });
  });

  it('says no to an exchange without the native part', async () => {
    const files = new NodeFileSystem({ loadNative: () => Promise.reject(new Error('no prebuild')) });
    await files.writeFile(path.join(root, 'a'), Buffer.from('a'));
    await files.writeFile(path.join(root, 'b'), Buffer.from('b'));
    assert.equal(await files.exchange(path.join(root, 'a'), path.join(root, 'b')), false);
    assert.equal(fs.readFileSync(path.join(root, 'a'), 'utf8'), 'a');
  });

  for (const code of ['ENOSYS', 'EINVAL', 'EXDEV', 'ENOTSUP']) {
    it(`says no to an exchange that the system refuses with ${code}`, async () => {
      const swapSync = (): never => {
        throw Object.assign(new Error(code), { code });
      };
      const native = { tryLock: () => true, unlock: () => undefined, swapSync };
      const files = new NodeFileSystem({ loadNative: () => Promise.resolve(native) });
      assert.equal(await files.exchange(path.join(root, 'a'), path.join(root, 'b')), false);
    });
  }

  it('has no executable bit where it is told so', async () => {
    const files = new NodeFileSystem({ executableBit: false });
    await files.writeFile(path.join(root, 'a'), Buffer.from('a'));
    assert.equal((await files.lstat(path.join(root, 'a')))?.executable, undefined);
  });

  it('leaves the event loop its turn while it works through thousands of calls', async () => {
    const { files } = subject;
    await files.writeFile(path.join(root, 'a'), Buffer.from('a'));
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    // As many calls as take seconds: a loop that is frozen never turns in between.
    for (let calls = 0; calls < 500_000 && turns < 4; calls++) await files.lstat(path.join(root, 'a'));
    running = false;
    assert.equal(turns, 4);
  });

  it('keeps concurrent large reads apart, although they share a buffer', async () => {
    const { files } = subject;
    const sizes = [900_000, 800_000, 700_000, 600_000];
    for (const [index, size] of sizes.entries()) {
      await files.writeFile(path.join(root, `f${index}`), new Uint8Array(size).fill(index + 1));
    }
    const read = await Promise.all(sizes.map((_, index) => files.readFile(path.join(root, `f${index}`))));
    for (const [index, size] of sizes.entries()) {
      assert.ok(Buffer.alloc(size, index + 1).equals(read[index] ?? new Uint8Array()));
    }
  });

  it('flushes a tree of many files, and a missing root is no failure of others', async () => {
    const { files } = subject;
    for (let index = 0; index < 120; index += 1) {
      await files.makeDirectory(path.join(root, 'tree', `d${index % 7}`));
      await files.writeFile(path.join(root, 'tree', `d${index % 7}`, `f${index}`), Buffer.from('x'));
    }
    await files.flushTrees([path.join(root, 'tree')]);
    assert.equal(fs.readdirSync(path.join(root, 'tree', 'd0')).length, 18);
  });

  if (process.platform === 'win32') return;
  describe('on POSIX', () => {
    it('gives 0644 and 0755, less the umask', async () => {
      const { files } = subject;
      const before = process.umask(0o027);
      try {
        await files.writeFile(path.join(root, 'a'), Buffer.from('a'));
        await files.writeFile(path.join(root, 'b'), Buffer.from('b'), { executable: true });
        await files.copyFile(path.join(root, 'b'), path.join(root, 'c'), { executable: true });
      } finally {
        process.umask(before);
      }
      const mode = (name: string): number => fs.statSync(path.join(root, name)).mode & 0o777;
      assert.deepEqual([mode('a'), mode('b'), mode('c')], [0o640, 0o750, 0o750]);
    });

    it('does not hang on a named pipe', async () => {
      execFileSync('mkfifo', [path.join(root, 'pipe')]);
      assert.equal((await subject.files.lstat(path.join(root, 'pipe')))?.kind, 'other');
      assert.equal((await subject.files.readFile(path.join(root, 'pipe')))?.byteLength, 0);
    });

    it('keeps nanoseconds and large inode numbers whole', async () => {
      await subject.files.writeFile(path.join(root, 'a'), Buffer.from('a'));
      const expected = fs.lstatSync(path.join(root, 'a'), { bigint: true });
      const stat = await subject.files.lstat(path.join(root, 'a'));
      assert.equal(stat?.mtimeNs, expected.mtimeNs);
      assert.equal(stat.ctimeNs, expected.ctimeNs);
      assert.equal(stat.ino, expected.ino);
    });

    it('leaks no descriptor, also when calls fail', async () => {
      const { files } = subject;
      const open = (): number => fs.readdirSync('/dev/fd').length;
      await files.writeFile(path.join(root, 'a'), Buffer.from('a'));
      const before = open();
      for (let round = 0; round < 20; round += 1) {
        await files.readFile(root).catch(() => undefined);
        await files.copyFile(path.join(root, 'a'), path.join(root, 'no', 'a')).catch(() => undefined);
        await files.copyFile(root, path.join(root, 'b')).catch(() => undefined);
        await files.flush([path.join(root, 'a'), root]);
      }
      assert.equal(open(), before);
    });
  });
});

describe('probeExecutableBit', () => {
  it('finds the bit where there is one, and leaves nothing behind', () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-probe-'));
    try {
      assert.equal(probeExecutableBit(root), process.platform !== 'win32');
      assert.deepEqual(fs.readdirSync(root), []);
    } finally {
      fs.rmSync(root, { recursive: true, force: true });
    }
  });
});
