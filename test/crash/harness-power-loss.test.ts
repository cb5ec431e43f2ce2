import assert from 'node:assert/strict';
import { toBeaverError } from '../../src/base/system-errors.ts';
import type { FileSystem } from '../../src/core/ports.ts';
import { crashStates, toMemoryFiles } from '../support/crash-states.ts';
import { FaultFileSystem, isMutation } from '../support/fault-files.ts';
import { HOME, MemoryHarness } from '../support/harness-memory.ts';
import { MemoryFileSystem } from '../support/memory-files.ts';
import { RecordingFileSystem } from '../support/recording-files.ts';
import { readImage, type WorkspaceImage, writeImage } from './workspace-image.ts';

interface Scene {
  readonly name: string;
  /** What the channel offers when the change begins, after the versions that are there. */
  readonly offers?: readonly [version: string, counter: number];
  readonly act: (harness: MemoryHarness, files: FileSystem) => Promise<unknown>;
  readonly before: string | undefined;
  readonly after: string;
  /** Versions that were installed before, in order. */
  readonly installed: readonly string[];
}

const update: Scene['act'] = (harness, files) => harness.update(files);

const SCENES: readonly Scene[] = [
  {
    name: 'a first update',
    installed: [],
    offers: ['1.0.0', 1],
    act: update,
    before: undefined,
    after: '1.0.0',
  },
  {
    name: 'an update that also removes what nothing names any more',
    installed: ['0.8.0', '0.9.0', '1.0.0'],
    offers: ['1.1.0', 9],
    act: update,
    before: '1.0.0',
    after: '1.1.0',
  },
  {
    name: 'a rollback',
    installed: ['0.9.0', '1.0.0'],
    act: (harness, files) => harness.rollback(files),
    before: '1.0.0',
    after: '0.9.0',
  },
];

async function prepared(
  scene: Scene,
): Promise<{ readonly harness: MemoryHarness; readonly image: WorkspaceImage }> {
  const harness = new MemoryHarness();
  const files = new MemoryFileSystem();
  await harness.add(files);
  for (const [index, version] of scene.installed.entries()) {
    harness.publish(version, index + 1);
    await harness.update(files);
  }
  if (scene.offers !== undefined) harness.publish(...scene.offers);
  return { harness, image: await readImage(files, HOME) };
}

async function filesOf(image: WorkspaceImage): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  await writeImage(files, HOME, image);
  return files;
}

describe('A harness', function () {
  this.timeout(300_000);
  for (const scene of SCENES) {
    for (const surviving of ['any', 'prefix'] as const) {
      it(`F25: starts after a power cut at every point of ${scene.name} (names that were not flushed: ${surviving})`, async () => {
        const { harness, image } = await prepared(scene);
        const recorder = await RecordingFileSystem.start(await filesOf(image), HOME);
        await scene.act(harness, recorder);
        let states = 0;
        const seen = new Set<string>();
        for (const state of crashStates(recorder.recording(), { limit: 64, surviving })) {
          const answered = state.afterOperation === recorder.length;
          const key = `${String(answered)} ${state.fingerprint}`;
          if (seen.has(key)) continue;
          seen.add(key);
          states += 1;
          const files = await toMemoryFiles(state, HOME);
          const found = await harness.starts(files);
          const where = `after ${state.afterOperation} operations`;
          if (answered) assert.equal(found, scene.after, `${where}: what was answered is undone`);
          else
            assert.ok(
              found === scene.before || found === scene.after,
              `${where}: ${String(found)} would start`,
            );
          // Recovery is whole: the change can be made again, and ends the same.
          if (states % 5 !== 0) continue;
          if (found !== scene.after) await scene.act(harness, files);
          assert.equal(await harness.starts(files), scene.after, where);
        }
        assert.ok(states > 5, `only ${states} states`);
      });
    }

    for (const fault of [
      { code: 'ENOSPC', torn: true, persistent: true },
      { code: 'EIO', torn: true },
      { code: 'EPERM' },
    ]) {
      it(`F24: starts after ${fault.code} at every call of ${scene.name}, and the next try succeeds`, async () => {
        const { harness, image } = await prepared(scene);
        for (let at = 1; ; at += 1) {
          const files = await filesOf(image);
          const faulty = new FaultFileSystem(files, {
            at,
            counts: isMutation,
            fault: { kind: 'fail', ...fault },
          });
          const failed = await scene.act(harness, faulty).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (faulty.calls.length < at) break;
          if (failed !== undefined) {
            // Said in words, whatever the call was.
            assert.ok(
              toBeaverError(failed) !== undefined,
              `call ${at}: ${failed instanceof Error ? failed.message : 'no error'}`,
            );
          }
          const found = await harness.starts(files);
          assert.ok(
            found === scene.before || found === scene.after,
            `call ${at}: ${String(found)} would start`,
          );
          if (found !== scene.after) await scene.act(harness, files);
          assert.equal(await harness.starts(files), scene.after, `call ${at}`);
        }
      });
    }
  }
});
