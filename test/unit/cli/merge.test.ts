import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { answerSchemas, failureSchema } from '../../../src/cli/answer-schemas.ts';
import { runFake } from '../../support/cli-run.ts';

const [mergeAnswer] = answerSchemas.merge;

describe('merge', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'beaver-merge-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = async (
    base: string | Uint8Array,
    local: string | Uint8Array,
    upstream: string | Uint8Array,
  ) => {
    await writeFile(path.join(folder, 'base'), base);
    await writeFile(path.join(folder, 'local'), local);
    await writeFile(path.join(folder, 'upstream'), upstream);
  };
  const clean = () => put('a\n\nb\n\nc\n', 'A\n\nb\n\nc\n', 'a\n\nb\n\nC\n');
  const conflicting = () => put('a\nold\nb\n', 'a\nmine\nb\n', 'a\ntheirs\nb\n');
  const merge = (...args: readonly string[]) =>
    runFake(['merge', 'base', 'local', 'upstream', ...args], {}, { cwd: folder });
  const content = (name: string) => readFile(path.join(folder, name), 'utf8');

  it('prints the text and nothing else when it is clean, and opens no workspace', async () => {
    await clean();
    const run = await merge();
    assert.deepEqual([run.exit, run.out, run.err], [0, 'A\n\nb\n\nC\n', '']);
    assert.deepEqual(run.opened, []);
  });

  it('prints conflict markers and exits with 1 when the sides contradict each other', async () => {
    await conflicting();
    const run = await merge();
    assert.equal(run.exit, 1);
    assert.equal(
      run.out,
      'a\n<<<<<<< local\nmine\n||||||| base\nold\n=======\ntheirs\n>>>>>>> upstream\nb\n',
    );
  });

  it('answers text, conflicts and decisions as JSON', async () => {
    await conflicting();
    const run = await merge('--json');
    const answer = mergeAnswer.parse(JSON.parse(run.out));
    assert.equal(run.exit, 1);
    assert.deepEqual(answer.conflicts, [{ id: 'c2', base: 'old\n', local: 'mine\n', upstream: 'theirs\n' }]);
  });

  it('writes over one of its inputs where that is asked, keeping its permissions and leaving nothing beside it', async () => {
    await clean();
    const local = path.join(folder, 'local');
    await writeFile(local, 'A\n\nb\n\nc\n', { mode: 0o600 });
    const before = (await stat(local)).mode;
    const run = await merge('-o', 'local', '--path', 'SKILL.md');
    assert.deepEqual([run.exit, run.out], [0, '']);
    assert.equal(await content('local'), 'A\n\nb\n\nC\n');
    assert.equal((await stat(local)).mode, before);
    assert.deepEqual((await readdir(folder)).sort(), ['base', 'local', 'upstream']);
  });

  it('writes through a symbolic link instead of replacing it', async () => {
    await clean();
    await mkdir(path.join(folder, 'real'));
    await writeFile(path.join(folder, 'real', 'result'), 'before');
    await symlink(path.join(folder, 'real', 'result'), path.join(folder, 'link'), 'file');
    assert.equal((await merge('-o', 'link')).exit, 0);
    assert.equal(await content('real/result'), 'A\n\nb\n\nC\n');
    assert.deepEqual(await readdir(path.join(folder, 'real')), ['result']);
  });

  it('keeps the line ends and the byte order mark of the local side', async () => {
    await put('a\nb\nc\n', '\uFEFFmine\r\na\r\nb\r\nc\r\n', 'a\nb\nc\nlast\n');
    const run = await merge();
    assert.deepEqual([run.exit, run.out], [0, '\uFEFFmine\r\na\r\nb\r\nc\r\nlast\r\n']);
  });

  it('leaves the output alone when an input is missing or is not text', async () => {
    await put('a\n', 'b\n', Uint8Array.of(0, 1, 2));
    await writeFile(path.join(folder, 'result'), 'before');
    const binary = await merge('--json', '-o', 'result');
    await rm(path.join(folder, 'upstream'));
    const missing = await merge('--json', '-o', 'result');
    assert.deepEqual([binary.exit, missing.exit], [3, 3]);
    assert.equal(failureSchema.parse(JSON.parse(binary.out)).error.code, 'not_text');
    assert.deepEqual(failureSchema.parse(JSON.parse(missing.out)).error, {
      code: 'file_unreadable',
      message: 'The upstream file "upstream" does not exist.',
      next_step: 'Check the path; it is relative to the folder given with -C.',
      field: 'upstream',
    });
    assert.equal(await content('result'), 'before');
  });
});
