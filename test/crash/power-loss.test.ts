import assert from 'node:assert/strict';
import * as path from 'node:path';
import type { FileSystem, Ports } from '../../src/core/ports.ts';
import { crashStates, type CrashState, toMemoryFiles } from '../support/crash-states.ts';
import { MemoryFileSystem, type MemoryFilesOptions } from '../support/memory-files.ts';
import { fakePorts } from '../support/ports.ts';
import { RecordingFileSystem } from '../support/recording-files.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { openLife, openStage, openStageAgain } from './crash-ports.ts';
import { LIFE } from './life.ts';
import {
  assertEditsKept,
  assertImmutable,
  assertPluginsUntouched,
  assertPointersHold,
  assertTargetsWhole,
  assertWhole,
  factsOf,
  withoutLog,
} from './oracle.ts';
import { type LifeRecord, recordLife, type StageRecord } from './undisturbed.ts';
import { readImage, writeImage } from './workspace-image.ts';

const ROOT = path.resolve('/life');
/** States that are recovered per stage, besides those at its end: drawn from all that the cut may leave. */
const DRAWN = 15;

interface Disk {
  readonly name: string;
  readonly surviving: 'any' | 'prefix';
  readonly memory: MemoryFilesOptions;
}

const DISKS: readonly Disk[] = [
  { name: 'keeps any of the names that were not flushed', surviving: 'any', memory: {} },
  { name: 'keeps names in order', surviving: 'prefix', memory: {} },
  { name: 'cannot exchange two folders', surviving: 'any', memory: { exchange: false } },
];

const ports = (files: FileSystem): Ports => fakePorts(files);

describe('A power cut', function () {
  this.timeout(300_000);
  for (const disk of DISKS) {
    describe(`on a disk that ${disk.name}`, () => {
      let life: LifeRecord;
      before(async () => {
        life = await recordLife(new MemoryFileSystem(disk.memory), ROOT, ports);
      });
      for (const [index, { name }] of LIFE.entries()) {
        it(`loses nothing: ${name}`, async () => {
          const record = life.stages[index];
          assert.ok(record !== undefined);
          for (const state of await statesOf(record, disk, index)) await survive(record, disk, state);
        });
      }
    });
  }
});

interface Cut {
  readonly state: CrashState;
  /** The command had answered before the cut. */
  readonly acknowledged: boolean;
}

/** What is left of the disk by cuts in this stage: every different one after its last operation, and as many seeded draws of the others. */
async function statesOf(record: StageRecord, disk: Disk, index: number): Promise<readonly Cut[]> {
  const memory = new MemoryFileSystem(disk.memory);
  await writeImage(memory, ROOT, record.before);
  const recorder = await RecordingFileSystem.start(memory, ROOT);
  await record.stage.act(openStage(record.stage, ports(recorder), ROOT));
  const seen = new Set<string>();
  const cuts: Cut[] = [];
  const drawn: Cut[] = [];
  const random = new SeededRandom(index);
  let found = 0;
  for (const state of crashStates(recorder.recording(), { limit: 16, surviving: disk.surviving })) {
    const acknowledged = state.afterOperation === recorder.length;
    const key = `${String(acknowledged)} ${state.fingerprint}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (acknowledged) {
      cuts.push({ state, acknowledged });
      continue;
    }
    found += 1;
    const slot = drawn.length < DRAWN ? drawn.length : random.below(found);
    if (slot < DRAWN) drawn[slot] = { state, acknowledged };
  }
  return [...cuts, ...drawn];
}

async function survive(record: StageRecord, disk: Disk, { state, acknowledged }: Cut): Promise<void> {
  const files = await toMemoryFiles(state, ROOT, disk.memory);
  const where = `after ${state.afterOperation} operations`;
  const torn = await readImage(files, ROOT);
  assertPluginsUntouched(record.before, torn);
  assertImmutable(record.before, torn, record.after);
  assertPointersHold(torn);
  assertTargetsWhole(torn, record.images, disk.memory.exchange === false);

  await openLife(ports(files), ROOT).plugins.sync();
  const whole = await readImage(files, ROOT);
  assertPluginsUntouched(record.before, whole);
  assertImmutable(record.before, whole, record.after);
  assertPointersHold(whole);
  assertEditsKept(whole, record.edits);
  const found = assertWhole(
    factsOf(whole),
    record.states.map(({ facts }) => facts),
  );
  if (acknowledged) assert.equal(found, record.states.length - 1, `${where}: what was answered is undone`);

  await record.stage.act(openStageAgain(record.stage, ports(files), ROOT));
  await openLife(ports(files), ROOT).plugins.sync();
  assert.deepEqual(withoutLog(factsOf(await readImage(files, ROOT))), withoutLog(record.done), where);
}
