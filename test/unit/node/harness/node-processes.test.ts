import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { JobRegistry } from '../../../../src/core/harness/job-registry.ts';
import { NodeProcesses } from '../../../../src/node/harness/node-processes.ts';
import { nodePorts } from '../../../../src/node/node-ports.ts';

const WAIT = { kind: 'bounded', timeout: 20_000 } as const;
/** Runs until its standard input ends; `detached` ones until they are killed. */
const IDLE = 'process.stdin.resume(); setInterval(() => undefined, 60_000)';

describe('The processes of this machine', function () {
  this.timeout(30_000);
  const processes = new NodeProcesses();
  const children: ChildProcess[] = [];
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'beaver-jobs-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  function started(): { readonly child: ChildProcess; readonly pid: number; readonly ended: Promise<void> } {
    const child = spawn(process.execPath, ['-e', IDLE], { stdio: ['pipe', 'ignore', 'ignore'] });
    children.push(child);
    const ended = new Promise<void>((resolve) => {
      child.on('exit', () => {
        resolve();
      });
    });
    assert.ok(child.pid !== undefined);
    return { child, pid: child.pid, ended };
  }

  it('say when they were started, the same at every look, and nothing when they are gone', async () => {
    const { child, pid, ended } = started();
    const first = processes.startedAt(pid);
    assert.ok(first !== undefined);
    if (first > 0) assert.ok(Math.abs(first - Date.now()) < 60_000, String(first - Date.now()));
    assert.equal(processes.startedAt(pid), first);
    child.kill('SIGKILL');
    await ended;
    assert.equal(processes.startedAt(pid), undefined);
    assert.equal(processes.startedAt(2 ** 30), undefined);
  });

  it('carry durable jobs over a restart: another registry adopts the one that lives and reports the one that was killed', async () => {
    const ports = nodePorts();
    const before = new JobRegistry({ ...ports, processes }, home);
    const [keeps, dies] = [started(), started()];
    const job = { harness: 'acme', session_id: 'one', kind: 'review', label: 'background review' } as const;
    await before.add({ ...job, job_id: 'keeps', is_durable: true, pid: keeps.pid }, WAIT);
    await before.add({ ...job, job_id: 'dies', is_durable: true, pid: dies.pid }, WAIT);
    dies.child.kill('SIGKILL');
    await dies.ended;
    const after = new JobRegistry({ ...nodePorts(), processes }, home);
    const { running, lost } = await after.adopt(WAIT);
    assert.deepEqual(
      [running, lost].map((jobs) => jobs.map(({ job_id }) => job_id)),
      [['keeps'], ['dies']],
    );
    assert.ok(processes.startedAt(keeps.pid) !== undefined, 'it was never touched');
  });
});
