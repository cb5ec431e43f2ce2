import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DraftResolution } from '../../../src/app/api.ts';
import { answerSchemas, failureSchema } from '../../../src/cli/answer-schemas.ts';
import { aDocument, aDraft, aFinding } from '../../support/fake-workspace.ts';
import { runFake, type CliRun } from '../../support/cli-run.ts';
import { aGate, aGateFinding } from '../../support/gate-reports.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');
const [, draftText] = answerSchemas['updates show'];

/** The resolutions that reached the workspace, in order. */
function resolutions(run: CliRun): readonly unknown[] {
  return run.calls.filter((call) => call.method === 'updates.resolve').map((call) => call.args[1]);
}

describe('updates resolve', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'beaver-resolve-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the whole SKILL.md from a file, byte order mark and line ends as they are', async () => {
    await writeFile(path.join(folder, 'resolved.md'), '\uFEFF# Notes\r\n');
    const run = await runFake(words('updates resolve draft-1 --file resolved.md'), {}, { cwd: folder });
    assert.equal(run.exit, 0, run.err);
    const expected: DraftResolution = { kind: 'text', path: 'SKILL.md', text: '\uFEFF# Notes\r\n' };
    assert.deepEqual(resolutions(run), [expected]);
  });

  it('gives the whole text of a supporting file, from standard input with -', async () => {
    const run = await runFake(
      words('updates resolve draft-1 --path docs/a.md --file -'),
      {},
      { input: 'both\n' },
    );
    assert.deepEqual(resolutions(run), [{ kind: 'text', path: 'docs/a.md', text: 'both\n' }]);
  });

  it('chooses a side for a whole file', async () => {
    const run = await runFake(words('updates resolve draft-1 --path logo.png --choose removed'));
    assert.deepEqual(resolutions(run), [{ kind: 'file', path: 'logo.png', choice: 'removed' }]);
  });

  it('takes a side for single conflicts, one call a file, on top of what was settled before', async () => {
    const run = await runFake(
      words(
        'updates resolve draft-1 --conflict c2 --conflict docs/a.md#c2 --conflict c1 --take local_then_upstream',
      ),
      {
        documents: [
          aDocument({ resolutions: { c1: { take: 'base' }, c9: { take: 'text', text: 'x' } } }),
          aDocument({ path: 'docs/a.md' }),
        ],
      },
    );
    assert.equal(run.exit, 0, run.err);
    const take = 'local_then_upstream';
    assert.deepEqual(resolutions(run), [
      {
        kind: 'chunks',
        path: 'SKILL.md',
        resolutions: { c1: { take }, c2: { take }, c9: { take: 'text', text: 'x' } },
      },
      { kind: 'chunks', path: 'docs/a.md', resolutions: { c2: { take } } },
    ]);
  });

  const wholeFile = aDraft({
    status: 'conflicts',
    conflicts: [{ id: 'logo.png', file: 'logo.png', base: null, local: null, upstream: null }],
  });

  it('takes a side for a file that is in conflict as a whole', async () => {
    const run = await runFake(words('updates resolve draft-1 --conflict logo.png --take upstream'), {
      draft: wholeFile,
    });
    assert.deepEqual(resolutions(run), [{ kind: 'file', path: 'logo.png', choice: 'upstream' }]);
  });

  it('refuses to take both sides of such a file', async () => {
    const run = await runFake(
      words('updates resolve draft-1 --conflict logo.png --take upstream_then_local'),
      {
        draft: wholeFile,
      },
    );
    assert.equal(run.exit, 2);
    assert.deepEqual(resolutions(run), []);
  });

  it('refuses conflicts that the draft does not have', async () => {
    for (const id of ['c77', 'nowhere.md#c1', 'nowhere.md']) {
      const run = await runFake([
        'updates',
        'resolve',
        'draft-1',
        '--json',
        '--conflict',
        id,
        '--take',
        'local',
      ]);
      assert.equal(run.exit, 2);
      assert.equal(failureSchema.parse(JSON.parse(run.out)).error.code, 'conflict_unknown');
      assert.deepEqual(resolutions(run), []);
    }
  });

  it('refuses a missing file and one that is not text, and names neither by its absolute path', async () => {
    await writeFile(path.join(folder, 'picture.png'), Uint8Array.of(0x89, 0x50, 0x00, 0xff));
    await writeFile(path.join(folder, 'latin1.md'), Uint8Array.of(0x63, 0xe9));
    for (const [name, code] of [
      ['gone.md', 'file_unreadable'],
      ['.', 'file_unreadable'],
      ['picture.png', 'not_text'],
      ['latin1.md', 'not_text'],
    ] as const) {
      const file = path.join(folder, name);
      const run = await runFake(['updates', 'resolve', 'draft-1', '--json', '--file', file]);
      assert.equal(run.exit, 3);
      assert.equal(failureSchema.parse(JSON.parse(run.out)).error.code, code);
      assert.ok(!(run.out + run.err).includes(folder));
      assert.deepEqual(resolutions(run), []);
    }
  });
});

describe('updates show', () => {
  it('prints the result as it stands, conflicts between markers, to be edited and given back', async () => {
    const document = aDocument();
    const plain = await runFake(words('updates show draft-1 --text'));
    assert.equal(plain.out, document.result);
    assert.match(plain.out, /<<<<<<< local\nmine\n/);
    const answer = draftText.parse(
      JSON.parse((await runFake(words('updates show draft-1 --text --json'))).out),
    );
    assert.deepEqual(answer.document, { path: 'SKILL.md', text: document.result, unresolved: ['c2'] });
  });

  it('prints a supporting file by its path, and says which there are when it is another', async () => {
    const content = { documents: [aDocument(), aDocument({ path: 'docs/a.md', result: 'a\n' })] };
    assert.equal((await runFake(words('updates show draft-1 --text docs/a.md'), content)).out, 'a\n');
    const wrong = await runFake(words('updates show draft-1 --text b.md'), content);
    assert.equal(wrong.exit, 3);
    assert.match(wrong.err, /SKILL\.md, docs\/a\.md/);
  });

  it('shows a conflict with its three sides, the gates with their findings, and what to do next', async () => {
    const run = await runFake(words('updates show draft-1'), {
      draft: aDraft({
        status: 'conflicts',
        conflicts: [
          { id: 'c2', file: 'SKILL.md', base: 'old\n', local: 'mine\u001b[2J\nand more\n', upstream: null },
        ],
        gates: [
          aGate('safety', 'failed', {
            reason: 'one critical finding',
            findings: [aGateFinding(aFinding({ code: 'pipe_to_shell' }))],
          }),
          aGate('replay', 'not_run', { reason: 'no evals' }),
        ],
      }),
    });
    assert.equal(
      run.out,
      `Draft draft-1 of release-notes: conflicts
three_way on v0001, from plugin release-kit

FILE      FROM    WHY
SKILL.md  merged  Both sides changed it.

Conflict c2 in SKILL.md
  base
  | old
  local
  | mine<U+001B>[2J
  | and more
  upstream (not there)

Gate safety: failed, one critical finding
error skills/release-notes/versions/v0001: A version is not what was published. [pipe_to_shell]
  Restore it from version control.
Gate replay: not_run, no evals

Settle the conflicts: beaver updates resolve draft-1 --conflict ID --take local, or --file FILE.
`,
    );
  });
});
