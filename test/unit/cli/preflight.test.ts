import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { preflightReportSchema, type PreflightReport } from '../../../src/core/install/preflight/report.ts';
import { type CliRun, runFake } from '../../support/cli-run.ts';
import { GitRepository } from '../../support/git-repository.ts';
import { CLAUDE, GOOD, SKILL } from '../../support/preflight-cases.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('beaver preflight', function () {
  this.timeout(60_000);
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'beaver-preflight-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  async function write(tree: Readonly<Record<string, unknown>>, below = ''): Promise<void> {
    for (const [name, content] of Object.entries(tree)) {
      const file = path.join(folder, below, ...name.split('/'));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }
  const run = (...args: readonly string[]): Promise<CliRun> =>
    runFake(['preflight', ...args], {}, { cwd: folder });
  const json = async (...args: readonly string[]): Promise<PreflightReport> =>
    preflightReportSchema.parse(JSON.parse((await run(...args, '--json')).out));
  const paths = (report: PreflightReport): readonly string[] => report.targets.map((target) => target.path);

  const bad = { ...GOOD, '.claude-plugin/plugin.json': { ...CLAUDE, author: 'A' } };

  it('exits with 0 for a good plugin, 1 for one that is not, 2 where the words are off', async () => {
    await write(GOOD, 'good');
    await write(bad, 'bad');
    assert.equal((await run('good')).exit, 0);
    assert.equal((await run('bad')).exit, 1);
    assert.equal((await run('gone')).exit, 2);
    assert.equal((await run('good', '--format', 'pdf')).exit, 2);
    assert.equal((await run('good', '--ignore', 'nonsense')).exit, 2);
    assert.equal((await run('good', '--host', 'vscode')).exit, 2);
    assert.equal((await run('good', '--baseline', 'gone.json')).exit, 2);
    assert.equal((await run('good', '--changed-since', 'HEAD')).exit, 2, 'no repository');
  });

  it('says which field of which file failed, and what to do', async () => {
    await write(bad, 'bad');
    const { out } = await run('bad');
    assert.match(
      out,
      /^bad\/\.claude-plugin\/plugin\.json:1:\d+: error PF-SCHEMA-TYPE .*\(\/author\)\n {2}Write the value/,
    );
    assert.match(out, /1 plugin checked, failed: 1 error, 0 warnings, 0 notes\.\n$/);
  });

  it('takes a manifest, a SKILL.md, a folder of plugins, and the folder that it starts in', async () => {
    await write(GOOD, 'plugins/a');
    await write(GOOD, 'plugins/b');
    assert.deepEqual(paths(await json('plugins/a/.claude-plugin/plugin.json')), ['plugins/a']);
    assert.deepEqual(paths(await json('plugins/b/skills/comic/SKILL.md', 'plugins/b')), ['plugins/b']);
    assert.deepEqual(paths(await json('plugins')), ['plugins/a', 'plugins/b']);
    assert.deepEqual(paths(await json()), ['plugins/a', 'plugins/b']);
  });

  it('takes a skill without a plugin', async () => {
    await write({ 'SKILL.md': SKILL.replace('name: comic', 'name: Comic') }, '.agents/skills/comic');
    const report = await json('.agents/skills/comic');
    assert.deepEqual(
      report.targets.flatMap(({ findings }) => findings.map(({ code, file }) => [code, file])),
      [['PF-SKILL-NAME-INVALID', '.agents/skills/comic/SKILL.md']],
    );
  });

  it('checks a marketplace and the plugins that it names, and no copies beside them', async () => {
    await write(GOOD, 'plugins/a');
    await write(bad, 'backup/a');
    const market = { name: 'shelf', owner: { name: 'A' }, plugins: [{ name: 'a', source: './plugins/a' }] };
    await write({ '.claude-plugin/marketplace.json': market });
    assert.deepEqual(paths(await json('.')), ['.', 'plugins/a']);
  });

  it('passes over a plugin.json of another tool, and takes one of the standard', async () => {
    await write(GOOD, 'plugins/a');
    await write({ 'plugin.json': { type: 'panel', id: 'x' } }, 'plugins/panel');
    const standard = { $schema: 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json', name: 'b' };
    await write({ 'plugin.json': standard, 'skills/comic/SKILL.md': SKILL }, 'plugins/b');
    assert.deepEqual(paths(await json('plugins')), ['plugins/a', 'plugins/b']);
    assert.equal((await run('plugins/panel/plugin.json')).exit, 1);
  });

  it('fails where there is nothing to check: a path in CI that checks nothing looks like success', async () => {
    await write({ 'notes.txt': 'x' }, 'empty');
    const report = await json('empty');
    assert.deepEqual([report.passed, report.targets[0]?.findings[0]?.code], [false, 'PF-PLUGIN-MISSING']);
  });

  it('fails on lighter findings when asked to, and ignores what it is told to', async () => {
    await write({ ...GOOD, 'skills/comic/SKILL.md': `${SKILL}\n[a](gone.md)\n` }, 'a');
    assert.equal((await run('a')).exit, 0);
    assert.equal((await run('a', '--fail-on', 'warning')).exit, 1);
    assert.equal((await run('a', '--fail-on', 'warning', '--ignore', 'PF-LINK-*:a/skills/**')).exit, 0);
    assert.equal((await run('a', '--fail-on', 'warning', '--ignore', 'PF-LINK-*:b/**')).exit, 1);
  });

  it('forgives what a baseline holds, and nothing else', async () => {
    await write(bad, 'a');
    assert.equal((await run('a', '--report', 'json=known.json')).exit, 1);
    assert.equal((await run('a', '--baseline', 'known.json')).exit, 0);
    await write({ 'skills/comic/SKILL.md': '# Comic\n' }, 'a');
    assert.equal((await run('a', '--baseline', 'known.json')).exit, 1);
  });

  it('writes several reports in one run', async () => {
    await write(bad, 'a');
    await run('a', '--report', 'sarif=a.sarif', '--report', 'junit=a.xml', '--report', 'markdown=a.md');
    const sarif = z
      .looseObject({ version: z.string() })
      .parse(JSON.parse(await readFile(path.join(folder, 'a.sarif'), 'utf8')));
    assert.equal(sarif.version, '2.1.0');
    assert.match(await readFile(path.join(folder, 'a.xml'), 'utf8'), /<failure type="PF-SCHEMA-TYPE"/);
    assert.match(await readFile(path.join(folder, 'a.md'), 'utf8'), /\| error \| PF-SCHEMA-TYPE \|/);
  });

  it('checks the versions of hosts that it is told', async () => {
    const manifest = { ...CLAUDE, metadata: { beaver: { engines: { vscode: '>=1.130' } } } };
    await write({ ...GOOD, '.claude-plugin/plugin.json': manifest }, 'a');
    const codes = async (...args: readonly string[]): Promise<readonly string[]> =>
      (await json('a', ...args)).targets.flatMap(({ findings }) => findings.map(({ code }) => code));
    assert.deepEqual(await codes(), ['PF-HOST-UNCHECKED']);
    assert.deepEqual(await codes('--host', 'vscode=1.140.0'), []);
    assert.deepEqual(await codes('--host', 'vscode=1.120.0'), ['PF-HOST-RANGE']);
  });

  it('looks dependencies up in other marketplaces that it is given', async () => {
    const owner = { name: 'A' };
    const dependencies = [{ name: 'ink', version: '^2.0.0', marketplace: 'other' }];
    await write({ ...GOOD, '.claude-plugin/plugin.json': { ...CLAUDE, dependencies } }, 'own/a');
    await write({
      'own/marketplace.json': {
        name: 'own',
        owner,
        plugins: [{ name: 'a', source: './a' }],
        allowCrossMarketplaceDependenciesOn: ['other'],
      },
      'other/marketplace.json': {
        name: 'other',
        owner,
        plugins: [{ name: 'ink', version: '2.1.0', source: { source: 'github', repo: 'a/ink' } }],
      },
    });
    const codes = async (...args: readonly string[]): Promise<readonly string[]> =>
      (await json('own', ...args)).targets.flatMap(({ findings }) => findings.map(({ code }) => code));
    assert.deepEqual(await codes(), ['PF-DEP-UNCHECKED']);
    assert.deepEqual(await codes('--catalog', 'other/marketplace.json'), []);
    assert.equal((await run('own', '--catalog', 'gone')).exit, 2);
  });

  it('prints the JSON Schema of its report', async () => {
    const { out, exit } = await run('--schema');
    assert.equal(exit, 0);
    assert.deepEqual(
      z.looseObject({ title: z.string() }).parse(JSON.parse(out)).title,
      'Beaver preflight report',
    );
  });

  it('gives the same report byte by byte, without a path of the machine', async () => {
    await write(bad, 'a');
    const [first, second] = [await run('a', '--format', 'json'), await run('a', '--format', 'json')];
    assert.equal(first.out, second.out);
    assert.ok(!first.out.includes(folder) && !first.out.includes(os.homedir()));
  });

  it('runs as npm run plugin:preflight -- MANIFEST', async () => {
    await write(GOOD, 'a');
    const scripts = z
      .looseObject({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'))).scripts;
    const [program, ...args] = (scripts['plugin:preflight'] ?? '').split(' ');
    assert.equal(program, 'node');
    const manifest = path.join(folder, 'a', '.claude-plugin', 'plugin.json');
    const out = execFileSync(process.execPath, [...args, manifest], { cwd: ROOT, encoding: 'utf8' });
    assert.match(out, /^1 plugin checked, passed/);
  });

  describe('--changed-since, in a real git', () => {
    let git: GitRepository;
    beforeEach(async () => {
      git = new GitRepository(folder);
      for (const name of ['a', 'b', 'c', 'd ü']) await write(GOOD, `plugins/${name}`);
      git.commit();
      git.git('checkout', '--quiet', '-b', 'topic');
    });

    it('checks the plugins that the branch, the index, the folder or a new file touches', async () => {
      await write({ 'README.md': 'committed' }, 'plugins/a');
      git.commit();
      await write({ 'README.md': 'staged' }, 'plugins/b');
      git.git('add', '-A');
      assert.deepEqual(paths(await json('--changed-since', 'main')), ['plugins/a', 'plugins/b']);
      await write({ 'README.md': 'new' }, 'plugins/d ü');
      assert.deepEqual(paths(await json('--changed-since', 'main')), [
        'plugins/a',
        'plugins/b',
        'plugins/d ü',
      ]);
      assert.deepEqual(paths(await json('plugins/b', '--changed-since', 'main')), ['plugins/b']);
    });

    it('does not count what happened on the other branch since', async () => {
      await write({ 'README.md': 'mine' }, 'plugins/a');
      git.commit();
      git.git('checkout', '--quiet', 'main');
      await write({ 'README.md': 'theirs' }, 'plugins/c');
      git.commit();
      git.git('checkout', '--quiet', 'topic');
      assert.deepEqual(paths(await json('--changed-since', 'main')), ['plugins/a']);
    });

    it('sees a file that was removed or renamed away, and a plugin that is gone is no failure', async () => {
      git.git('mv', 'plugins/a/skills/comic', 'plugins/b/skills/other');
      await rm(path.join(folder, 'plugins', 'c'), { recursive: true });
      const report = await json('--changed-since', 'main');
      assert.deepEqual(paths(report), ['plugins/a', 'plugins/b']);
    });

    it('passes when no plugin is touched', async () => {
      await write({ 'README.md': 'x' });
      const { exit, out } = await run('--changed-since', 'main');
      assert.equal(exit, 0);
      assert.match(out, /^0 plugins checked, passed/);
    });

    it('says that a commit is not known, and takes no option for one', async () => {
      for (const ref of ['nowhere', '--output=x']) {
        const { exit, err } = await run(`--changed-since=${ref}`);
        assert.equal(exit, 2);
        assert.match(err, /ref_unknown/);
      }
    });
  });
});
