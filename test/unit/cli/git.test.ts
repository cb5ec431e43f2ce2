import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GitRepository } from '../../support/git-repository.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const GUIDE = new URL('../../../docs/git.md', import.meta.url);

/** A name that a shell would split, and end a quote in. */
const FILE = "skills/it's a skill/SKILL.md";

/** Only the line ends tell git's own merge, which fails on them, from Beaver's, which does not. */
const BASE = '# Notes\n\nfirst\n\nmiddle\n\nlast\n';
const LOCAL = BASE.replace('first', 'first, mine').replaceAll('\n', '\r\n');
const UPSTREAM = BASE.replace('last', 'last, theirs');
const MERGED = '# Notes\r\n\r\nfirst, mine\r\n\r\nmiddle\r\n\r\nlast, theirs\r\n';
const CONTRARY = BASE.replace('first', 'first, theirs');

describe('beaver merge in a real git', function () {
  this.timeout(60_000);
  let repository = '';
  let git: GitRepository;
  beforeEach(async () => {
    repository = await mkdtemp(path.join(os.tmpdir(), 'beaver-git-'));
    git = new GitRepository(repository);
  });
  afterEach(() => rm(repository, { recursive: true, force: true, maxRetries: 5 }));

  /** The lines of the guide that set `section` up, with this checkout's command in the place of the installed one. */
  async function configure(section: 'merge' | 'mergetool'): Promise<void> {
    const node = process.execPath.replaceAll('\\', '/');
    const command = `"${node}" --no-warnings "${MAIN.replaceAll('\\', '/')}"`;
    const lines = (await readFile(GUIDE, 'utf8')).matchAll(/^git config (\S+) '?(.*?)'?$/gm);
    let set = 0;
    for (const [, key = '', value = ''] of lines) {
      if (!key.startsWith(`${section}.`)) continue;
      git.git('config', key, value.replace(/^beaver /, `${command} `));
      set += 1;
    }
    assert.equal(set, 2);
  }

  async function commit(text: string, message: string): Promise<void> {
    await mkdir(path.join(repository, path.dirname(FILE)), { recursive: true });
    await writeFile(path.join(repository, FILE), text);
    git.commit(message);
  }

  /** Two branches that both changed the file; `main`, with the local one, is checked out. */
  async function branches(local: string, upstream: string, attributes = ''): Promise<void> {
    await writeFile(path.join(repository, '.gitattributes'), attributes);
    await commit(BASE, 'base');
    git.git('checkout', '--quiet', '-b', 'theirs');
    await commit(upstream, 'theirs');
    git.git('checkout', '--quiet', 'main');
    await commit(local, 'mine');
  }

  const result = () => readFile(path.join(repository, FILE), 'utf8');

  it('as the merge driver of the guide merges what git alone cannot', async () => {
    await configure('merge');
    await branches(LOCAL, UPSTREAM, 'SKILL.md merge=beaver\n');
    git.git('merge', '--no-edit', 'theirs');
    assert.equal(await result(), MERGED);
    assert.equal(git.git('status', '--porcelain'), '');
  });

  it('as the merge driver leaves its markers, and git a conflict, where the sides contradict each other', async () => {
    await configure('merge');
    await branches(BASE.replace('first', 'first, mine'), CONTRARY, 'SKILL.md merge=beaver\n');
    assert.equal(git.run('merge', '--no-edit', 'theirs').status, 1);
    assert.match(
      await result(),
      /<<<<<<< local\nfirst, mine\n\|\|\|\|\|\|\| base\nfirst\n=======\nfirst, theirs\n>>>>>>> upstream\n/,
    );
    assert.match(git.git('status', '--porcelain'), /^UU /m);
  });

  it('as the merge driver leaves a file that is no text as it was, and git a conflict', async () => {
    await configure('merge');
    await branches('mine\0', 'theirs\0', 'SKILL.md merge=beaver\n');
    assert.notEqual(git.run('merge', '--no-edit', 'theirs').status, 0);
    assert.equal(await result(), 'mine\0');
    assert.match(git.git('status', '--porcelain'), /^UU /m);
  });

  it('as the mergetool of the guide resolves what it can', async () => {
    await configure('mergetool');
    await branches(LOCAL, UPSTREAM);
    assert.equal(
      git.run('merge', '--no-edit', 'theirs').status,
      1,
      'git alone merges this: the test shows nothing',
    );
    git.git('mergetool', '--tool=beaver', '--no-prompt');
    assert.equal(await result(), MERGED);
    assert.doesNotMatch(git.git('status', '--porcelain'), /^UU /m);
  });

  it('as the mergetool stages nothing that still has a conflict', async () => {
    await configure('mergetool');
    await branches(LOCAL, CONTRARY);
    git.run('merge', '--no-edit', 'theirs');
    const before = await result();
    assert.notEqual(git.run('mergetool', '--tool=beaver', '--no-prompt').status, 0);
    assert.equal(await result(), before);
    assert.match(git.git('status', '--porcelain'), /^UU /m);
  });
});
