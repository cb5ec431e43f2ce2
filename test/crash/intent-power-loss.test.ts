import assert from 'node:assert/strict';
import type { RestartIntent } from '../../src/core/harness/restart-intent.ts';
import type { FileSystem } from '../../src/core/ports.ts';
import { crashStates, toMemoryFiles } from '../support/crash-states.ts';
import { FaultFileSystem, isMutation } from '../support/fault-files.ts';
import { INTENT_HOME, IntentWorld } from '../support/intent-world.ts';
import { MemoryFileSystem } from '../support/memory-files.ts';
import { RecordingFileSystem } from '../support/recording-files.ts';

/** The steps of a restart that touch its intent: it is written, written again after a start that failed, and removed. */
const SCENES: readonly {
  readonly name: string;
  readonly before: (world: IntentWorld) => RestartIntent | undefined;
  readonly act: (world: IntentWorld, files: FileSystem) => Promise<void>;
  readonly after: (world: IntentWorld) => RestartIntent | undefined;
}[] = [
  {
    name: 'writing it (S17)',
    before: () => undefined,
    act: (world, files) => world.store(files).write(world.intent()),
    after: (world) => world.intent(),
  },
  {
    name: 'counting a start that failed (S21)',
    before: (world) => world.intent(),
    act: (world, files) => world.store(files).write(world.intent({ rollback: { active: null, trial: 1 } })),
    after: (world) => world.intent({ rollback: { active: null, trial: 1 } }),
  },
  {
    name: 'removing it (S22)',
    before: (world) => world.intent(),
    act: (world, files) => world.store(files).remove('one'),
    after: () => undefined,
  },
];

async function found(world: IntentWorld, files: FileSystem): Promise<RestartIntent | undefined> {
  const reading = await world.store(files).read('one');
  assert.notEqual(reading.kind, 'refused', 'a torn intent');
  return reading.kind === 'usable' ? reading.intent : undefined;
}

async function prepared(world: IntentWorld, before: RestartIntent | undefined): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  await world.prepare(files);
  if (before !== undefined) await world.store(files).write(before);
  return files;
}

describe('A restart intent', () => {
  for (const { name, before, act, after } of SCENES) {
    for (const surviving of ['any', 'prefix'] as const) {
      it(`F25: is the old one or the new one, whole, after a power cut while ${name} (names: ${surviving})`, async () => {
        const world = new IntentWorld();
        const recorder = await RecordingFileSystem.start(await prepared(world, before(world)), INTENT_HOME);
        await act(world, recorder);
        let states = 0;
        for (const state of crashStates(recorder.recording(), { limit: 64, surviving })) {
          states += 1;
          const now = await found(world, await toMemoryFiles(state, INTENT_HOME));
          if (state.afterOperation === recorder.length) assert.deepEqual(now, after(world));
          else {
            const either = [before(world), after(world)].map((one) => JSON.stringify(one));
            assert.ok(either.includes(JSON.stringify(now)), JSON.stringify(now));
          }
        }
        assert.ok(states > 2, `only ${states} states`);
      });
    }

    for (const fault of [
      { code: 'ENOSPC', torn: true, persistent: true },
      { code: 'EIO', torn: true },
      { code: 'EPERM' },
    ]) {
      it(`F24: is the old one or the new one after ${fault.code} at every call of ${name}`, async () => {
        const world = new IntentWorld();
        for (let at = 1; ; at += 1) {
          const files = await prepared(world, before(world));
          const faulty = new FaultFileSystem(files, {
            at,
            counts: isMutation,
            fault: { kind: 'fail', ...fault },
          });
          const failed = await act(world, faulty).then(
            () => false,
            () => true,
          );
          if (faulty.calls.length < at) break;
          const now = JSON.stringify(await found(world, files));
          const either = [before(world), after(world)].map((one) => JSON.stringify(one));
          assert.ok(either.includes(now), `call ${at}: ${now}`);
          // What was answered holds: only a write that did not fail may be followed by a stop.
          if (!failed) assert.equal(now, JSON.stringify(after(world)));
        }
      });
    }
  }
});
