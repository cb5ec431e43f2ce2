import assert from 'node:assert/strict';
import * as path from 'node:path';
import { jobsFolder, JobRegistry, type NewJob } from '../../../../src/core/harness/job-registry.ts';
import { restartQuiescence } from '../../../../src/core/harness/quiescence.ts';
import { reduceTurn } from '../../../../src/core/harness/turn-reducer.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';
import { type FakePorts, fakePorts } from '../../../support/ports.ts';
import { ScriptedProcesses } from '../../../support/scripted-processes.ts';
import { TurnHistory } from '../../../support/turn-history.ts';

const HOME = path.resolve('/home');
const WAIT = { kind: 'bounded', timeout: 1000 } as const;

describe('The registry of jobs', () => {
  let ports: FakePorts;
  let processes: ScriptedProcesses;
  let registry: JobRegistry;
  beforeEach(() => {
    ports = fakePorts(new MemoryFileSystem());
    processes = new ScriptedProcesses();
    registry = new JobRegistry({ ...ports, processes }, HOME);
  });

  const job = (changes: Partial<NewJob> = {}): NewJob => ({
    job_id: 'review',
    harness: 'acme',
    session_id: 'one',
    kind: 'review',
    label: 'background review',
    is_durable: true,
    pid: 50,
    ...changes,
  });
  const durable = async (): Promise<readonly (boolean | string)[]> =>
    ((await registry.signal('one')).background_tasks ?? []).flatMap(({ id, durable: is }) => [id, is]);

  it('adopts a durable job again by its number and its start, whoever started it', async () => {
    processes.start(50, 1000);
    await registry.add(job(), WAIT);
    const later = new JobRegistry({ ...ports, processes }, HOME);
    const { running, lost } = await later.adopt(WAIT);
    assert.deepEqual([running.map(({ job_id }) => job_id), lost], [['review'], []]);
    assert.deepEqual(await durable(), ['review', true]);
  });

  it('does not adopt a process that got its number: the job is lost, and that is said', async () => {
    processes.start(50, 1000);
    await registry.add(job(), WAIT);
    processes.start(50, 900_000);
    const { running, lost } = await registry.adopt(WAIT);
    assert.deepEqual(running, []);
    assert.deepEqual(
      lost.map(({ job_id, status }) => [job_id, status]),
      [['review', 'lost']],
    );
    assert.deepEqual((await registry.adopt(WAIT)).lost, [], 'it is said once');
  });

  it('knows nothing without a process to be durable', async () => {
    await registry.add(job({ pid: null }), WAIT);
    await registry.add(job({ job_id: 'gone', pid: 51 }), WAIT);
    assert.deepEqual(await durable(), ['gone', false, 'review', false]);
  });

  it('records the end of a job once, also when it ended during a restart', async () => {
    processes.start(50, 1000);
    await registry.add(job(), WAIT);
    ports.clock.advance(5000);
    processes.end(50);
    const [first, second] = await Promise.all([
      registry.end('review', { exitCode: 0 }, WAIT),
      registry.end('review', { exitCode: 1 }, WAIT),
    ]);
    assert.deepEqual(first, second);
    assert.deepEqual([first?.status, first?.exit_code], ['finished', 0]);
    // The supervisor that comes next finds it ended, and does not call it lost.
    assert.deepEqual(await registry.adopt(WAIT), { running: [], lost: [] });
    ports.clock.advance(5000);
    assert.deepEqual(await registry.end('review', { exitCode: 2 }, WAIT), first);
    assert.equal(await registry.end('unknown', { exitCode: 0 }, WAIT), undefined);
  });

  it('keeps the job that runs when it is added again', async () => {
    processes.start(50, 1000);
    const first = await registry.add(job(), WAIT);
    processes.start(60, 2000);
    assert.deepEqual(await registry.add(job({ pid: 60 }), WAIT), first);
  });

  it('Q11: keeps a session from being restarted as long as a job runs that is not durable', async () => {
    processes.start(50, 1000);
    await registry.add(job({ is_durable: false }), WAIT);
    await registry.add(job({ job_id: 'other', session_id: 'two', is_durable: false }), WAIT);
    const history = TurnHistory.quiet();
    const at = new Date(history.now).toISOString();
    const ask = async (): Promise<string> => {
      const state = reduceTurn(history.state, { ...(await registry.signal('one')), at });
      return restartQuiescence(state, history.now).status;
    };
    assert.equal(await ask(), 'blocked');
    processes.end(50);
    assert.equal(await ask(), 'ready');
  });

  it('takes a record that cannot be read for a job that runs', async () => {
    await ports.files.makeDirectory(jobsFolder(HOME));
    await ports.files.writeFile(path.join(jobsFolder(HOME), 'odd.json'), Buffer.from('{"schema_version":9}'));
    await ports.files.writeFile(path.join(jobsFolder(HOME), 'notes.txt'), Buffer.from(''));
    assert.deepEqual(await durable(), ['odd', false]);
    assert.deepEqual(await registry.list(), []);
  });

  it('takes no id that could lead elsewhere', async () => {
    await assert.rejects(registry.add(job({ job_id: '../x' }), WAIT), RangeError);
  });
});
