import assert from 'node:assert/strict';
import * as path from 'node:path';
import type { FileSystem } from '../../src/core/ports.ts';
import { crashStates, toMemoryFiles } from '../support/crash-states.ts';
import { FaultFileSystem } from '../support/fault-files.ts';
import {
  assertSettled,
  carryOutInstall,
  forcedRollbacks,
  INSTALL_OPERATIONS,
  type InstallDoors,
  type InstalledFacts,
  installedFacts,
  installReleases,
  openInstalls,
  prepareInstalls,
} from '../support/install-faults.ts';
import { MemoryFileSystem } from '../support/memory-files.ts';
import { fakePorts } from '../support/ports.ts';
import { RecordingFileSystem } from '../support/recording-files.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { changesDisk, SmallSteps, standingPorts, UnflushedFiles } from './crash-ports.ts';
import { DyingProcesses } from './dying-process.ts';
import { readImage, writeImage } from './workspace-image.ts';

const ROOT = path.resolve('/life');
/** States that are recovered per operation: drawn from all that the cut may leave. */
const DRAWN = 60;
/** Children that live and die at the same time. */
const LANES = 2;

/** Whoever comes next finds the version before or the one after, and a registry that is what is on disk. */
async function assertRecovered(
  doors: InstallDoors,
  before: InstalledFacts,
  after: InstalledFacts,
  earlier: number,
): Promise<'before' | 'after'> {
  await openInstalls(doors, installReleases(doors.ports.files)).plugins.sync();
  await assertSettled(doors);
  const now = await installedFacts(doors);
  const rolledBack = (await forcedRollbacks(doors)) - earlier;
  if (JSON.stringify(now.active) === JSON.stringify(after.active)) {
    assert.equal(rolledBack, 0);
    return 'after';
  }
  assert.deepEqual(now, before);
  assert.ok(rolledBack <= 1, 'one rollback event at most');
  return 'before';
}

describe('An installation', function () {
  this.timeout(300_000);

  for (const [index, operation] of INSTALL_OPERATIONS.entries()) {
    it(`is whole or not there after a power cut: ${operation}`, async () => {
      const memory = new MemoryFileSystem();
      const doors = { root: ROOT, ports: fakePorts(memory) };
      await prepareInstalls(doors, operation);
      const before = await installedFacts(doors);
      const earlier = await forcedRollbacks(doors);
      const recorder = await RecordingFileSystem.start(memory, ROOT);
      await carryOutInstall({ root: ROOT, ports: fakePorts(recorder) }, operation);
      const after = await installedFacts(doors);
      const random = new SeededRandom(index);
      const drawn: { readonly files: () => Promise<FileSystem>; readonly acknowledged: boolean }[] = [];
      let found = 0;
      for (const state of crashStates(recorder.recording(), { limit: 16 })) {
        const acknowledged = state.afterOperation === recorder.length;
        found += 1;
        const slot = drawn.length < DRAWN ? drawn.length : random.below(found);
        if (acknowledged || slot < DRAWN)
          drawn[acknowledged ? drawn.length : slot] = {
            files: () => toMemoryFiles(state, ROOT),
            acknowledged,
          };
      }
      assert.ok(found > DRAWN);
      for (const { files, acknowledged } of drawn) {
        const left = { root: ROOT, ports: fakePorts(await files()) };
        const end = await assertRecovered(left, before, after, earlier);
        if (acknowledged) assert.equal(end, 'after', 'what was answered stays');
      }
    });
  }

  describe('by a process that is killed', () => {
    const files = new UnflushedFiles();
    let children: DyingProcesses;
    before(async () => {
      children = await DyingProcesses.of('install-child');
    });
    after(() => {
      children.dispose();
    });

    for (const operation of INSTALL_OPERATIONS) {
      it(`is whole or not there, whichever call it dies before or after: ${operation}`, async () => {
        const root = path.join(children.scratch, 'life');
        const doors = { root, ports: standingPorts(files) };
        await prepareInstalls(doors, operation);
        const image = await readImage(files, root);
        const before = await installedFacts(doors);
        const earlier = await forcedRollbacks(doors);
        // As the children meet it: an image has no empty folders.
        await writeImage(files, root, image);
        const counting = new FaultFileSystem(files, {
          at: 0,
          counts: changesDisk,
          fault: { kind: 'fail', code: 'EIO' },
        });
        await carryOutInstall({ root, ports: standingPorts(new SmallSteps(counting)) }, operation);
        const after = await installedFacts(doors);
        await files.remove(root);
        const ends = new Set<string>();
        // Before one call that changes the disk is after the one before it; reading in between leaves the disk as it is.
        let next = 1;
        const lane = async (_: unknown, number: number): Promise<void> => {
          const here = path.join(children.scratch, `lane-${number}`);
          for (let at = next++; at <= counting.calls.length + 1; at = next++) {
            await writeImage(files, here, image);
            const end = await children.run(here, operation, String(at));
            assert.equal(end.kind, at > counting.calls.length ? 'ended' : 'killed', `call ${at}`);
            ends.add(
              await assertRecovered({ root: here, ports: standingPorts(files) }, before, after, earlier),
            );
          }
        };
        await Promise.all(Array.from({ length: LANES }, lane));
        assert.deepEqual(ends, new Set(['before', 'after']));
      });
    }
  });
});
