import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  sessionRecordSchema,
  type SessionRecord,
  sessionsFolder,
} from '../../../src/core/harness/session-record.ts';
import { SessionRecords } from '../../../src/node/harness/session-records.ts';
import { LaunchWorld } from '../../support/launcher.ts';
import { buildReferenceHarness } from '../../support/reference-harness/build.ts';
import { HarnessDriver } from '../../support/reference-harness/harness-driver.ts';
import { VtTerminal } from '../../support/vt-terminal.ts';

describe('beaver-launch in a terminal', function () {
  this.timeout(60_000);
  let world: LaunchWorld;
  let driver: HarnessDriver;
  let terminal: VtTerminal;

  beforeEach(async () => {
    [world, driver] = await Promise.all([LaunchWorld.start(), HarnessDriver.start()]);
    const file = path.join(world.client.home, 'reference');
    await buildReferenceHarness(file, '1.0.0');
    await world.publisher.publish('1.0.0', { program: fs.readFileSync(file, 'utf8') });
    await world.client.add(world.publisher);
    await world.client.update();
    terminal = new VtTerminal('/bin/sh', ['-i'], {
      cwd: world.client.home,
      env: {
        ...world.environment,
        ...driver.environment,
        PS1: '$ ',
        PATH: `${world.launcher.folder}:${world.environment['PATH'] ?? ''}`,
      },
    });
    await terminal.until(/^\$$/m);
  });
  afterEach(async () => {
    terminal.dispose();
    driver.dispose();
    await world.dispose();
  });

  /** Waits for the prompt after `mark`, which the shell prints. */
  const back = async (mark = 'code'): Promise<string> => {
    const prompt = (): boolean => /(^|\n)\$$/.test(terminal.screen);
    await terminal.until(prompt);
    terminal.type(`echo ${mark}=$? $(stty -g)\r`);
    const pattern = new RegExp(`^${mark}=(\\d+) ([0-9a-f:\\n]+)`, 'm');
    await terminal.until(pattern);
    await terminal.until(prompt);
    const [, code = '', settings = ''] = pattern.exec(terminal.screen) ?? [];
    return `${code} ${settings.replaceAll('\n', '')}`;
  };
  const records = (): readonly SessionRecord[] =>
    new SessionRecords(sessionsFolder(path.join(world.client.home, '.beaver')))
      .read()
      .map((value) => sessionRecordSchema.parse(value));
  const plain = (): void => {
    const { bracketedPasteMode, mouseTrackingMode } = terminal.modes;
    assert.deepEqual([terminal.alternate, bracketedPasteMode, mouseTrackingMode], [false, false, 'none']);
  };
  /** What a process that is to be ended by the test is called by. */
  const record = async (): Promise<SessionRecord> => {
    const [found] = records();
    if (found?.harness_pid != null) return found;
    await new Promise((resolve) => setImmediate(resolve));
    return record();
  };

  it('shows the harness, gives it the keys, tells it of the size, and mirrors its end', async () => {
    const before = await back('before');
    terminal.type('beaver-launch acme --model big\r');
    const run = await driver.run();
    const hello = await run.hears('hello');
    assert.equal(hello['version'], '1.0.0');
    await terminal.until(/^\[idle\]/m);
    assert.match(terminal.screen, /^reference 1\.0\.0 {2}session /);
    assert.equal(terminal.alternate, true);

    terminal.type('hello\r');
    assert.equal((await run.hears('prompt'))['text'], 'hello');
    await run.does({ do: 'text', text: 'good day' });
    await run.does({ do: 'end' });
    await terminal.until(/model: good day/);
    terminal.resize(100, 30);
    assert.deepEqual(await run.hears('resized'), { event: 'resized', columns: 100, rows: 30 });

    const { supervisor, version, harness, harness_pid } = await record();
    assert.deepEqual([version, harness, harness_pid], ['1.0.0', 'acme', hello['pid']]);
    assert.notEqual(supervisor.pid, harness_pid);

    run.tells({ do: 'exit', code: 7 });
    await terminal.until(() => !terminal.alternate);
    assert.equal((await back()).split(' ')[0], '7');
    assert.equal((await back('after')).split(' ')[1], before.split(' ')[1]);
    plain();
    assert.deepEqual(records(), []);
    assert.deepEqual(fs.readdirSync(path.join(world.client.home, '.beaver/state/run')), []);
  });

  it('R07: a harness that is killed leaves the terminal as it found it, and its end is mirrored', async () => {
    const before = await back('before');
    terminal.type('beaver-launch acme\r');
    const run = await driver.run();
    await terminal.until(/^\[idle\]/m);
    await record();
    run.tells({ do: 'kill', signal: 'SIGKILL' });
    await terminal.until(() => !terminal.alternate);
    assert.equal(await back(), before.replace(/^\d+/, '137'));
    plain();
  });

  it('R07: Ctrl+Z stops it, with the terminal as it was, and fg goes on where it was', async () => {
    terminal.type('beaver-launch acme\r');
    const run = await driver.run();
    await terminal.until(/^\[idle\]/m);
    terminal.type('draft\x1a');
    await terminal.until(/Stopped[^$]*\$$/);
    plain();
    terminal.type('fg\r');
    await terminal.until(() => terminal.alternate);
    await terminal.until(/^> draft$/m);
    terminal.type('ed\r');
    assert.equal((await run.hears('prompt'))['text'], 'drafted');
    await run.does({ do: 'end' });
    terminal.type('\x04');
    await terminal.until(() => !terminal.alternate);
    assert.equal((await back()).split(' ')[0], '0');
  });

  it('R08: a signal to the supervisor is the harness’s, and so is what it makes of it', async () => {
    terminal.type('beaver-launch acme\r');
    const run = await driver.run();
    await terminal.until(/^\[idle\]/m);
    const { supervisor } = await record();
    process.kill(supervisor.pid, 'SIGTERM');
    assert.equal((await run.hears('stopping'))['code'], 143);
    await terminal.until(() => !terminal.alternate);
    assert.equal((await back()).split(' ')[0], '143');
  });

  it('R07: when the supervisor is killed the harness ends, and the next start puts the terminal right', async () => {
    const before = await back('before');
    terminal.type('beaver-launch acme; beaver-launch acme\r');
    const run = await driver.run();
    await terminal.until(/^\[idle\]/m);
    const { supervisor } = await record();
    while ((await record()).terminal.restoration === '')
      await new Promise((resolve) => setImmediate(resolve));
    process.kill(supervisor.pid, 'SIGKILL');
    await run.ended;
    await driver.run(2);
    await terminal.until(() => terminal.alternate && /^\[idle\]/m.test(terminal.screen));
    assert.equal(records().length, 1);
    terminal.type('\x04');
    await terminal.until(() => !terminal.alternate);
    assert.equal(await back(), before);
    plain();
  });

  it('without a native part for terminals the harness has the person’s own', async () => {
    terminal.type('BEAVER_PTY=/nowhere beaver-launch acme\r');
    const run = await driver.run();
    await terminal.until(/^\[idle\]/m);
    terminal.type('hi\r');
    assert.equal((await run.hears('prompt'))['text'], 'hi');
    await run.does({ do: 'end' });
    terminal.type('\x04');
    await terminal.until(() => !terminal.alternate);
    assert.equal((await back()).split(' ')[0], '0');
  });

  it('a one-shot start, and one that asks not to be looked after, has nobody between', async () => {
    terminal.type('beaver-launch acme --version; BEAVER_SUPERVISOR=off beaver-launch acme\r');
    await terminal.until(/^\[idle\]/m);
    assert.deepEqual(records(), []);
    terminal.type('\x04');
    await terminal.until(() => !terminal.alternate);
    assert.match(terminal.screen, /^reference 1\.0\.0$/m);
  });

  it('Q19: a program of the person’s own that has the terminal is seen', async () => {
    terminal.type('beaver-launch acme\r');
    await driver.run();
    await terminal.until(/^\[idle\]/m);
    const { harness_pid } = await record();
    assert.ok(harness_pid !== null);
    const group = execFileSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(harness_pid)], { encoding: 'utf8' });
    const [own, foreground] = group.trim().split(/\s+/);
    assert.equal(own, foreground);
    terminal.type('\x04');
    await terminal.until(() => !terminal.alternate);
  });
});
