import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { REFERENCE } from '../../../src/core/harness/adapters/reference.ts';
import { restartIntentSchema } from '../../../src/core/harness/restart-intent.ts';
import { NodeProcesses } from '../../../src/node/harness/node-processes.ts';
import type { HarnessFault } from '../../support/reference-harness/build.ts';
import type { DrivenRun } from '../../support/reference-harness/harness-driver.ts';
import { blockersOf, SupervisedWorld } from '../../support/supervised-world.ts';

/** A real program in a real terminal that is restarted into another version of itself, with the same session. */
describe('Restarting a session', function () {
  this.timeout(180_000);
  let world: SupervisedWorld;

  afterEach(() => world.dispose());

  const started = async (args = ''): Promise<DrivenRun> => {
    world.terminal.type(`beaver-launch acme ${args}\r`);
    const run = await world.driver.run();
    await world.blockedBy();
    return run;
  };
  const intents = (): readonly string[] => {
    const folder = world.world.client.layout.intents;
    return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  };
  /** The run that goes on with a session, as soon as there is one. */
  const later = async (nth: number): Promise<DrivenRun> => {
    const run = await world.driver.run(nth);
    await run.hears('ready');
    return run;
  };
  const ended = async (): Promise<void> => {
    world.terminal.type('\x04');
    await world.terminal.until(() => !world.terminal.alternate && /(^|\n)\$$/.test(world.terminal.screen));
  };

  it('R01, R05, R07: what is staged is started at a quiet moment, with the same session and its flags, after the old one ended', async () => {
    world = await SupervisedWorld.start();
    const run = await started('--model large --permission-mode plan');
    const hello = await run.hears('hello');
    world.terminal.type('hello\r');
    await run.hears('prompt');
    await run.does({ do: 'text', text: 'good day' });
    await run.does({ do: 'end' });
    await run.does({ do: 'flush' });
    const transcript = String(hello['transcript']);
    const before = fs.readFileSync(transcript);

    await world.stage('1.1.0');
    const again = await (await later(2)).hears('hello');
    assert.equal(new NodeProcesses().startedAt(Number(hello['pid'])), undefined);
    for (const key of ['session_id', 'model', 'permission_mode', 'transcript', 'cwd'])
      assert.equal(again[key], hello[key], key);
    assert.equal(again['version'], '1.1.0');
    assert.deepEqual(fs.readFileSync(transcript).subarray(0, before.byteLength), before);
    const record = await world.record(({ version, status }) => version === '1.1.0' && status === 'running');
    assert.equal(record.harness_pid, again['pid']);
    assert.deepEqual(await world.world.client.versions(), {
      active: '1.1.0',
      staged: null,
      previous: '1.0.0',
    });
    while (intents().length > 0) await new Promise((resolve) => setImmediate(resolve));

    await world.terminal.until(/^reference 1\.1\.0/m);
    assert.match(world.terminal.screen, /model: good day/);
    assert.match(world.terminal.raw, /Restarting into Reference v1\.1\.0\.\.\./);
    world.terminal.resize(90, 20);
    assert.equal((await world.driver.runs[1]?.hears('resized'))?.['columns'], 90);
    assert.equal(world.driver.runs.length, 2);
    await ended();
    const { bracketedPasteMode, mouseTrackingMode } = world.terminal.modes;
    assert.deepEqual([bracketedPasteMode, mouseTrackingMode], [false, 'none']);
  });

  it('waits for the turn, for a permission, for a draft and for work behind it, says why, and delivers what is typed meanwhile once', async () => {
    world = await SupervisedWorld.start();
    const run = await started();
    world.terminal.type('go\r');
    await run.hears('prompt');
    await world.stage('1.1.0');
    await world.record(
      ({ notice }) => notice === 'Update staged: Reference v1.1.0 will start after this turn.',
    );
    await run.does({ do: 'job', id: 'j', name: 'review', durable: false });
    await run.does({ do: 'end' });
    await world.record(({ notice }) => notice === 'Restart deferred: background review is still running.');
    world.terminal.type('again\r');
    await run.hears('prompt', 2);
    await run.does({ do: 'job_done', id: 'j' });
    while (fs.existsSync(path.join(world.driver.home, 'jobs', 'j.json')))
      await new Promise((resolve) => setImmediate(resolve));
    await run.does({ do: 'end' });
    world.terminal.type('dra');
    await world.record(({ notice }) => notice?.includes('something is written that was not sent') === true);
    assert.equal(world.driver.runs.length, 1);
    world.terminal.type('ft\r');
    await run.hears('prompt', 3);
    await run.does({ do: 'end' });

    await run.hears('stopping');
    world.terminal.type('typed meanwhile\r');
    const next = await later(2);
    assert.equal((await next.hears('prompt'))['text'], 'typed meanwhile');
    await next.does({ do: 'end' });
    await world.blockedBy();
    assert.equal(next.heard.filter(({ event }) => event === 'prompt').length, 1);
    assert.equal(next.heard.filter(({ event, key }) => event === 'key' && key === 'enter').length, 1);
    assert.equal(run.heard.filter(({ event }) => event === 'prompt').length, 3);
  });

  it('is asked for: now only when nothing is in the way, after the turn otherwise, and for its own session alone', async () => {
    world = await SupervisedWorld.start({ BEAVER_AUTO_RESTART: 'off' });
    const run = await started();
    const record = await world.record(({ session_id }) => session_id !== null);
    const session_id = record.session_id ?? '';
    const request = { schema_version: 1, type: 'restart_request', session_id, when: 'now_if_ready' } as const;
    const code = async (message: Parameters<SupervisedWorld['ask']>[1]): Promise<string> => {
      const answer = await world.ask(record, message);
      return answer.type === 'refused' ? answer.code : answer.type;
    };
    assert.equal(await code(request), 'nothing_staged');
    await world.stage('1.1.0');
    assert.equal(await code({ ...request, session_id: 'another' }), 'other_session');
    world.terminal.type('go\r');
    await run.hears('prompt');
    await world.record((one) => blockersOf(one).includes('model_streaming'));
    assert.equal(await code(request), 'restart_deferred');
    await run.does({ do: 'end' });
    await world.blockedBy();
    assert.equal(world.driver.runs.length, 1);

    world.terminal.type('go on\r');
    await run.hears('prompt', 2);
    await world.record((one) => blockersOf(one).includes('model_streaming'));
    assert.equal(await code({ ...request, when: 'after_turn' }), 'restart_deferred');
    await run.does({ do: 'end' });
    await later(2);
    await world.record(({ version, status }) => version === '1.1.0' && status === 'running');
    await world.blockedBy();

    await world.stage('1.2.0');
    assert.equal(await code(request), 'admission');
    const hello = await (await later(3)).hears('hello');
    assert.deepEqual([hello['version'], hello['session_id']], ['1.2.0', session_id]);
  });

  const FAULTS: readonly HarnessFault[] = [
    'crash_at_start',
    'killed_at_start',
    'exit_zero',
    'hang',
    'crash_on_resume',
  ];
  for (const fault of FAULTS) {
    const id = fault === 'crash_on_resume' ? 'R09' : 'F32';
    it(`${id}: where the new version does not go on with the session (${fault}), the old one does`, async () => {
      world = await SupervisedWorld.start();
      const { layout, service } = world.world.client;
      const health = { ...REFERENCE.health, within_ms: 5000 };
      fs.writeFileSync(layout.adapter, JSON.stringify({ ...REFERENCE, health }));
      const run = await started();
      const { session_id } = await run.hears('hello');
      await world.stage('1.1.0', fault);
      await run.ended;
      const restored = await world.record(
        ({ notice, status }) =>
          notice === 'Update failed; restored Reference v1.0.0.' && status === 'running',
      );
      assert.deepEqual([restored.version, restored.session_id], ['1.0.0', session_id]);
      assert.deepEqual(await world.world.client.versions(), {
        active: '1.0.0',
        staged: null,
        previous: null,
      });
      const { ignored } = (await service.status('acme')).stored.state;
      assert.deepEqual(
        ignored.map(({ version, reason }) => [version, reason]),
        [['1.1.0', 'crash_loop']],
      );
      assert.deepEqual(intents(), []);
      await world.terminal.until(/^\[idle\]/m);
      const last = world.driver.runs.at(-1);
      world.terminal.type('still here\r');
      const prompt = await last?.hears('prompt');
      assert.deepEqual([prompt?.['text'], prompt?.['session_id']], ['still here', session_id]);
    });
  }

  it('goes on in the new version when the old one took long to end', async () => {
    world = await SupervisedWorld.start();
    // Two hooks of the person's own, at the end of a session: together they take longer than anybody waits.
    const hook = { hooks: [{ type: 'command', command: 'until [ -e go ]; do sleep 0.1; done' }] };
    fs.writeFileSync(
      path.join(world.world.client.home, 'own.json'),
      JSON.stringify({ hooks: { SessionEnd: [hook, hook] } }),
    );
    const run = await started('--settings own.json');
    const { session_id } = await run.hears('hello');
    await world.stage('1.1.0');
    await run.hears('stopping');
    await world.record(({ status }) => status === 'restarting');
    await world.record(({ status }) => status === 'running');
    assert.deepEqual([intents(), world.driver.runs.length], [[], 1]);
    fs.writeFileSync(path.join(world.world.client.home, 'go'), '');
    const hello = await (await later(2)).hears('hello');
    assert.deepEqual([hello['version'], hello['session_id']], ['1.1.0', session_id]);
    await world.blockedBy();
  });

  it('R13: a program that does not end when asked is left running, and what was written down holds no secret', async () => {
    world = await SupervisedWorld.start({ SECRET_TOKEN: 'hunter2', LC_ALL: 'C.UTF-8' }, 'ignore_sigterm');
    const run = await started();
    await world.stage('1.1.0');
    while (intents().length === 0) await new Promise((resolve) => setImmediate(resolve));
    const file = path.join(world.world.client.layout.intents, intents()[0] ?? '');
    const text = fs.readFileSync(file, 'utf8');
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const { environment, staged, previous } = restartIntentSchema.parse(JSON.parse(text));
    assert.doesNotMatch(text, /hunter2|SECRET_TOKEN/);
    assert.deepEqual(environment, { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' });
    assert.deepEqual([staged.version, previous?.version], ['1.1.0', '1.0.0']);

    while (intents().length > 0) await new Promise((resolve) => setImmediate(resolve));
    await world.record(({ status }) => status === 'running');
    world.terminal.type('still here\r');
    assert.equal((await run.hears('prompt'))['text'], 'still here');
    await run.does({ do: 'end' });
    assert.deepEqual(await world.world.client.versions(), {
      active: '1.0.0',
      staged: '1.1.0',
      previous: null,
    });
    await ended();
    assert.equal(world.driver.runs.length, 1);
  });
});
