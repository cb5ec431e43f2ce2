import assert from 'node:assert/strict';
import * as path from 'node:path';
import { BLOCKER_KINDS, type BlockerKind } from '../../../../src/core/harness/blocker.ts';
import { SessionTurns } from '../../../../src/core/harness/session-turns.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';
import { ScriptedProcesses } from '../../../support/scripted-processes.ts';

const HOME = path.resolve('/home');
const SESSIONS = path.join(HOME, 'state', 'sessions');
const PROJECT = path.resolve('/srv/project');

describe('The quiet boundary of a folder', () => {
  let files: MemoryFileSystem;
  let processes: ScriptedProcesses;
  let turns: SessionTurns;
  beforeEach(async () => {
    files = new MemoryFileSystem();
    await files.makeDirectory(SESSIONS);
    processes = new ScriptedProcesses();
    processes.start(7, Date.UTC(2026, 10, 21));
    turns = new SessionTurns(files, processes, HOME);
  });

  const blocked = (kind: BlockerKind) => ({
    status: 'blocked',
    blockers: [{ kind, source: 'hook', since: '2026-11-21T00:00:00.000Z', subject: null }],
  });

  async function session(quiescence: unknown, cwd = PROJECT, name = 'one'): Promise<void> {
    const supervisor = { pid: 7, started_at: '2026-11-21T00:00:00.000Z' };
    const record = { schema_version: 1, record_id: name, cwd, supervisor, quiescence };
    await files.writeFile(path.join(SESSIONS, `${name}.json`), Buffer.from(JSON.stringify(record)));
  }

  it('is there without sessions, and without the folder of their records', async () => {
    assert.equal(await turns.isQuiet(PROJECT), true);
    assert.equal(await new SessionTurns(files, processes, '/nowhere').isQuiet(PROJECT), true);
  });

  it('is not there while a turn runs in the folder, inside it or around it', async () => {
    for (const cwd of [PROJECT, path.join(PROJECT, 'src'), path.resolve('/srv')]) {
      await session(blocked('model_streaming'), cwd);
      assert.equal(await turns.isQuiet(PROJECT), false, cwd);
    }
    for (const cwd of [path.resolve('/srv/other'), `${PROJECT}-2`]) {
      await session(blocked('model_streaming'), cwd);
      assert.equal(await turns.isQuiet(PROJECT), true, cwd);
    }
  });

  it('does not mind one that is quiet beside one that is not', async () => {
    await session({ status: 'ready' });
    await session(blocked('tool_running'), PROJECT, 'two');
    assert.equal(await turns.isQuiet(PROJECT), false);
  });

  it('asks whether a turn runs, and not whether the session could be restarted', async () => {
    const busy: BlockerKind[] = [];
    for (const kind of Object.keys(BLOCKER_KINDS) as BlockerKind[]) {
      await session(blocked(kind));
      if (!(await turns.isQuiet(PROJECT))) busy.push(kind);
    }
    assert.deepEqual(busy, [
      'model_streaming',
      'tool_running',
      'permission_prompt',
      'question_open',
      'tool_callback',
      'queued_prompt',
      'compaction',
      'auto_continuation',
      'subagent_running',
    ]);
  });

  it('is there again when the supervisor was killed in the middle of a turn, whoever has its number now', async () => {
    await session(blocked('model_streaming'));
    processes.start(7, Date.UTC(2026, 10, 22));
    assert.equal(await turns.isQuiet(PROJECT), true);
    processes.end(7);
    assert.equal(await turns.isQuiet(PROJECT), true);
  });

  it('is not kept from anybody by a record that cannot be read', async () => {
    await files.writeFile(path.join(SESSIONS, 'odd.json'), Buffer.from('{'));
    await files.writeFile(path.join(SESSIONS, 'large.json'), Buffer.alloc(100_000, 0x20));
    await session(null, PROJECT, 'new');
    assert.equal(await turns.isQuiet(PROJECT), true);
  });
});
