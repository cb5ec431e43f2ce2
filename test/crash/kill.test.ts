import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
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
import { LIFE, Outside } from './life.ts';
import { type LifeRecord, recordLife, type StageRecord } from './undisturbed.ts';
import { readImage, writeImage } from './workspace-image.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PROJECT = path.resolve(HERE, '..', '..');
/** Children that live and die at the same time. */
const LANES = 2;

/** In memory where the system offers it: who is killed loses nothing either way, and there are a thousand workspaces to write. */
function scratchParent(): string {
  const memory = '/dev/shm';
  try {
    fs.accessSync(memory, fs.constants.W_OK);
    return memory;
  } catch {
    return os.tmpdir();
  }
}

/** One instant of the life: before call number `at` of a stage, which is after the one before it; past the last call, after that. */
interface Instant {
  readonly index: number;
  readonly record: StageRecord;
  readonly at: number;
}

describe('A process that is killed', function () {
  this.timeout(600_000);
  const files = new UnflushedFiles();
  let scratch: string;
  let child: string;
  let life: LifeRecord;

  before(async () => {
    scratch = fs.mkdtempSync(path.join(scratchParent(), 'beaver-kill-'));
    child = path.join(scratch, 'stage-child.cjs');
    // One file starts in a fifth of the time of a hundred, and there are hundreds of children.
    await build({
      entryPoints: [path.join(HERE, 'stage-child.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      outfile: child,
      supported: { 'dynamic-import': false },
      // As in the bundles of the extension: jsonc-parser's other form loads its parts in a way that no bundler follows.
      mainFields: ['module', 'main'],
      external: ['fs-native-extensions'],
      // Threads are not for a child that makes one call at a time.
      logOverride: { 'empty-import-meta': 'silent' },
    });
    life = await recordLife(files, path.join(scratch, 'undisturbed'), standingPorts);
  });
  after(() => {
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  const runChild = async (root: string, { record, at }: Instant): Promise<boolean> => {
    const running = spawn(process.execPath, [child, root, record.stage.name, String(at)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_PATH: path.join(PROJECT, 'node_modules'),
        NODE_COMPILE_CACHE: path.join(scratch, 'compiled'),
      },
    });
    const [code, signal] = (await once(running, 'exit')) as [number | null, NodeJS.Signals | null];
    assert.ok(code === 0 || signal === 'SIGKILL', `The child ended with ${String(code ?? signal)}.`);
    return signal === 'SIGKILL';
  };

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
    const killed = await runChild(root, instant);
    assert.equal(killed, instant.at <= record.calls.length, 'The child was killed where it should be.');

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
        const root = path.join(scratch, `lane-${lane}`);
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
