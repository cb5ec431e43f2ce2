import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildReferenceHarness, type HarnessFault } from '../../support/reference-harness/build.ts';
import { HarnessDriver } from '../../support/reference-harness/harness-driver.ts';

describe('The reference harness', function () {
  this.timeout(30_000);
  let driver: HarnessDriver;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    driver = await HarnessDriver.start();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    driver.dispose();
  });

  async function built(version = '1.0.0', fault: HarnessFault = 'none'): Promise<string> {
    const file = path.join(driver.folder, 'bin', version, 'reference');
    await buildReferenceHarness(file, version, fault);
    return file;
  }

  function started(file: string, args: readonly string[] = []): ChildProcess {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...driver.environment },
    });
    children.push(child);
    child.stdout.resume();
    return child;
  }

  const exit = (child: ChildProcess): Promise<number | string | null> =>
    new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        resolve(signal ?? code);
      });
    });

  /** A hook for each event that keeps what it was told. */
  function kept(file: string, ...events: readonly string[]): string {
    const command = `cat >> ${file} && echo >> ${file}`;
    return JSON.stringify({
      hooks: Object.fromEntries(events.map((event) => [event, [{ hooks: [{ type: 'command', command }] }]])),
    });
  }

  it('prints the version that it was built as, needing nothing from its environment', async () => {
    const run = spawnSync(await built('1.2.3'), ['--version'], { env: {}, encoding: 'utf8' });
    assert.equal(run.stdout, 'reference 1.2.3\n');
    assert.equal(run.status, 0);
  });

  it('runs a turn as it is told, tells its hooks in order, and writes its transcript', async () => {
    const log = path.join(driver.folder, 'hooks.jsonl');
    const settings = kept(log, 'SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'Stop');
    const child = started(await built(), ['--session-id', 'one', '--settings', settings]);
    const run = await driver.run();
    await run.hears('ready');
    child.stdin?.write('hello\r');
    await run.hears('prompt');
    await run.does({ do: 'tool', id: 't1', name: 'Bash' });
    await run.does({ do: 'permission', id: 't1', name: 'Bash' });
    child.stdin?.write('y');
    await run.hears('answered');
    await run.does({ do: 'tool_done', id: 't1' });
    await run.does({ do: 'text', text: 'done' });
    await run.does({ do: 'end' });
    const ended = exit(child);
    child.kill('SIGTERM');
    assert.equal(await ended, 143);
    const told = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { hook_event_name: string }).hook_event_name);
    assert.deepEqual(told, ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'Stop']);
    const written = readFileSync(path.join(driver.home, 'sessions', 'one.jsonl'), 'utf8');
    assert.deepEqual(
      written
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
      ['session', 'user', 'tool_use', 'answer', 'tool_result', 'assistant', 'turn_end'],
    );
  });

  it('queues what is typed during a turn, and says nothing to a hook when it is interrupted', async () => {
    const log = path.join(driver.folder, 'hooks.jsonl');
    const child = started(await built(), ['--settings', kept(log, 'UserPromptSubmit', 'Stop')]);
    const run = await driver.run();
    await run.hears('ready');
    child.stdin?.write('first\r');
    await run.hears('prompt');
    child.stdin?.write('second\r');
    await run.hears('queued');
    child.stdin?.write('\x1b');
    await run.hears('interrupted');
    assert.equal((await run.hears('prompt', 2))['text'], 'second');
    assert.ok(!readFileSync(log, 'utf8').includes('Stop'));
  });

  it('resumes a session in another version, and refuses one that is not there', async () => {
    const first = started(await built('1.0.0'), ['--session-id', 'two']);
    const run = await driver.run();
    await run.hears('ready');
    first.stdin?.write('remember\r');
    await run.hears('prompt');
    await run.does({ do: 'end' });
    const ended = exit(first);
    first.stdin?.write('/exit\r');
    assert.equal(await ended, 0);
    const newer = await built('1.1.0');
    const second = started(newer, ['--resume', 'two', '--model', 'large']);
    const resumed = await driver.run(2);
    const hello = await resumed.hears('hello');
    assert.deepEqual([hello['version'], hello['session_id'], hello['model']], ['1.1.0', 'two', 'large']);
    await resumed.hears('ready');
    second.stdin?.write('/exit\r');
    const missing = spawnSync(newer, ['--resume', 'none'], {
      env: { ...process.env, ...driver.environment },
      encoding: 'utf8',
    });
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /No conversation found/);
  });

  it('holds its transcript back until it is asked for all of it', async () => {
    const child = started(await built(), ['--session-id', 'three']);
    const run = await driver.run();
    await run.hears('ready');
    const before = (await run.does({ do: 'flush' }), await run.hears('flushed'))['bytes'];
    await run.does({ do: 'hold' });
    child.stdin?.write('late\r');
    await run.hears('prompt');
    const file = path.join(driver.home, 'sessions', 'three.jsonl');
    assert.equal(readFileSync(file).byteLength, before);
    await run.does({ do: 'flush' });
    assert.equal((await run.hears('flushed', 2))['bytes'], readFileSync(file).byteLength);
    assert.match(readFileSync(file, 'utf8'), /late/);
  });

  it('has background work: what is durable outlives it, what is not ends with it', async () => {
    const child = started(await built(), ['--session-id', 'four']);
    const run = await driver.run();
    await run.hears('ready');
    await run.does({ do: 'job', id: 'keep', name: 'review', durable: true });
    await run.does({ do: 'job', id: 'lose', name: 'watch', durable: false });
    const pid = (id: string): number =>
      (JSON.parse(readFileSync(path.join(driver.home, 'jobs', `${id}.json`), 'utf8')) as { pid: number }).pid;
    const [keep, lose] = [pid('keep'), pid('lose')];
    const ended = exit(child);
    child.stdin?.write('/exit\r');
    await ended;
    const lives = (one: number): boolean => {
      try {
        process.kill(one, 0);
        return true;
      } catch {
        return false;
      }
    };
    assert.equal(lives(keep), true);
    process.kill(keep, 'SIGKILL');
    while (lives(lose)) await new Promise(setImmediate);
  });

  const FAULTS: readonly (readonly [HarnessFault, number | string])[] = [
    ['crash_at_start', 1],
    ['killed_at_start', 'SIGSEGV'],
    ['exit_zero', 0],
  ];
  for (const [fault, expected] of FAULTS) {
    it(`misbehaves as its build says: ${fault}`, async () => {
      const child = started(await built('1.0.0', fault));
      assert.equal(await exit(child), expected);
    });
  }

  it('says the wrong version, hangs, fails to resume and ignores SIGTERM where its build says so', async () => {
    assert.match(
      spawnSync(await built('1.0.1', 'wrong_version'), ['--version'], { encoding: 'utf8' }).stdout,
      /9\.9\.9/,
    );
    const deaf = started(await built('1.0.2', 'ignore_sigterm'));
    await (await driver.run()).hears('ready');
    deaf.kill('SIGTERM');
    deaf.stdin?.write('x');
    assert.equal((await (await driver.run()).hears('key'))['draft'], 'x');
    const hanging = started(await built('1.0.3', 'hang'));
    assert.equal(hanging.exitCode, null);
  });

  it('crashes with a poisoned transcript, and with no other', async () => {
    const child = started(await built(), ['--session-id', 'five']);
    const run = await driver.run();
    await run.hears('ready');
    await run.does({ do: 'poison' });
    const ended = exit(child);
    child.stdin?.write('/exit\r');
    await ended;
    assert.equal(await exit(started(await built(), ['--resume', 'five'])), 'SIGSEGV');
    started(await built(), ['--session-id', 'six']);
    await (await driver.run(3)).hears('ready');
  });
});
