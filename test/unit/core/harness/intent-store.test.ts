import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  afterFailedStart,
  intentEnvironment,
  IntentStore,
} from '../../../../src/core/harness/intent-store.ts';
import type { RestartIntent } from '../../../../src/core/harness/restart-intent.ts';
import { NodeMachine } from '../../../../src/node/harness/node-machine.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';
import { INTENTS, IntentWorld } from '../../../support/intent-world.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

describe('A restart intent', () => {
  let world: IntentWorld;
  let files: MemoryFileSystem;
  beforeEach(async () => {
    world = new IntentWorld();
    files = new MemoryFileSystem();
    await world.prepare(files);
  });

  it('is read as it was written, and is gone when the restart is over', async () => {
    const store = world.store(files);
    const intent = world.intent();
    await store.write(intent);
    assert.deepEqual(await store.read('one'), { kind: 'usable', intent });
    assert.deepEqual(await store.list(), [{ kind: 'usable', intent }]);
    await store.remove('one');
    assert.deepEqual(await store.read('one'), { kind: 'none' });
    assert.deepEqual(await store.list(), []);
  });

  it('is acted on by whoever comes after its owner died', async () => {
    await world.store(files).write(world.intent());
    world.processes.end(10);
    world.processes.start(20, world.clock.now());
    assert.equal((await world.store(files, { pid: 20 }).read('one')).kind, 'usable');
  });

  it('belongs to its owner while that lives: nobody else acts on it, and it stays where it is', async () => {
    await world.store(files).write(world.intent());
    const other = world.store(files, { pid: 20 });
    assert.deepEqual(await other.read('one'), { kind: 'refused', intentId: 'one', why: 'owned' });
    assert.equal((await world.store(files).read('one')).kind, 'usable');
  });

  it('does not belong to a process that got the number of its owner', async () => {
    await world.store(files).write(world.intent());
    world.processes.start(10, world.clock.now());
    assert.equal((await world.store(files, { pid: 20 }).read('one')).kind, 'usable');
  });

  const REFUSED: readonly (readonly [string, Partial<RestartIntent>, (() => void)?])[] = [
    ['expired', { expires_at: '2026-11-21T12:00:00.000Z' }],
    ['from_the_future', { created_at: '2027-11-21T12:00:00.000Z', expires_at: '2027-11-21T12:15:00.000Z' }],
    ['session_unnamed', { session_id: '' }],
    ['transcript_missing', { rollout_path: path.resolve('/home/gone.jsonl') }],
    ['folder_missing', { cwd: path.resolve('/gone') }],
    ['trials_used_up', { rollback: { active: null, trial: 2 } }],
  ];
  for (const [why, changes] of REFUSED) {
    it(`F36: is put aside and kept when it cannot be acted on: ${why}`, async () => {
      const store = world.store(files);
      await store.write(world.intent(changes));
      assert.deepEqual(await store.read('one'), { kind: 'refused', intentId: 'one', why });
      assert.deepEqual(await store.read('one'), { kind: 'none' });
      assert.ok((await files.readFile(path.join(INTENTS, 'one.json.rejected'))) !== undefined);
    });
  }

  it('F36: of another user or of another machine is put aside', async () => {
    for (const [self, why] of [
      [{ uid: 1001 }, 'other_user'],
      [{ host: 'there' }, 'other_host'],
    ] as const) {
      await world.store(files).write(world.intent());
      assert.deepEqual(await world.store(files, self).read('one'), { kind: 'refused', intentId: 'one', why });
    }
  });

  it('F36: whose session runs elsewhere is put aside: two never go on with one conversation', async () => {
    await world.store(files).write(world.intent());
    world.processes.end(10);
    world.live.add('session');
    const reading = await world.store(files, { pid: 20 }).read('one');
    assert.deepEqual(reading, { kind: 'refused', intentId: 'one', why: 'session_live' });
  });

  for (const [what, text, why] of [
    ['empty', '', 'unreadable'],
    ['half', '{"schema_version":1,"intent_id":"o', 'unreadable'],
    ['zeros', '\0\0\0\0', 'unreadable'],
    ['of an older schema', '{"schema_version":0}', 'unreadable'],
    ['of a newer schema', '{"schema_version":2}', 'schema_newer'],
  ] as const) {
    it(`F36: that is ${what} is put aside, byte for byte`, async () => {
      await files.writeFile(path.join(INTENTS, 'one.json'), Buffer.from(text));
      assert.deepEqual(await world.store(files).list(), [{ kind: 'refused', intentId: 'one', why }]);
      const kept = await files.readFile(path.join(INTENTS, 'one.json.rejected'));
      assert.equal(Buffer.from(kept ?? []).toString(), text);
    });
  }

  it('F36: keeps members that this Beaver does not know', async () => {
    const store = world.store(files);
    await store.write({ ...world.intent(), later: 'kept' });
    const reading = await store.read('one');
    assert.ok(reading.kind === 'usable');
    assert.equal(reading.intent['later'], 'kept');
  });

  it('is tried twice, and then returned from', () => {
    const first = afterFailedStart(world.intent());
    assert.equal(first.rollback.trial, 1);
    assert.equal(afterFailedStart(afterFailedStart(first)).rollback.trial, 2);
  });

  it('R13: holds variables by their names only, and no secret', () => {
    const environment = {
      TERM: 'xterm',
      ANTHROPIC_API_KEY: 'secret',
      PATH: '/bin',
      LANG: 'C',
      NO_COLOR: undefined,
    };
    assert.deepEqual(intentEnvironment(environment), { LANG: 'C', TERM: 'xterm' });
  });

  it('R13: can be read by its owner alone', async function () {
    if (process.platform === 'win32') {
      assert.ok(true, 'Windows has no such modes.');
      return;
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'beaver-intent-'));
    try {
      const intents = path.join(folder, 'intents');
      const ports = nodePorts();
      const deps = {
        files: ports.files,
        clock: world.clock,
        machine: new NodeMachine(),
        processes: world.processes,
        self: { uid: 1000, host: 'here', pid: 10 },
        isLive: () => Promise.resolve(false),
      };
      const store = new IntentStore(deps, intents);
      await store.write(world.intent());
      await store.write(world.intent({ argv: ['again'] }));
      assert.equal(statSync(path.join(intents, 'one.json')).mode & 0o777, 0o600);
      assert.equal(statSync(intents).mode & 0o777, 0o700);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is of no use in a folder that others can change', async () => {
    await world.store(files).write(world.intent());
    const open = new IntentStore(
      {
        files,
        machine: {
          makePrivateFolder: () => Promise.resolve(),
          privacyOf: () => Promise.resolve('writable_by_others'),
        },
        clock: world.clock,
        processes: world.processes,
        self: { uid: 1000, host: 'here', pid: 10 },
        isLive: () => Promise.resolve(false),
      },
      INTENTS,
    );
    assert.deepEqual(await open.list(), []);
  });
});
