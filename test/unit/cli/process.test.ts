import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { failureSchema } from '../../../src/cli/answer-schemas.ts';
import { WorkspaceLayout } from '../../../src/core/layout.ts';
import { nodePorts } from '../../../src/node/node-ports.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** More than any pipe holds. */
const LONG = 'a line of some length, again and again\n'.repeat(50_000);

describe('the beaver process', function () {
  this.timeout(60_000);
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'beaver-process-'));
    for (const name of ['base', 'local', 'upstream'])
      await writeFile(path.join(folder, name), `${LONG}${name}\n`);
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const start = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, ['--no-warnings', MAIN, ...args], { cwd: folder, stdio: 'pipe' });

  /** The exit code once all of its streams are closed; null when a signal ended it. */
  const exitOf = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });

  async function finish(child: ChildProcess): Promise<{ exit: number | null; out: string; err: string }> {
    assert.ok(child.stdout !== null && child.stderr !== null);
    const ended = exitOf(child);
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { exit: await ended, out, err };
  }

  it('writes all of a long answer into a pipe before it ends, and keeps its exit code', async () => {
    const { exit, out, err } = await finish(start('merge', 'base', 'local', 'upstream'));
    assert.deepEqual([exit, err], [1, '']);
    assert.equal(
      out,
      `${LONG}<<<<<<< local\nlocal\n||||||| base\nbase\n=======\nupstream\n>>>>>>> upstream\n`,
    );
  });

  it('ends quietly when its reader has gone', async () => {
    const child = start('merge', 'base', 'local', 'upstream');
    assert.ok(child.stdout !== null && child.stderr !== null);
    const err = text(child.stderr);
    const ended = exitOf(child);
    child.stdout.once('data', () => child.stdout?.destroy());
    assert.deepEqual([await ended, await err], [1, '']);
  });

  it('takes a resolved text from standard input to its end', async () => {
    const child = start('merge', '-', 'local', 'upstream', '-o', 'result', '--json');
    child.stdin?.end(`${LONG}local\n`);
    const { exit, out } = await finish(child);
    assert.equal(exit, 0);
    const answer: unknown = JSON.parse(out);
    assert.ok(typeof answer === 'object' && answer !== null && 'text' in answer);
    assert.equal(answer.text, `${LONG}upstream\n`);
  });

  it('says whom it waits for, gives up in time and exits with 4', async () => {
    const { lock } = nodePorts();
    const { writeLock } = new WorkspaceLayout(folder);
    await lock.run(writeLock, 'a long sync', { kind: 'never' }, async () => {
      const { exit, out, err } = await finish(start('plugins', 'sync', '--wait', '0.2', '--json'));
      assert.equal(exit, 4, err);
      assert.equal(failureSchema.parse(JSON.parse(out)).error.code, 'plugin_write_busy');
      assert.ok(err.startsWith(`Waiting for another writer (pid ${process.pid}, a long sync) ...\n`), err);
    });
  });

  it('prints its version on one line', async () => {
    const { exit, out, err } = await finish(start('--version'));
    assert.deepEqual([exit, err], [0, '']);
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
  });
});
