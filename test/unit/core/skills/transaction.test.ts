import assert from 'node:assert/strict';
import * as path from 'node:path';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import type { FileSystem } from '../../../../src/core/ports.ts';
import type { TreeFile } from '../../../../src/core/skills/models.ts';
import {
  hasUnfinishedTransaction,
  recoverTransactions,
  STAGING_KEPT,
} from '../../../../src/core/skills/redo.ts';
import type {
  PlaceStep,
  TransactionDeps,
  TransactionStep,
} from '../../../../src/core/skills/transaction-steps.ts';
import { Transaction, withTransaction } from '../../../../src/core/skills/transaction.ts';
import { FaultFileSystem, isMutation } from '../../../support/fault-files.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';
import { FakeClock, fakePorts } from '../../../support/ports.ts';

const ROOT = path.resolve('/work');
const layout = new WorkspaceLayout(ROOT);
const LOG = 'log.jsonl';
const STATE = 'folder/state.json';
const VERSION = 'skills/draw/versions/v0001';

const tree = (text: string): readonly TreeFile[] => [
  { path: 'SKILL.md', executable: false, content: { kind: 'bytes', bytes: Buffer.from(text) } },
];

interface Applied {
  readonly deps: TransactionDeps;
  readonly placed: PlaceStep[];
}

function transactions(files: FileSystem, clock = new FakeClock()): Applied {
  const placed: PlaceStep[] = [];
  const applyPlacements = (steps: readonly PlaceStep[]): Promise<void> => {
    placed.push(...steps);
    return Promise.resolve();
  };
  return { deps: { ports: { ...fakePorts(files), clock }, layout, applyPlacements }, placed };
}

async function text(files: FileSystem, name: string): Promise<string | undefined> {
  const bytes = await files.readFile(path.join(ROOT, name));
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

const PLACE: PlaceStep = {
  kind: 'place',
  target: '.agents/skills',
  skill_name: 'draw',
  version: 'v0001',
  tree_hash: 'a',
  staged: null,
  expected: null,
};
const STEPS: readonly TransactionStep[] = [
  { kind: 'promote', from: 'version', to: VERSION },
  { kind: 'write', path: STATE, text: 'new' },
  { kind: 'append', path: LOG, line: '{"event":1}' },
  { kind: 'append', path: LOG, line: '{"event":2}' },
  PLACE,
];

async function change(deps: TransactionDeps): Promise<void> {
  await withTransaction(deps, async (transaction) => {
    await transaction.stageTree('version', tree('one'));
    transaction.add(...STEPS);
    await transaction.commit('test');
  });
}

async function staged(files: FileSystem): Promise<readonly string[]> {
  return ((await files.readDirectory(layout.staging)) ?? []).map(({ name }) => name);
}

describe('A transaction', () => {
  let files: MemoryFileSystem;
  beforeEach(async () => {
    files = new MemoryFileSystem();
    await files.makeDirectory(path.join(ROOT, 'folder'));
    await files.writeFile(path.join(ROOT, STATE), Buffer.from('old'));
    await files.writeFile(path.join(ROOT, LOG), Buffer.from('{"event":0}\n'));
  });

  const assertNew = async (): Promise<void> => {
    assert.equal(await text(files, `${VERSION}/SKILL.md`), 'one');
    assert.equal(await text(files, STATE), 'new');
    assert.equal(await text(files, LOG), '{"event":0}\n{"event":1}\n{"event":2}\n');
  };
  const assertOld = async (): Promise<void> => {
    assert.equal(await text(files, `${VERSION}/SKILL.md`), undefined);
    assert.equal(await text(files, STATE), 'old');
    assert.equal(await text(files, LOG), '{"event":0}\n');
  };

  it('carries every step out and leaves no staging', async () => {
    const { deps, placed } = transactions(files);
    await change(deps);
    await assertNew();
    assert.deepEqual(placed, [PLACE]);
    assert.deepEqual(await staged(files), []);
  });

  it('touches nothing when it has no steps', async () => {
    await Transaction.begin(transactions(files).deps).commit('nothing');
    assert.equal(await files.lstat(layout.metadata), undefined);
  });

  it('discards what was staged when its body fails', async () => {
    const { deps } = transactions(files);
    const failing = withTransaction(deps, async (transaction) => {
      await transaction.stageTree('version', tree('one'));
      throw new Error('no');
    });
    await assert.rejects(failing, /no/);
    assert.deepEqual(await staged(files), []);
    await assertOld();
  });

  it('is whole or not there at all, whichever call fails, once it is recovered', async () => {
    const counting = new FaultFileSystem(files);
    await change(transactions(counting).deps);
    const calls = counting.calls.filter(({ method }) => isMutation(method)).length;
    const outcomes = new Set<string>();
    for (let at = 1; at <= calls; at += 1) {
      files = new MemoryFileSystem();
      await files.makeDirectory(path.join(ROOT, 'folder'));
      await files.writeFile(path.join(ROOT, STATE), Buffer.from('old'));
      await files.writeFile(path.join(ROOT, LOG), Buffer.from('{"event":0}\n'));
      const fault = { kind: 'fail', code: 'EIO', persistent: true, torn: true } as const;
      await assert.rejects(
        change(transactions(new FaultFileSystem(files, { at, fault, counts: isMutation })).deps),
        { code: 'EIO' },
      );
      const { deps } = transactions(files);
      const unfinished = await hasUnfinishedTransaction(files, layout);
      assert.deepEqual(await recoverTransactions(deps), unfinished ? ['test'] : []);
      if ((await text(files, STATE)) === 'new') await assertNew();
      else await assertOld();
      assert.deepEqual(await recoverTransactions(deps), []);
      outcomes.add((await text(files, STATE)) ?? '');
    }
    assert.deepEqual([...outcomes].sort(), ['new', 'old']);
  });

  it('may be carried out twice: a journal that is found again changes nothing', async () => {
    const { deps } = transactions(files);
    await change(deps);
    const folder = path.join(layout.staging, 'again');
    await files.makeDirectory(folder);
    const journal = JSON.stringify({ schema_version: 1, purpose: 'test', steps: STEPS });
    await files.writeFile(path.join(folder, 'commit.json'), Buffer.from(journal));
    assert.deepEqual(await recoverTransactions(deps), ['test']);
    await assertNew();
  });

  it('refuses to replace a version by another content, and leaves it as it is', async () => {
    const { deps } = transactions(files);
    await change(deps);
    const other = withTransaction(deps, async (transaction) => {
      await transaction.stageTree('version', tree('two'));
      transaction.add({ kind: 'promote', from: 'version', to: VERSION });
      await transaction.commit('replace');
    });
    await assert.rejects(other, (error) => isBeaverError(error, 'immutable_conflict'));
    assert.equal(await text(files, `${VERSION}/SKILL.md`), 'one');
  });

  it('says so when a staged folder of a committed change is gone', async () => {
    const { deps } = transactions(files);
    const folder = path.join(layout.staging, 'torn');
    await files.makeDirectory(folder);
    const journal = JSON.stringify({ schema_version: 1, purpose: 'test', steps: STEPS });
    await files.writeFile(path.join(folder, 'commit.json'), Buffer.from(journal));
    await assert.rejects(recoverTransactions(deps), (error) => isBeaverError(error, 'staging_lost'));
    await assertOld();
  });

  it('refuses a journal of a newer Beaver and leaves it', async () => {
    const folder = path.join(layout.staging, 'newer');
    await files.makeDirectory(folder);
    await files.writeFile(
      path.join(folder, 'commit.json'),
      Buffer.from(JSON.stringify({ schema_version: 2, purpose: 'test', steps: [] })),
    );
    await assert.rejects(recoverTransactions(transactions(files).deps), (error) =>
      isBeaverError(error, 'schema_newer'),
    );
    assert.deepEqual(await staged(files), ['newer']);
  });

  it('refuses a path that leaves the workspace', async () => {
    const { deps } = transactions(files);
    const leaving = withTransaction(deps, async (transaction) => {
      await transaction.stageTree('../outside', tree('one'));
    });
    await assert.rejects(leaving, (error) => isBeaverError(error, 'path_not_contained'));
    assert.deepEqual(await staged(files), []);
  });

  it('sweeps staging that is older than 24 hours and keeps what is younger', async () => {
    const clock = new FakeClock();
    files = new MemoryFileSystem({ clock });
    await files.makeDirectory(path.join(layout.staging, 'old'));
    clock.advance(STAGING_KEPT);
    await files.makeDirectory(path.join(layout.staging, 'young'));
    clock.advance(1);
    assert.deepEqual(await recoverTransactions(transactions(files, clock).deps), []);
    assert.deepEqual(await staged(files), ['young']);
  });
});
