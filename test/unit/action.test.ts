import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { preflightReportSchema } from '../../src/core/install/preflight/report.ts';
import { GitRepository } from '../support/git-repository.ts';
import { CLAUDE, GOOD } from '../support/preflight-cases.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const stepSchema = z.looseObject({
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ value: z.string() })),
  runs: z.looseObject({ using: z.literal('composite'), steps: z.array(stepSchema) }),
});

describe('the GitHub Action', function () {
  this.timeout(60_000);
  let repository = '';
  let git: GitRepository;
  let action: z.infer<typeof actionSchema>;
  before(async () => {
    action = actionSchema.parse(parse(await readFile(path.join(ROOT, 'action.yml'), 'utf8')));
  });
  beforeEach(async () => {
    repository = await mkdtemp(path.join(os.tmpdir(), 'beaver-action-'));
    git = new GitRepository(repository);
    await write(GOOD, 'plugins/good');
    await write(GOOD, 'plugins/old');
    git.commit();
  });
  afterEach(() => rm(repository, { recursive: true, force: true, maxRetries: 5 }));

  async function write(tree: Readonly<Record<string, unknown>>, below: string): Promise<void> {
    for (const [name, content] of Object.entries(tree)) {
      const file = path.join(repository, below, ...name.split('/'));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  /** Runs the step as a runner does: its script in bash, its environment filled in, its files at hand. */
  async function runStep(inputs: Readonly<Record<string, string>> = {}, baseRef = '') {
    const step = action.runs.steps.find(({ id }) => id === 'preflight');
    assert.ok(step?.run !== undefined && step.env !== undefined);
    const values: Record<string, string> = {
      'github.action_path': ROOT.replace(/\/$/, ''),
      'github.base_ref': baseRef,
    };
    for (const [name, { default: fallback }] of Object.entries(action.inputs))
      values[`inputs.${name}`] = inputs[name] ?? fallback;
    const fill = (text: string): string =>
      text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_whole, name: string) => {
        assert.ok(name in values, name);
        return values[name] ?? '';
      });
    const temp = await mkdtemp(path.join(os.tmpdir(), 'beaver-runner-'));
    const files = {
      GITHUB_OUTPUT: path.join(temp, 'output'),
      GITHUB_STEP_SUMMARY: path.join(temp, 'summary'),
    };
    for (const file of Object.values(files)) await writeFile(file, '');
    const script = path.join(temp, 'step.sh');
    await writeFile(script, step.run);
    try {
      const result = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
        cwd: repository,
        encoding: 'utf8',
        env: {
          ...process.env,
          ...files,
          RUNNER_TEMP: temp,
          PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
          ...Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, fill(text)])),
        },
      });
      const outputs = Object.fromEntries(
        (await readFile(files.GITHUB_OUTPUT, 'utf8'))
          .trim()
          .split('\n')
          .map((line) => line.split('=')),
      ) as Record<string, string>;
      return { ...result, outputs, summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8') };
    } finally {
      await rm(temp, { recursive: true, force: true });
    }
  }

  const bad = { '.claude-plugin/plugin.json': { ...CLAUDE, author: 'A' } };

  it('puts no input into a script, where it could become a command', () => {
    for (const { run } of action.runs.steps) assert.doesNotMatch(run ?? '', /\$\{\{/);
  });

  it('pins what it uses to a commit, and runs no script of any package', () => {
    for (const { uses, run, shell } of action.runs.steps) {
      if (uses !== undefined) assert.match(uses, /@[0-9a-f]{40}$/);
      else assert.equal(shell, 'bash');
      if (run?.includes('npm ') === true) assert.match(run, /^npm ci --omit=dev --ignore-scripts\b/);
    }
  });

  it('passes on good plugins: outputs, summary, reports', async () => {
    const { status, stderr, outputs, summary } = await runStep();
    assert.equal(status, 0, stderr);
    assert.deepEqual(outputs, {
      passed: 'true',
      'sarif-file': 'beaver-preflight.sarif',
      'json-file': 'beaver-preflight.json',
    });
    assert.match(summary, /^### Beaver preflight: passed\n\n2 plugins, 0 errors/);
    const report = JSON.parse(
      await readFile(path.join(repository, 'beaver-preflight.json'), 'utf8'),
    ) as unknown;
    assert.equal(preflightReportSchema.parse(report).passed, true);
  });

  it('fails with an annotation at the field that is wrong', async () => {
    await write(bad, 'plugins/good');
    const { status, stdout, outputs, summary } = await runStep({ 'junit-file': 'report.xml' });
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^::error file=plugins\/good\/\.claude-plugin\/plugin\.json,line=1,.*title=PF-SCHEMA-TYPE::.*\/author/m,
    );
    assert.equal(outputs['passed'], 'false');
    assert.match(summary, /\| error \| PF-SCHEMA-TYPE \|/);
    assert.match(
      await readFile(path.join(repository, 'report.xml'), 'utf8'),
      /<failure type="PF-SCHEMA-TYPE"/,
    );
  });

  it('checks in a pull request what it touches, and everything when told to', async () => {
    await write(bad, 'plugins/old');
    git.commit();
    git.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    git.git('checkout', '--quiet', '-b', 'topic');
    await write({ 'README.md': 'x' }, 'plugins/good');
    git.commit();
    assert.equal((await runStep({}, 'main')).status, 0);
    assert.equal((await runStep({ 'changed-since': 'none' }, 'main')).status, 1);
  });

  it('takes several paths and codes, one on a line, and nothing in them as an option or a command', async () => {
    await write(bad, 'plugins/old');
    const ignore = 'PF-SCHEMA-TYPE:plugins/old/**\nPF-LINK-*\n';
    assert.equal((await runStep({ paths: 'plugins/good\nplugins/old\n', ignore })).status, 0);
    const { status, outputs } = await runStep({ paths: '--version\n$(touch hacked)' });
    assert.deepEqual([status, outputs['passed']], [2, 'false']);
    assert.doesNotMatch(git.git('status', '--porcelain'), /hacked/);
  });
});

describe('the pre-commit hook', () => {
  it('runs on the files that make a plugin, and calls a command that the package brings', async () => {
    const [hook] = z
      .tuple([
        z.looseObject({ id: z.string(), entry: z.string(), language: z.literal('node'), files: z.string() }),
      ])
      .parse(parse(await readFile(path.join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')));
    const manifest = z
      .looseObject({ bin: z.record(z.string(), z.string()), files: z.array(z.string()) })
      .parse(JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')));
    const [command = ''] = hook.entry.split(' ');
    assert.ok(manifest.files.includes(manifest.bin[command] ?? ''));
    const pattern = new RegExp(hook.files);
    for (const file of [
      'SKILL.md',
      'a/SKILL.md',
      'a/.claude-plugin/plugin.json',
      'plugin.json',
      'a/beaver.plugin.json',
      '.mcp.json',
    ]) {
      assert.ok(pattern.test(file), file);
    }
    for (const file of ['README.md', 'package.json', 'a/NOSKILL.md']) assert.ok(!pattern.test(file), file);
  });
});
