import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { NodeMachine } from '../../../../src/node/harness/node-machine.ts';

describe('NodeMachine', () => {
  const machine = new NodeMachine();
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(tmpdir(), 'beaver-machine-'));
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });
  const program = (text: string): string => {
    const file = path.join(folder, 'program');
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  };

  it('names the platform as releases do', () => {
    assert.match(machine.platform, new RegExp(`^${process.platform}-${process.arch}(-musl)?$`));
  });

  it('hears all that a program prints, on both streams, and how it ended', async () => {
    const run = await machine.run(program('echo "out $1"; echo err >&2; exit 3'), ['one'], folder, 10_000);
    assert.deepEqual(
      [run.exitCode, run.timedOut, run.output.split('\n').filter(Boolean).sort()],
      [3, false, ['err', 'out one']],
    );
  });

  it('ends a program that hangs, with whatever it started', async () => {
    const marker = path.join(folder, 'pid');
    const run = await machine.run(program(`sleep 600 & echo $! > '${marker}'; wait`), [], folder, 500);
    assert.equal(run.timedOut, true);
    await ended(Number(fs.readFileSync(marker, 'utf8')));
  });

  it('does not wait for what a program left running', async () => {
    const marker = path.join(folder, 'pid');
    const run = await machine.run(
      program(`sleep 600 & echo $! > '${marker}'; echo done`),
      [],
      folder,
      60_000,
    );
    assert.deepEqual([run.exitCode, run.output], [0, 'done\n']);
    await ended(Number(fs.readFileSync(marker, 'utf8')));
  });

  it('keeps no more than some kilobytes of what is printed', async () => {
    const run = await machine.run(program('head -c 1000000 /dev/zero | tr "\\\\0" x'), [], folder, 20_000);
    assert.deepEqual([run.exitCode, run.output.length], [0, 8192]);
  });

  it('a program that is not there is an error of the system', async () => {
    await assert.rejects(machine.run(path.join(folder, 'absent'), [], folder, 1000), { code: 'ENOENT' });
  });

  it('tells who else could change a folder', async () => {
    const at = (name: string): string => path.join(folder, name);
    await machine.makePrivateFolder(at('a/b'));
    assert.equal(fs.statSync(at('a/b')).mode & 0o777, 0o700);
    assert.equal(await machine.privacyOf(at('a/b')), 'private');
    assert.equal(await machine.privacyOf(at('absent')), 'missing');
    fs.symlinkSync(at('a'), at('link'));
    assert.equal(await machine.privacyOf(at('link')), 'link');
    assert.equal(await machine.privacyOf(program('x')), 'not_a_folder');
    fs.chmodSync(at('a'), 0o720);
    assert.equal(await machine.privacyOf(at('a')), 'writable_by_others');
  });

  it('knows nothing of the system about a file that nobody packaged', async () => {
    assert.equal(await machine.systemPackage(program('x')), null);
  });

  it('digests a file without holding it', async () => {
    const file = path.join(folder, 'large');
    fs.writeFileSync(file, 'abc');
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.deepEqual(await machine.digestFile(file), { sha256: abc, size: 3 });
    assert.equal(await machine.digestFile(path.join(folder, 'absent')), undefined);
    fs.truncateSync(file, 200_000_000);
    const before = process.memoryUsage().rss;
    assert.equal((await machine.digestFile(file))?.size, 200_000_000);
    assert.ok(process.memoryUsage().rss - before < 100_000_000);
  });
});

/** A signal takes its time; a process that never ends meets the time limit of the test. */
async function ended(pid: number): Promise<void> {
  while (running(pid)) await setImmediate();
}

/** A zombie that nobody has waited for yet does not run. */
function running(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
