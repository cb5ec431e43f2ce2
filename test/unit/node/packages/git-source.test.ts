import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { MARKETPLACE_FILES } from '../../../../src/core/install/preflight/marketplace-file.ts';
import type { PackageSource } from '../../../../src/core/package-ports.ts';
import { GitHttpServer } from '../../../support/git-http-server.ts';
import { GitRepository } from '../../../support/git-repository.ts';
import { PackageSandbox, textsIn } from '../../../support/package-sandbox.ts';

type GitPackage = Extract<PackageSource, { kind: 'git' }>;

describe('packages in git repositories', () => {
  let sandbox: PackageSandbox;
  let server: GitHttpServer;
  let repository: GitRepository;

  const source = (changes: Partial<GitPackage> = {}): GitPackage => ({
    ...{ kind: 'git', url: server.url('tools/.git'), subpath: '', ref: null, commit: null },
    ...changes,
  });
  const head = (): string => repository.git('rev-parse', 'HEAD').trim();
  const resolved = (commit: string, changes: Partial<GitPackage> = {}) => ({
    source: source(changes),
    identity: { kind: 'commit' as const, commit },
    version: null,
  });

  beforeEach(async () => {
    sandbox = await PackageSandbox.create();
    await mkdir(sandbox.path('repos', 'tools'), { recursive: true });
    repository = new GitRepository(sandbox.path('repos', 'tools'));
    repository.git('config', 'uploadpack.allowFilter', 'true');
    await sandbox.write('repos/tools', {
      '.claude-plugin/marketplace.json': '{"name":"tools","plugins":[]}',
      'plugins/notes/skills/notes/SKILL.md': '# Notes\n',
      'plugins/other/skills/other/SKILL.md': '# Other\n',
    });
    repository.commit();
    server = await GitHttpServer.start(sandbox.path('repos'));
  });

  afterEach(async () => {
    await server.close();
    await sandbox.remove();
  });

  it('gives the files of a folder of a commit and nothing else', async () => {
    await sandbox.packages().fetch(resolved(head(), { subpath: 'plugins/notes' }), sandbox.path('x'));
    assert.deepEqual(await textsIn(sandbox.path('x')), { 'skills/notes/SKILL.md': '# Notes\n' });
  });

  it('fetches only the blobs of that folder where the server can filter', async () => {
    await sandbox.write('repos/tools', {
      'plugins/other/large.txt': 'x'.repeat(100) + Math.random().toString(),
    });
    repository.commit();
    const commit = head();
    await sandbox.packages().fetch(resolved(commit, { subpath: 'plugins/notes' }), sandbox.path('x'));
    const [id = ''] = await readdir(sandbox.path('cache', 'git'));
    const clone = sandbox.path('cache', 'git', id, 'repository');
    const other = repository.git('rev-parse', `${commit}:plugins/other/large.txt`).trim();
    const asked = new GitRepository(await empty('asked')).run('--git-dir', clone, 'cat-file', '-e', other);
    assert.notEqual(asked.status, 0);
  });

  async function empty(name: string): Promise<string> {
    const folder = sandbox.path(name);
    await mkdir(folder);
    return folder;
  }

  it('says what branches and tags stand for, annotated tags by their commit', async () => {
    const first = head();
    repository.git('tag', 'v1.0.0');
    await sandbox.write('repos/tools', { 'README.md': 'two' });
    repository.commit();
    repository.git('tag', '--annotate', '--message', 'two', 'notes--v2.0.0');
    const packages = sandbox.packages();
    const { head: now, others } = await packages.offers(source());
    assert.deepEqual(now, {
      identity: { kind: 'commit', commit: head() },
      tags: ['notes--v2.0.0'],
      version: '2.0.0',
    });
    assert.deepEqual(others, [
      { identity: { kind: 'commit', commit: first }, tags: ['v1.0.0'], version: '1.0.0' },
    ]);
    const tagged = await packages.offers(source({ ref: 'v1.0.0' }));
    assert.deepEqual(tagged.head?.identity, { kind: 'commit', commit: first });
    assert.equal((await packages.offers(source({ ref: 'nowhere' }))).head, null);
  });

  it('gives a commit that nothing names any more', async () => {
    const first = head();
    await sandbox.write('repos/tools', { 'plugins/notes/skills/notes/SKILL.md': '# Newer\n' });
    repository.git('add', '--all');
    repository.git('commit', '--quiet', '--amend', '--message', 'again');
    await sandbox.packages().fetch(resolved(first, { subpath: 'plugins/notes' }), sandbox.path('x'));
    assert.deepEqual(await textsIn(sandbox.path('x')), { 'skills/notes/SKILL.md': '# Notes\n' });
  });

  it('keeps the executable bit and follows links that stay in the repository', async () => {
    const root = sandbox.path('repos', 'tools');
    await writeFile(path.join(root, 'plugins/notes/run.sh'), '#!/bin/sh\n');
    await chmod(path.join(root, 'plugins/notes/run.sh'), 0o755);
    await symlink('../other/skills/other', path.join(root, 'plugins/notes/shared'));
    repository.commit();
    await sandbox.packages().fetch(resolved(head(), { subpath: 'plugins/notes' }), sandbox.path('x'));
    assert.deepEqual(await textsIn(sandbox.path('x')), {
      'run.sh': '#!/bin/sh\n',
      'shared/SKILL.md': '# Other\n',
      'skills/notes/SKILL.md': '# Notes\n',
    });
    const { mode } = await import('node:fs').then((fs) => fs.statSync(sandbox.path('x', 'run.sh')));
    assert.equal(mode & 0o111, 0o111);
  });

  for (const [what, target] of [
    ['an absolute path', '/etc/passwd'],
    ['a place above the repository', '../../../outside'],
    ['itself', 'shared'],
  ] as const) {
    it(`refuses a link to ${what}`, async () => {
      await symlink(target, sandbox.path('repos', 'tools', 'plugins', 'notes', 'shared'));
      repository.commit();
      await assert.rejects(
        sandbox.packages().fetch(resolved(head(), { subpath: 'plugins/notes' }), sandbox.path('x')),
        { code: 'package_unsafe' },
      );
    });
  }

  it('runs no hook, no filter and no submodule of what it fetches', async () => {
    const mark = sandbox.path('ran');
    await sandbox.write('repos/tools', {
      '.gitattributes': '* filter=evil\n*.md export-subst\n',
      '.gitmodules': `[submodule "s"]\n path = sub\n url = ${server.url('other')}\n`,
      '.lfsconfig': '[lfs]\n url = http://127.0.0.1:1/\n',
    });
    repository.git('update-index', '--add', '--cacheinfo', `160000,${head()},sub`);
    repository.commit();
    const environment = {
      PATH: process.env['PATH'],
      HOME: sandbox.root,
      GIT_DIR: '/nowhere',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'filter.evil.smudge',
      GIT_CONFIG_VALUE_0: `touch ${mark}`,
    };
    const packages = sandbox.packages({ environment });
    await packages.fetch(resolved(head()), sandbox.path('x'));
    assert.equal((await textsIn(sandbox.path('x')))['plugins/notes/skills/notes/SKILL.md'], '# Notes\n');
    await assert.rejects(readdir(mark), { code: 'ENOENT' });
    await assert.rejects(readdir(sandbox.path('x', 'sub')), { code: 'ENOENT' });
    assert.ok(!server.requests.some((request) => request.includes('other')));
  });

  it('finds the catalog in order of preference, and nothing new when the commit is known', async () => {
    const packages = sandbox.packages();
    const found = await packages.marketplace(source(), MARKETPLACE_FILES, null);
    assert.ok(found !== 'unchanged');
    assert.equal(found.file, '.claude-plugin/marketplace.json');
    assert.equal(found.revision, head());
    assert.equal(Buffer.from(found.bytes).toString(), '{"name":"tools","plugins":[]}');
    assert.equal(await packages.marketplace(source(), MARKETPLACE_FILES, head()), 'unchanged');
  });

  it('tells folders apart by what they hold', async () => {
    const packages = sandbox.packages();
    const folders = ['plugins/notes', 'plugins/other', 'plugins/none', 'README.md'];
    const before = head();
    await packages.marketplace(source(), MARKETPLACE_FILES, null);
    const first = await packages.folderIds(source(), before, folders);
    assert.deepEqual([...first.keys()], ['plugins/notes', 'plugins/other']);
    await sandbox.write('repos/tools', { 'plugins/other/skills/other/SKILL.md': '# Changed\n' });
    repository.commit();
    const second = await packages.folderIds(source(), head(), folders);
    assert.equal(second.get('plugins/notes'), first.get('plugins/notes'));
    assert.notEqual(second.get('plugins/other'), first.get('plugins/other'));
  });

  it('works offline with what it has, at once, and says so when that is not enough', async () => {
    const commit = head();
    const online = sandbox.packages();
    const offers = await online.offers(source());
    await online.fetch(resolved(commit, { subpath: 'plugins/notes' }), sandbox.path('x'));
    server.goSilent();
    const offline = sandbox.packages();
    assert.deepEqual(await offline.offers(source(), { offline: true }), offers);
    await offline.fetch(resolved(commit, { subpath: 'plugins/notes' }), sandbox.path('y'), { offline: true });
    assert.deepEqual(await textsIn(sandbox.path('y')), await textsIn(sandbox.path('x')));
    await assert.rejects(offline.fetch(resolved(commit), sandbox.path('z'), { offline: true }), {
      code: 'fetch_offline',
    });
    await assert.rejects(offline.offers(source({ url: server.url('unseen') }), { offline: true }), {
      code: 'fetch_offline',
    });
  });

  it('ends what git started when it is cancelled', async () => {
    server.goSilent();
    const controller = new AbortController();
    const waiting = sandbox.packages().offers(source(), { signal: controller.signal });
    await assert.rejects(
      async () => {
        while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
        controller.abort();
        await waiting;
      },
      { code: 'fetch_cancelled' },
    );
  });

  it('tells a missing repository from a server that is not there', async () => {
    const packages = sandbox.packages();
    await assert.rejects(packages.offers(source({ url: server.url('missing') })), {
      code: 'source_not_found',
    });
    await assert.rejects(packages.fetch(resolved('a'.repeat(40)), sandbox.path('x')), {
      code: 'source_not_found',
    });
    await assert.rejects(packages.fetch(resolved(head(), { subpath: 'plugins/none' }), sandbox.path('x')), {
      code: 'source_not_found',
    });
    const here = source();
    await server.close();
    await assert.rejects(packages.offers(here), { code: 'fetch_offline' });
    server = await GitHttpServer.start(sandbox.path('repos'));
  });

  it('makes a clone anew that was damaged or left half done', async () => {
    const packages = sandbox.packages();
    await packages.fetch(resolved(head()), sandbox.path('x'));
    const [id = ''] = await readdir(sandbox.path('cache', 'git'));
    const clone = sandbox.path('cache', 'git', id, 'repository');
    const packs = path.join(clone, 'objects', 'pack');
    for (const name of await readdir(packs)) {
      if (!name.endsWith('.pack')) continue;
      await rm(path.join(packs, name));
      await writeFile(path.join(packs, name), 'torn');
    }
    await writeFile(path.join(clone, 'shallow.lock'), '');
    assert.deepEqual(
      (await packages.verifyCache()).removed.map(({ kind }) => kind),
      ['git'],
    );
    await packages.fetch(resolved(head()), sandbox.path('y'));
    assert.deepEqual(await textsIn(sandbox.path('y')), await textsIn(sandbox.path('x')));
  });

  it('mends a clone whose blobs turn out to be damaged while they are read', async () => {
    const text = Array.from({ length: 4000 }, (_, line) => Math.sin(line).toString(36)).join('\n');
    await sandbox.write('repos/tools', { 'plugins/notes/skills/notes/table.md': text });
    repository.commit();
    const packages = sandbox.packages();
    await packages.fetch(resolved(head()), sandbox.path('x'));
    const [id = ''] = await readdir(sandbox.path('cache', 'git'));
    const packs = sandbox.path('cache', 'git', id, 'repository', 'objects', 'pack');
    for (const name of await readdir(packs)) {
      if (!name.endsWith('.pack')) continue;
      const file = path.join(packs, name);
      const bytes = await readFile(file);
      const middle = Math.floor(bytes.length / 2);
      bytes.fill(0x55, middle, middle + 64);
      await rm(file);
      await writeFile(file, bytes);
    }
    await packages.fetch(resolved(head()), sandbox.path('y'));
    assert.deepEqual(await textsIn(sandbox.path('y')), await textsIn(sandbox.path('x')));
  });

  it('keeps its clone when the server fails', async () => {
    const packages = sandbox.packages();
    const commit = head();
    await packages.fetch(resolved(commit), sandbox.path('x'));
    server.breakDown();
    await assert.rejects(packages.fetch(resolved('b'.repeat(40)), sandbox.path('y')), {
      code: 'fetch_failed',
    });
    await packages.fetch(resolved(commit), sandbox.path('z'), { offline: true });
    assert.deepEqual(await textsIn(sandbox.path('z')), await textsIn(sandbox.path('x')));
  });

  it('refuses a link that is longer than any path', async () => {
    const file = sandbox.path('long');
    await writeFile(file, 'a'.repeat(5000));
    const oid = repository.git('hash-object', '-w', file).trim();
    repository.git('update-index', '--add', '--cacheinfo', `120000,${oid},plugins/notes/link`);
    repository.git('commit', '--quiet', '--message', 'link');
    await assert.rejects(sandbox.packages().fetch(resolved(head()), sandbox.path('x')), {
      code: 'package_unsafe',
    });
  });

  it('goes on after a fetch that was killed and left its lock behind', async () => {
    const packages = sandbox.packages();
    await packages.fetch(resolved(head()), sandbox.path('x'));
    const [id = ''] = await readdir(sandbox.path('cache', 'git'));
    await writeFile(sandbox.path('cache', 'git', id, 'repository', 'shallow.lock'), '');
    await sandbox.write('repos/tools', { 'plugins/notes/skills/notes/SKILL.md': '# Newer\n' });
    repository.commit();
    await packages.fetch(resolved(head(), { subpath: 'plugins/notes' }), sandbox.path('y'));
    assert.deepEqual(await textsIn(sandbox.path('y')), { 'skills/notes/SKILL.md': '# Newer\n' });
  });

  it('lets several windows fetch from one repository at the same time', async () => {
    const commit = head();
    const all = Array.from({ length: 4 }, async (_, index) => {
      const into = sandbox.path('x', String(index));
      await sandbox.packages().fetch(resolved(commit, { subpath: 'plugins/notes' }), into);
      return textsIn(into);
    });
    for (const texts of await Promise.all(all))
      assert.deepEqual(texts, { 'skills/notes/SKILL.md': '# Notes\n' });
  });

  it('refuses addresses with credentials, unencrypted ones, and what git could take for an option', async () => {
    for (const url of [
      'https://user:secret@example.org/a.git',
      'http://example.org/a.git',
      'git://example.org/a.git',
      'ext::sh -c id',
      '--upload-pack=touch',
      'ssh://-oProxyCommand=id/a',
    ]) {
      await assert.rejects(sandbox.packages().offers(source({ url })), { code: 'source_refused' }, url);
    }
  });
});
