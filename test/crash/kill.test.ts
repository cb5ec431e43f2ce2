import assert from 'node:assert/strict';
import * as path from 'node:path';
import { openLife, openStage, openStageAgain, standingPorts, UnflushedFiles } from './crash-ports.ts';
import {
  assertEditsKept,
  assertImmutable,
  assertPluginsUntouched,
  assertPointersHold,
  assertTargetsWhole,
  assertWhole,
  factsOf,
  visibleFacts,
  withoutLog,
} from './oracle.ts';
import { DyingProcesses } from './dying-process.ts';
import { LIFE, Outside } from './life.ts';
import { type LifeRecord, recordLife, type StageRecord } from './undisturbed.ts';
import { readImage, writeImage } from './workspace-image.ts';

/** Children that live and die at the same time. */
const LANES = 2;

/** One instant of the life: before call number `at` of a stage, which is after the one before it; past the last call, after that. */
interface Instant {
  readonly index: number;
  readonly record: StageRecord;
  readonly at: number;
}

describe('A process that is killed', function () {
  this.timeout(600_000);
  const files = new UnflushedFiles();
  let children: DyingProcesses;
  let life: LifeRecord;

  before(async () => {
    children = await DyingProcesses.of('stage-child');
    life = await recordLife(files, path.join(children.scratch, 'undisturbed'), standingPorts);
  });
  after(() => {
    children.dispose();
  });

  /** What was lived through to the end already, by stage: from equal facts equal commands lead to equal ends. */
  const lived = new Map<number, string[]>();
  const liveOn = async (root: string, index: number): Promise<void> => {
    const here = JSON.stringify(factsOf(await readImage(files, root)));
    const known = lived.get(index) ?? [];
    if (known.includes(here)) return;
    for (const stage of LIFE.slice(index + 1)) {
      await stage.prepare?.(new Outside(files, root));
      await stage.act(openStage(stage, standingPorts(files), root));
    }
    await openLife(standingPorts(files), root).plugins.sync();
    assert.deepEqual(visibleFacts(factsOf(await readImage(files, root))), life.end);
    lived.set(index, [...known, here]);
  };

  const survive = async (root: string, instant: Instant): Promise<void> => {
    const { record, index } = instant;
    await writeImage(files, root, record.before);
    const { kind } = await children.run(root, record.stage.name, String(instant.at));
    assert.equal(
      kind === 'killed',
      instant.at <= record.calls.length,
      'The child was killed where it should be.',
    );

    const torn = await readImage(files, root);
    assertPluginsUntouched(record.before, torn);
    assertImmutable(record.before, torn, record.after);
    assertPointersHold(torn);
    assertTargetsWhole(torn, record.images, false);
    assertEditsKept(torn, record.edits);

    await openLife(standingPorts(files), root).plugins.sync();
    const whole = await readImage(files, root);
    assertPluginsUntouched(record.before, whole);
    assertImmutable(record.before, whole, record.after);
    assertPointersHold(whole);
    const state =
      record.states[
        assertWhole(
          factsOf(whole),
          record.states.map(({ facts }) => facts),
        )
      ];
    assertEditsKept(whole, record.edits);
    assert.deepEqual((await openLife(standingPorts(files), root).doctor()).findings, state?.findings);

    await record.stage.act(openStageAgain(record.stage, standingPorts(files), root));
    await openLife(standingPorts(files), root).plugins.sync();
    const done = factsOf(await readImage(files, root));
    assert.deepEqual(withoutLog(done), withoutLog(record.done));
    await liveOn(root, index);
  };

  for (const [index, stage] of LIFE.entries()) {
    it(`keeps everything, wherever it dies: ${stage.name}`, async () => {
      const record = life.stages[index];
      assert.ok(record !== undefined);
      const instants = Array.from({ length: record.calls.length + 1 }, (_, at) => ({
        index,
        record,
        at: at + 1,
      }));
      let failure: Error | undefined;
      const lanes = Array.from({ length: LANES }, async (_, lane) => {
        const root = path.join(children.scratch, `lane-${lane}`);
        for (let instant = instants.shift(); instant !== undefined; instant = instants.shift()) {
          const { at } = instant;
          await survive(root, instant).catch((cause: unknown) => {
            const call = record.calls[at - 1];
            const where =
              call === undefined ? 'after the last call' : `before ${call.method} of ${call.path}`;
            failure ??= new Error(`Killed ${where} (${at} of ${record.calls.length})`, { cause });
            instants.length = 0;
          });
        }
      });
      await Promise.all(lanes);
      if (failure !== undefined) throw failure;
    });
  }
});
