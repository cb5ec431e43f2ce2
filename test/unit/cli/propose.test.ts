import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { answerSchemas, failureSchema } from '../../../src/cli/answer-schemas.ts';
import { runFake, type CliRun } from '../../support/cli-run.ts';
import { aProposal } from '../../support/fake-workspace.ts';

/** What reached the workspace, bytes as text. */
function proposed(run: CliRun): unknown {
  const [call] = run.calls.filter(({ method }) => method === 'skills.propose');
  const text = JSON.stringify(call?.args.slice(0, 2), (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
  return JSON.parse(
    text.replaceAll(/\{"type":"Buffer","data":(\[[^\]]*\])\}/g, (_all, bytes: string) =>
      JSON.stringify(Buffer.from(JSON.parse(bytes) as number[]).toString()),
    ),
  );
}

describe('skills propose', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'beaver-propose-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const propose = (args: readonly string[], input = '') =>
    runFake(['skills', 'propose', 'notes', '--reason', 'Clearer.', ...args], {}, { cwd: folder, input });

  it('gives SKILL.md, supporting files with their executable bit, and what is to go', async () => {
    await writeFile(path.join(folder, 'new.md'), '# New\n');
    await writeFile(path.join(folder, 'run.sh'), 'echo\n');
    await chmod(path.join(folder, 'run.sh'), 0o755);
    const run = await propose([
      ...['--file', 'new.md', '--put', 'bin/run=run.sh', '--put', 'docs/a=b.md=new.md'],
      ...['--remove', 'old.md', '--base', 'v0001'],
    ]);
    assert.equal(run.exit, 3, 'the part before the first = is the path, so "b.md=new.md" is not a file');
    const good = await propose([
      ...['--file', 'new.md', '--put', 'bin/run=run.sh', '--remove', 'old.md', '--remove', 'b.md'],
      ...['--base', 'v0001'],
    ]);
    assert.equal(good.exit, 0, good.err);
    assert.deepEqual(proposed(good), [
      'notes',
      {
        content: {
          kind: 'changes',
          put: [
            { path: 'SKILL.md', bytes: '# New\n', executable: false },
            { path: 'bin/run', bytes: 'echo\n', executable: true },
          ],
          remove: ['old.md', 'b.md'],
        },
        reason: 'Clearer.',
        through: 'cli',
        baseVersion: 'v0001',
      },
    ]);
    assert.match(good.out, /waits for a review/);
  });

  it('reads SKILL.md from standard input with -', async () => {
    const run = await propose(['--file', '-'], '# Piped\n');
    assert.deepEqual(proposed(run), [
      'notes',
      {
        content: {
          kind: 'changes',
          put: [{ path: 'SKILL.md', bytes: '# Piped\n', executable: false }],
          remove: [],
        },
        reason: 'Clearer.',
        through: 'cli',
      },
    ]);
  });

  it('gives a whole folder', async () => {
    await mkdir(path.join(folder, 'skill/docs'), { recursive: true });
    await writeFile(path.join(folder, 'skill/SKILL.md'), '# New\n');
    await writeFile(path.join(folder, 'skill/docs/a.md'), 'a\n');
    const run = await propose(['--folder', 'skill']);
    assert.equal(run.exit, 0, run.err);
    assert.deepEqual(proposed(run), [
      'notes',
      {
        content: {
          kind: 'tree',
          files: [
            { path: 'SKILL.md', bytes: '# New\n', executable: false },
            { path: 'docs/a.md', bytes: 'a\n', executable: false },
          ],
        },
        reason: 'Clearer.',
        through: 'cli',
      },
    ]);
  });

  for (const [what, args] of [
    ['nothing to propose', []],
    ['a folder together with a file', ['--folder', '.', '--file', '-']],
    ['--put without a file', ['--put', 'docs/a.md']],
    ['--put without a path', ['--put', '=a.md']],
  ] as const) {
    it(`refuses ${what} as words that are off`, async () => {
      const run = await propose([...args, '--json']);
      assert.equal(run.exit, 2);
      assert.equal(failureSchema.parse(JSON.parse(run.out)).error.code, 'usage');
      assert.deepEqual(run.calls, []);
    });
  }

  it('names a file that is not there, or a folder that is no skill, without its place on the machine', async () => {
    for (const args of [
      ['--file', 'gone.md'],
      ['--put', 'a=gone.md'],
      ['--folder', 'gone'],
      ['--folder', '.'],
    ]) {
      const run = await propose([...args, '--json']);
      assert.equal(run.exit, 3);
      assert(!run.out.includes(folder) && !run.err.includes(folder));
    }
  });

  it('needs a reason', async () => {
    const run = await runFake(['skills', 'propose', 'notes', '--file', '-', '--json']);
    assert.equal(run.exit, 2);
  });
});

describe('skills proposal', () => {
  it('tells the fate of a proposal, to people and to programs', async () => {
    const json = await runFake(['skills', 'proposal', 'id-1', '--json']);
    const [schema] = answerSchemas['skills proposal'];
    assert.equal(schema.parse(JSON.parse(json.out)).proposal.candidate_id, 'id-1');
    const decided = aProposal({
      status: 'rejected',
      decision: { decision: 'rejected', by: 'ann', at: '2026-11-02T00:00:00.000Z', reason: 'No\u001b[2J.' },
    });
    const text = await runFake(['skills', 'proposal', 'id-1'], { proposal: decided });
    assert.match(text.out, /Decision +rejected by ann at 2026-11-02T00:00:00.000Z No<U\+001B>\[2J\./);
  });
});
