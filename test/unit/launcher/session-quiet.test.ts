import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { blockersOf, SupervisedWorld } from '../../support/supervised-world.ts';

/** A real program in a real terminal, its hooks, transcript, jobs and keys: what its supervisor records of it. */
describe('What a supervisor knows of its session', function () {
  this.timeout(120_000);
  let world: SupervisedWorld;

  beforeEach(async () => {
    world = await SupervisedWorld.start();
  });
  afterEach(() => world.dispose());

  it('is ready when nothing goes on, busy while a turn runs, and ready again when it is over and written', async () => {
    world.terminal.type('beaver-launch acme --model large\r');
    const run = await world.driver.run();
    const hello = await run.hears('hello');
    assert.equal(hello['model'], 'large');
    const ready = await world.record((record) => blockersOf(record).length === 0);
    assert.equal(ready.session_id, hello['session_id']);

    world.terminal.type('hello\r');
    await run.hears('prompt');
    await world.record((record) => blockersOf(record).includes('model_streaming'));
    await run.does({ do: 'tool', id: 't1', name: 'Bash' });
    const busy = await world.record((record) => blockersOf(record).includes('tool_running'));
    const asked = await world.ask(busy, { schema_version: 1, type: 'status_query' });
    assert.ok(asked.type === 'status' && asked.quiescence.status === 'blocked');
    assert.deepEqual([asked.version, asked.session_id], ['1.0.0', hello['session_id']]);
    assert.ok(
      asked.quiescence.blockers.some(({ kind, subject }) => kind === 'tool_running' && subject === 'Bash'),
    );
    await run.does({ do: 'tool_done', id: 't1' });
    await run.does({ do: 'end' });
    await world.blockedBy();
    assert.deepEqual(await world.ask(busy, { schema_version: 1, type: 'status_query' }), {
      ...asked,
      quiescence: { status: 'ready' },
    });
  });

  it('Q03: a permission that is asked for blocks until it is answered', async () => {
    world.terminal.type('beaver-launch acme\r');
    const run = await world.driver.run();
    await world.blockedBy();
    world.terminal.type('go\r');
    await run.hears('prompt');
    await run.does({ do: 'tool', id: 't1', name: 'Bash' });
    await run.does({ do: 'permission', id: 't1', name: 'Bash' });
    await world.record((record) => blockersOf(record).includes('permission_prompt'));
    world.terminal.type('y\r');
    await run.hears('answered');
    await run.does({ do: 'tool_done', id: 't1' });
    await world.record((record) => !blockersOf(record).includes('permission_prompt'));
    await run.does({ do: 'end' });
    await world.blockedBy();
  });

  it('Q07: what is written and not sent blocks until it is sent or taken back', async () => {
    world.terminal.type('beaver-launch acme\r');
    const run = await world.driver.run();
    await world.blockedBy();
    world.terminal.type('a thought');
    await world.blockedBy('unsent_draft');
    world.terminal.type('\r');
    await run.hears('prompt');
    await run.does({ do: 'end' });
    await world.blockedBy();
  });

  it('Q11: work behind the session blocks while it would end with it, and not when it is known to outlive it', async () => {
    world.terminal.type('beaver-launch acme\r');
    const run = await world.driver.run();
    await world.blockedBy();
    world.terminal.type('one\r');
    await run.hears('prompt');
    await run.does({ do: 'job', id: 'short', name: 'review', durable: false });
    await run.does({ do: 'end' });
    await world.blockedBy('background_task');

    world.terminal.type('two\r');
    await run.hears('prompt', 2);
    await run.does({ do: 'job_done', id: 'short' });
    await run.does({ do: 'job', id: 'long', name: 'watch', durable: true });
    while (fs.existsSync(path.join(world.driver.home, 'jobs', 'short.json')))
      await new Promise((resolve) => setImmediate(resolve));
    await run.does({ do: 'end' });
    await world.blockedBy();
    assert.deepEqual(
      fs.readdirSync(path.join(world.beaverHome, 'state', 'jobs')).includes('long.json'),
      true,
    );
    await run.does({ do: 'job_done', id: 'long' });
  });

  it('Q25: an operation of git that is not over blocks, and is named', async () => {
    const git = path.join(world.world.client.home, '.git');
    fs.mkdirSync(git);
    fs.writeFileSync(path.join(git, 'MERGE_HEAD'), '');
    world.terminal.type('beaver-launch acme\r');
    await world.driver.run();
    await world.blockedBy('repository_busy');
    fs.rmSync(path.join(git, 'MERGE_HEAD'));
    await world.blockedBy();
  });

  it('Q20: a session that is not kept is never ready, and neither is one of a program without an adapter', async () => {
    world.terminal.type('beaver-launch acme --no-session-persistence\r');
    await world.driver.run();
    await world.terminal.until(/^\[idle\]/m);
    await world.record((record) => blockersOf(record).includes('session_not_persisted'));
    world.terminal.type('\x04');
    await world.terminal.until(() => !world.terminal.alternate && /(^|\n)\$$/.test(world.terminal.screen));
    fs.rmSync(world.world.client.layout.adapter);
    world.terminal.type('beaver-launch acme\r');
    const run = await world.driver.run(2);
    const hello = await run.hears('hello');
    assert.deepEqual(hello['argv'], []);
    await world.record((record) => blockersOf(record).includes('unknown: no_signal'));
  });
});
