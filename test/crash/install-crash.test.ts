import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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
import { changesDisk, standingPorts, UnflushedFiles } from './crash-ports.ts';
import { readImage, writeImage } from './workspace-image.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PROJECT = path.resolve(HERE, '..', '..');
const ROOT = path.resolve('/life');
/** States that are recovered per operation: drawn from all that the cut may leave. */
const DRAWN = 60;
/** Of so many instants one is lived through. */
const EVERY = 7;

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
    let scratch: string;
    let child: string;
    before(async () => {
      scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'beaver-install-'));
      child = path.join(scratch, 'install-child.cjs');
      await build({
        entryPoints: [path.join(HERE, 'install-child.ts')],
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node24',
        outfile: child,
        mainFields: ['module', 'main'],
        supported: { 'dynamic-import': false },
        external: ['fs-native-extensions'],
        logOverride: { 'empty-import-meta': 'silent' },
      });
    });
    after(() => {
      fs.rmSync(scratch, { recursive: true, force: true });
    });

    for (const [index, operation] of INSTALL_OPERATIONS.entries()) {
      it(`is whole or not there, and the living are not taken for dead: ${operation}`, async () => {
        const root = path.join(scratch, 'life');
        const doors = { root, ports: standingPorts(files) };
        fs.rmSync(root, { recursive: true, force: true });
        fs.mkdirSync(root);
        await prepareInstalls(doors, operation);
        const image = await readImage(files, root);
        const before = await installedFacts(doors);
        const earlier = await forcedRollbacks(doors);
        const counting = new FaultFileSystem(files, {
          at: 0,
          counts: changesDisk,
          fault: { kind: 'fail', code: 'EIO' },
        });
        await carryOutInstall({ root, ports: standingPorts(counting) }, operation);
        const after = await installedFacts(doors);
        const ends = new Set<string>();
        for (let at = 1 + index; at <= counting.calls.length; at += EVERY) {
          await writeImage(files, root, image);
          const running = spawn(process.execPath, [child, root, operation, String(at)], {
            stdio: ['ignore', 'ignore', 'inherit'],
            env: { ...process.env, NODE_PATH: path.join(PROJECT, 'node_modules') },
          });
          const [code, signal] = (await once(running, 'exit')) as [number | null, NodeJS.Signals | null];
          assert.equal(signal, 'SIGKILL', `The child ended with ${String(code)} before call ${at}.`);
          ends.add(await assertRecovered({ root, ports: standingPorts(files) }, before, after, earlier));
        }
        assert.ok(ends.has('before'));
      });
    }
  });
});
