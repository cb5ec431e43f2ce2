import assert from 'node:assert/strict';
import * as path from 'node:path';
import { isBeaverError } from '../../src/base/errors.ts';
import type { FileSystem, Ports } from '../../src/core/ports.ts';
import {
  type FaultPlan,
  FaultFileSystem,
  type FileCall,
  type FileMethod,
  isMutation,
} from '../support/fault-files.ts';
import { MemoryFileSystem } from '../support/memory-files.ts';
import { fakePorts } from '../support/ports.ts';
import { openStage, openStageAgain } from './crash-ports.ts';
import { LIFE, TARGETS } from './life.ts';
import {
  assertEditsKept,
  assertImmutable,
  assertPluginsUntouched,
  assertPointersHold,
  assertWhole,
  factsOf,
  withoutLog,
} from './oracle.ts';
import { type LifeRecord, recordLife, type StageRecord } from './undisturbed.ts';
import { readImage, type WorkspaceImage, writeImage } from './workspace-image.ts';

const ROOT = path.resolve('/life');
const CODES = ['ENOSPC', 'EIO', 'EPERM', 'EBUSY'] as const;
const KINDS = CODES.flatMap((code) => [
  { code, persistent: false },
  { code, persistent: true },
]);

const ports = (files: FileSystem): Ports => fakePorts(files);

describe('A disk that fails', function () {
  this.timeout(300_000);
  let life: LifeRecord;
  before(async () => {
    life = await recordLife(new MemoryFileSystem(), ROOT, ports);
  });

  for (const [index, { name }] of LIFE.entries()) {
    it(`is answered in words and costs nothing, at each write: ${name}`, async () => {
      const record = recordOf(life, index);
      for (const { number: at } of await callsOf(record, isMutation)) {
        // One of the eight kinds at each call, the next one at the next, and another one in the next stage.
        const kind = KINDS[(at + index) % KINDS.length];
        assert.ok(kind !== undefined);
        await survive(record, {
          at,
          counts: isMutation,
          fault: { kind: 'fail', ...kind, torn: kind.code === 'ENOSPC' },
        });
      }
    });

    it(`is answered in words and costs nothing, at each read: ${name}`, async () => {
      const record = recordOf(life, index);
      const reads = (method: FileMethod): boolean => !isMutation(method);
      const calls = await callsOf(record, reads);
      const key = ({ method, path: target }: FileCall): string => `${method} ${target}`;
      const last = new Map(calls.map((call) => [key(call), call]));
      const first = new Map(calls.toReversed().map((call) => [key(call), call]));
      // A command reads some files many times: the first and the last of them are struck.
      for (const { number: at } of new Set([...first.values(), ...last.values()]))
        await survive(record, {
          at,
          counts: reads,
          fault: { kind: 'fail', code: 'EIO', persistent: at % 2 === 0 },
        });
    });
  }
});

function recordOf(life: LifeRecord, index: number): StageRecord {
  const record = life.stages[index];
  assert.ok(record !== undefined);
  return record;
}

async function callsOf(
  record: StageRecord,
  counts: (method: FileMethod) => boolean,
): Promise<readonly FileCall[]> {
  const files = new MemoryFileSystem();
  await writeImage(files, ROOT, record.before);
  const counting = new FaultFileSystem(files, { at: 0, counts, fault: { kind: 'fail', code: 'EIO' } });
  await record.stage.act(openStage(record.stage, ports(counting), ROOT));
  return counting.calls;
}

async function survive(record: StageRecord, plan: FaultPlan): Promise<void> {
  const files = new MemoryFileSystem();
  await writeImage(files, ROOT, record.before);
  const faulty = new FaultFileSystem(files, plan);
  const beaver = openStage(record.stage, ports(faulty), ROOT);
  const answer = await record.stage.act(beaver).then(
    () => 'done',
    (error: unknown) => error,
  );
  const struck = faulty.calls[plan.at - 1];
  const where = `${struck?.method ?? ''} of ${struck?.path ?? ''}: ${JSON.stringify(plan.fault)}`;
  if (answer !== 'done' && !isBeaverError(answer))
    throw new Error(`Not in words: ${where}`, { cause: answer });

  try {
    // A package or a target that cannot be read is a finding: the command does the rest, which may end in other whole states than these.
    const elsewhere = struck !== undefined && !isMutation(struck.method) && isForeign(struck.path);
    const assertKept = async (): Promise<WorkspaceImage> => {
      const now = await readImage(files, ROOT);
      assertPluginsUntouched(record.before, now);
      assertImmutable(record.before, now, elsewhere ? now : record.after);
      assertPointersHold(now);
      assertEditsKept(now, record.edits);
      return now;
    };
    await assertKept();

    // The fault is gone; a workspace that met it once is as good as a new one.
    const persistent = plan.fault.kind === 'fail' && plan.fault.persistent === true;
    const after = persistent ? openStageAgain(record.stage, ports(files), ROOT) : beaver;
    await after.plugins.sync();
    const whole = await assertKept();
    if (!elsewhere) {
      const found = assertWhole(
        withoutLog(factsOf(whole)),
        record.states.map(({ facts }) => withoutLog(facts)),
      );
      if (answer === 'done') assert.equal(found, record.states.length - 1, 'What was answered is undone.');
    }
    await record.stage.act(after);
    await after.plugins.sync();
    const done = await assertKept();
    const { findings } = await after.doctor();
    // An edit that could not be read when it was to be captured waits for the next command that captures.
    const wrong = findings.filter(({ code }) => !(elsewhere && code === 'local_edits_found'));
    assert.deepEqual(wrong, []);
    if (!elsewhere) assert.deepEqual(withoutLog(factsOf(done)), withoutLog(record.done));
  } catch (cause) {
    throw new Error(where, { cause });
  }
}

/**
 * What others write: packages of plugins, and the folders that agents read. Also what was just moved out of such a folder: when it cannot
 * be looked at, it may be an edit, and is put back for a later command to take out.
 */
function isForeign(target: string): boolean {
  const name = path.relative(ROOT, target).split(path.sep).join('/');
  return (
    ['plugins', ...TARGETS].some((folder) => name === folder || name.startsWith(`${folder}/`)) ||
    /^\.beaver\/staging\/plugin-skills\/[^/]+\/(?:removed|place)\//.test(name)
  );
}
