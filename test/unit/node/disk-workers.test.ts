import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { DiskWorkers } from '../../../src/node/disk-workers.ts';

const text = (value: string): Uint8Array => Buffer.from(value, 'utf8');

describe('DiskWorkers', () => {
  let root: string;
  const workers = new DiskWorkers();

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'beaver-workers-'));
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  after(() => workers.dispose());

  const trees = () => [
    {
      root: path.join(root, 'a', 'one'),
      files: [
        { path: 'SKILL.md', bytes: text('# One\n'), executable: false },
        { path: 'scripts/deep/run.sh', bytes: text('#!/bin/sh\n'), executable: true },
        { path: 'empty', bytes: text(''), executable: false },
      ],
    },
    {
      root: path.join(root, 'a', 'two'),
      files: [{ path: 'SKILL.md', bytes: text('# Zwei ü\n'), executable: false }],
    },
  ];

  const check = (): void => {
    const read = (...parts: readonly string[]) => readFileSync(path.join(root, 'a', ...parts), 'utf8');
    assert.equal(read('one', 'SKILL.md'), '# One\n');
    assert.equal(read('one', 'scripts', 'deep', 'run.sh'), '#!/bin/sh\n');
    assert.equal(read('one', 'empty'), '');
    assert.equal(read('two', 'SKILL.md'), '# Zwei ü\n');
    if (process.platform === 'win32') return;
    const mode = (file: string) => statSync(path.join(root, 'a', 'one', file)).mode & 0o111;
    assert.deepEqual([mode('SKILL.md'), mode('scripts/deep/run.sh')], [0, 0o111]);
  };

  it('writes trees byte for byte, with their executable bits, and leaves the bytes to the caller', async () => {
    const made = trees();
    await workers.write(made);
    check();
    assert.equal(Buffer.from(made[0]?.files[0]?.bytes ?? []).toString('utf8'), '# One\n');
  });

  it('never writes over what is there, and says so with the code of the system', async () => {
    await workers.write(trees());
    await assert.rejects(workers.write(trees()), { code: 'EEXIST' });
    check();
  });

  it('takes the next task after one has failed', async () => {
    await assert.rejects(
      workers.write([
        { root: path.join(root, 'x'), files: [{ path: 'a/\0', bytes: text(''), executable: false }] },
      ]),
    );
    await workers.write(trees());
    check();
  });

  it('writes in the calling thread where no thread can be started', async () => {
    await new DiskWorkers(path.join(root, 'no-such-worker.cjs')).write(trees());
    check();
  });

  it('loses no task when its thread is ended: whoever waits is told', async () => {
    // Answers its first task, so that it is known to have started, and no other one.
    const silent = path.join(root, 'silent-worker.cjs');
    writeFileSync(
      silent,
      `const { parentPort } = require('node:worker_threads');
      parentPort.postMessage('ready');
      parentPort.on('message', ({ id }) => { if (id === 0) parentPort.postMessage({ id }); });`,
    );
    const ended = new DiskWorkers(silent);
    await ended.write(trees());
    const waiting = assert.rejects(ended.write(trees()), /ended early/);
    await ended.dispose();
    await waiting;
  });
});
