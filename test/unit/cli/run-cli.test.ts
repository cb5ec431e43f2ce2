import assert from 'node:assert/strict';
import * as os from 'node:os';
import * as path from 'node:path';
import { answerSchemas, failureSchema, helpSchema, versionSchema } from '../../../src/cli/answer-schemas.ts';
import { syncPayload } from '../../../src/app/payloads.ts';
import { BeaverError } from '../../../src/base/errors.ts';
import { aDraft, aFinding, aPlugin, fakeWorkspace } from '../../support/fake-workspace.ts';
import { runFake } from '../../support/cli-run.ts';

/** Every command that opens the workspace, as it is typed, and the calls that it makes. */
const COMMANDS: readonly (readonly [command: keyof typeof answerSchemas, rest: string, methods: string])[] = [
  ['plugins list', '', 'plugins.list'],
  ['plugins sync', '', 'plugins.sync'],
  ['plugins enable', 'release-kit', 'plugins.enable'],
  ['plugins enable', 'release-kit other', 'plugins.enable'],
  ['plugins pause', 'release-kit', 'plugins.pause'],
  ['plugins resume', 'release-kit', 'plugins.resume'],
  ['plugins disable', 'release-kit --disable-linked-skills', 'plugins.disable'],
  ['plugins adopt', 'release-kit release-notes', 'plugins.adopt'],
  ['skills list', '', 'skills.list'],
  ['skills show', 'release-notes', 'skills.show'],
  ['marketplaces add', 'example/tools', 'marketplaces.add'],
  ['marketplaces add', 'example/tools --name mine --trust', 'marketplaces.add'],
  ['marketplaces list', '', 'marketplaces.list'],
  ['marketplaces browse', '', 'marketplaces.browse'],
  ['marketplaces browse', 'tools --search notes', 'marketplaces.browse'],
  ['marketplaces refresh', 'tools', 'marketplaces.refresh'],
  ['marketplaces trust', 'tools', 'marketplaces.trust'],
  ['marketplaces trust', 'tools --revoke', 'marketplaces.trust'],
  ['marketplaces set', 'tools --auto-update notify --pin ^1', 'marketplaces.configure'],
  ['marketplaces remove', 'tools', 'marketplaces.remove'],
  ['cache list', '', ''],
  ['cache clear', '', ''],
  ['cache verify', '', ''],
  ['plugins install', 'kit@tools --pin ^1', 'installs.install'],
  ['plugins install', 'owner/kit --no-enable', 'installs.install'],
  ['plugins installed', '', 'installs.list'],
  ['plugins update', '', 'installs.update'],
  ['plugins rollback', 'kit@tools --to 1.0.0', 'installs.rollback'],
  ['plugins uninstall', 'kit@tools', 'installs.uninstall'],
  ['history', 'kit@tools', 'installs.history'],
  ['skills history', 'release-notes', 'skills.history'],
  ['skills rollback', 'release-notes v0001', 'skills.rollback'],
  ['skills capture', '', 'skills.capture'],
  ['skills capture', 'release-notes', 'skills.capture'],
  ['skills propose', 'release-notes --file - --reason why', 'skills.propose'],
  ['skills proposal', 'cand-1', 'skills.proposal'],
  ['updates list', '', 'updates.list'],
  ['updates draft', 'cand-1', 'updates.draft'],
  ['updates show', 'draft-1', 'updates.show'],
  ['updates show', 'draft-1 --text', 'updates.detail'],
  ['updates show', 'draft-1 --proposal', 'updates.detail'],
  ['updates propose', 'draft-1', 'updates.propose'],
  ['updates check', 'draft-1', 'updates.check'],
  ['updates resolve', 'draft-1 --file -', 'updates.resolve'],
  ['updates acknowledge', 'draft-1', 'updates.acknowledge'],
  ['updates acknowledge', 'draft-1 --rule SAFE060 --rule SAFE061', 'updates.acknowledge'],
  ['updates replay', 'draft-1', 'updates.replay'],
  ['updates approve', 'draft-1', 'updates.approve'],
  ['updates reject', 'draft-1 --reason no', 'updates.reject'],
  ['updates publish', 'draft-1', 'updates.publish'],
  ['plugins install', '--frozen', 'upkeep.installFrozen'],
  ['plugins outdated', '', 'upkeep.outdated'],
  ['plugins pin', 'kit@team', 'upkeep.pinHere'],
  ['plugins pin', 'kit@team ^1 --prereleases', 'upkeep.pin'],
  ['plugins unpin', 'kit@team', 'upkeep.pin'],
  ['plugins why', 'kit@team', 'upkeep.why'],
  ['plugins lock', '', 'upkeep.lock'],
  ['plugins reconcile', '--apply --yes', 'upkeep.reconcile'],
  ['plugins import', '--skills-lock', ''],
  ['updates auto', '--explain', 'upkeep.autoUpdateState'],
  ['updates auto', '--now', 'upkeep.autoUpdate'],
  ['verify', '', 'upkeep.verify'],
  ['audit', '', 'audit'],
  ['doctor', '', 'doctor'],
  ['doctor', '--fix', 'doctor'],
  ['harness status', '', ''],
  ['preflight', 'test/fixtures/sample/packages/api-design/v1', ''],
];

/** They go on running: mcp.test.ts and serve.test.ts have them. */
const SERVERS = ['mcp', 'serve'] as const;
/** They need a publisher: harness.test.ts has them. */
const WITH_PUBLISHER = [
  ...(['harness add', 'harness check', 'harness update', 'harness rollback'] as const),
  ...(['harness ignore', 'harness unignore', 'harness local', 'harness delegate', 'harness auto'] as const),
] as const;

/** A machine on which nothing was fetched yet. */
const HOME = { BEAVER_HOME: path.join(os.tmpdir(), `beaver-run-cli-${process.pid}`) };

const words = (line: string) => line.split(' ').filter((word) => word !== '');

describe('the command line', () => {
  for (const [command, rest, methods] of COMMANDS) {
    const line = `${command} ${rest}`.trim();

    it(`answers "${line} --json" with one document of its schema, and nothing else`, async () => {
      const run = await runFake([...words(line), '--json'], {}, { env: HOME });
      assert.equal(run.exit, 0, run.err);
      assert.equal(run.err, '');
      const answer: unknown = JSON.parse(run.out);
      const schemas = answerSchemas[command];
      assert.ok(
        schemas.some((schema) => schema.safeParse(answer).success),
        `${run.out} fits none of its schemas`,
      );
      assert.equal(run.calls.map((call) => call.method).join(' '), methods);
    });

    it(`answers "${line}" in words`, async () => {
      const run = await runFake(words(line), {}, { env: HOME });
      assert.equal(run.exit, 0, run.err);
      assert.match(run.out, /^[^{].*\n$/s);
      assert.ok(!run.out.includes('\u001b'), 'no colour outside of a terminal');
    });
  }

  it('tries every command whose answer has a schema', () => {
    const tried = new Set<string>([
      ...COMMANDS.map(([command]) => command),
      'merge',
      ...SERVERS,
      ...WITH_PUBLISHER,
    ]);
    assert.deepEqual([...tried].sort(), Object.keys(answerSchemas).sort());
  });

  it('takes the options of the program before and after the command', async () => {
    for (const args of [
      ['--json', '-C', os.tmpdir(), 'plugins', 'list'],
      ['plugins', 'list', '-C', os.tmpdir(), '--json'],
    ]) {
      const run = await runFake(args);
      assert.equal(run.exit, 0);
      assert.equal(run.opened[0]?.root, os.tmpdir());
      assert.doesNotThrow(() => void JSON.parse(run.out));
    }
  });

  it('opens the workspace with what the options say in place of the settings', async () => {
    const run = await runFake(
      words(
        'plugins list --skills-directory store --plugin-path a --plugin-path b --runtime-target .claude/skills',
      ),
    );
    assert.deepEqual(run.opened[0]?.overrides, {
      skillsDirectory: 'store',
      pluginSearchPaths: ['a', 'b'],
      runtimeTargets: ['.claude/skills'],
    });
    const { opened } = await runFake([
      ...words('plugins list --ignored-target-file *.log --ignored-target-file'),
      ...['', '--max-files', '20', '--max-bytes', '4096'],
    ]);
    assert.deepEqual(opened[0]?.overrides, {
      ignoredTargetFiles: ['*.log'],
      limits: { maxFiles: 20, maxBytes: 4096 },
    });
    for (const wrong of ['--max-files 0', '--max-bytes -1', '--max-files many'])
      assert.equal((await runFake(words(`plugins list ${wrong}`))).exit, 2, wrong);
  });

  it('hands on what is said of a frozen installation, and refuses what cannot be said of one', async () => {
    const { calls } = await runFake(words('plugins install --frozen --offline --no-enable'));
    const [request] = calls[0]?.args ?? [];
    assert(typeof request === 'object' && request !== null);
    assert.deepEqual({ ...request, signal: null }, { enable: false, offline: true, signal: null });
    for (const wrong of ['--accept abc', '--pin ^1', 'kit@team']) {
      const run = await runFake(words(`plugins install --frozen ${wrong}`));
      assert.equal(run.exit, 2, wrong);
      assert.deepEqual(run.calls, []);
    }
  });

  it('prints version and help on standard output and succeeds', async () => {
    const version = await runFake(['--version']);
    assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
    const help = await runFake(['updates', '--help']);
    assert.match(help.out, /^Usage: beaver updates/);
    assert.equal(version.exit + help.exit, 0);
    versionSchema.parse(JSON.parse((await runFake(['--version', '--json'])).out));
    helpSchema.parse(JSON.parse((await runFake(['--help', '--json'])).out));
  });
});

describe('the exit code', () => {
  for (const line of [
    '',
    'plugins',
    'plugins lst',
    'nonsense',
    'plugins list extra',
    'plugins enable',
    'plugins enable a --all',
    'plugins disable release-kit',
    'plugins list --unknown',
    'updates reject draft-1',
    'updates resolve draft-1',
    'updates resolve draft-1 --file a --choose local',
    'updates resolve draft-1 --conflict c1',
    'updates resolve draft-1 --conflict c1 --take mine',
    'merge a b',
    '--wait soon plugins list',
    '-C no-such-folder plugins list',
  ]) {
    it(`is 2 for "beaver ${line}", and nothing is called`, async () => {
      const plain = await runFake(words(line));
      assert.equal(plain.exit, 2);
      assert.equal(plain.out, '');
      assert.match(plain.err, /beaver: /);
      const json = await runFake([...words(line), '--json']);
      assert.equal(json.exit, 2);
      failureSchema.parse(JSON.parse(json.out));
      assert.deepEqual([...plain.calls, ...json.calls], []);
    });
  }

  it('is 1 when a draft has conflicts or a gate blocks it, and 0 when it is only looked at', async () => {
    for (const status of ['conflicts', 'blocked'] as const) {
      const content = { draft: aDraft({ status }) };
      assert.equal((await runFake(words('updates draft cand-1'), content)).exit, 1);
      assert.equal((await runFake(words('updates check draft-1'), content)).exit, 1);
      assert.equal((await runFake(words('updates resolve draft-1 --file -'), content)).exit, 1);
      assert.equal((await runFake(words('updates show draft-1'), content)).exit, 0);
    }
  });

  it('is 1 when the doctor finds something, and 0 when all of it was repaired', async () => {
    const sick = await runFake(['doctor'], { doctor: { findings: [aFinding()], fixed: [] } });
    assert.equal(sick.exit, 1);
    assert.match(sick.out, /version_damaged/);
    const cured = await runFake(['doctor', '--fix'], {
      doctor: { findings: [], fixed: ['staging_leftover'] },
    });
    assert.equal(cured.exit, 0);
    assert.match(cured.out, /staging_leftover/);
  });

  it('is 0 for a sync beside a broken plugin, and 1 when a skill could not be synced', async () => {
    const beside = await runFake(['plugins', 'sync'], { errors: [aFinding({ code: 'manifest_invalid' })] });
    assert.equal(beside.exit, 0);
    assert.match(beside.out, /manifest_invalid/);
    const stuck = await runFake(['plugins', 'sync'], {
      sync: { findings: [aFinding({ code: 'skill_owned' })] },
    });
    assert.equal(stuck.exit, 1);
  });

  it('is 3 when the operation failed, with the error as JSON and in words', async () => {
    const failure = new BeaverError('plugin_unknown', 'There is no plugin "x".', {
      nextStep: 'List them.',
      field: 'id',
    });
    const run = await runFake(words('plugins pause x --json'), { failure });
    assert.equal(run.exit, 3);
    assert.deepEqual(JSON.parse(run.out), {
      error: {
        code: 'plugin_unknown',
        message: 'There is no plugin "x".',
        next_step: 'List them.',
        field: 'id',
      },
    });
    assert.match(run.err, /There is no plugin "x"\..*\nList them\.\n/);
  });

  it('opens no workspace for a sync that would answer the same again', async () => {
    const done = await runFake(words('plugins sync --json'));
    const recalled = syncPayload.parse(JSON.parse(done.out));
    const again = await runFake(words('plugins sync --json'), {}, { recalled });
    assert.deepEqual([again.exit, again.out, again.opened], [done.exit, done.out, []]);
    assert.equal(done.opened.length, 1);
  });

  it('is 4 when another writer holds the lock, however it is told', async () => {
    const failure = new BeaverError('plugin_write_busy', 'Busy.', { nextStep: 'Wait.' });
    const refused = await runFake(words('plugins sync --json'), { failure });
    const deferred = await runFake(words('plugins sync --json'), { sync: { status: 'deferred_lock_busy' } });
    for (const run of [refused, deferred]) {
      assert.equal(run.exit, 4);
      assert.equal(failureSchema.parse(JSON.parse(run.out)).error.code, 'plugin_write_busy');
    }
  });

  it('is 3 for a defect, whose own words stay inside', async () => {
    const run = await runFake(words('plugins list --json'), {
      failure: new Error('ENOENT /home/somebody/secret'),
    });
    assert.equal(run.exit, 3);
    assert.equal(failureSchema.parse(JSON.parse(run.out)).error.code, 'internal_error');
    assert.ok(!(run.out + run.err).includes('/home'));
  });
});

describe('plugins', () => {
  it('enables all that are found and not enabled, and leaves missing packages out', async () => {
    const run = await runFake(words('plugins enable --all --json'), {
      plugins: [
        aPlugin({ id: 'on' }),
        aPlugin({ id: 'off', enabled: false }),
        aPlugin({ id: 'gone', enabled: false, manifest_path: null }),
      ],
    });
    assert.deepEqual(run.calls.at(-1)?.args[0], ['off']);
  });

  it('enables what it can of several, and exits with 1 for the rest', async () => {
    const run = await runFake(words('plugins enable a b'), {
      plugins: [
        aPlugin({ id: 'a' }),
        aPlugin({ id: 'b', last_error: 'Its skill is owned by another plugin.' }),
      ],
    });
    assert.equal(run.exit, 1);
    assert.match(run.out, /owned by another plugin/);
  });

  it('says which confirmation is missing before it disables', async () => {
    const run = await runFake(words('plugins disable release-kit --json'));
    assert.equal(failureSchema.parse(JSON.parse(run.out)).error.code, 'confirmation_required');
  });

  it('answers one plugin as the payload itself and several as a list', async () => {
    const one: unknown = JSON.parse((await runFake(words('plugins enable release-kit --json'))).out);
    assert.deepEqual(one, aPlugin());
    const two: unknown = JSON.parse((await runFake(words('plugins enable release-kit b --json'))).out);
    assert.deepEqual(two, { plugins: [aPlugin(), aPlugin({ id: 'b' })] });
  });

  it('lines its columns up', async () => {
    const { out } = await runFake(words('plugins list'));
    assert.equal(
      out,
      'PLUGIN / SKILL   VERSION         STATUS          NOTE\n' +
        'release-kit      1.0.0 -> 1.1.0  synced\n' +
        '  release-notes  v0001           update_pending  update cand-1\n',
    );
  });

  it('tells on standard error whom it waits for', async () => {
    const fake = fakeWorkspace();
    const patient = {
      ...fake.workspace,
      plugins: {
        ...fake.workspace.plugins,
        sync: (wait?: Parameters<typeof fake.workspace.plugins.sync>[0]) => {
          assert.ok(wait?.kind === 'bounded');
          assert.equal(wait.timeout, 5000);
          wait.onWait?.({ pid: 4711, acquiredAt: 0, purpose: 'plugins sync' });
          return fake.workspace.plugins.sync(wait);
        },
      },
    };
    const run = await runFake(words('plugins sync --wait 5 --json'), {}, { workspace: patient });
    assert.equal(run.err, 'Waiting for another writer (pid 4711, plugins sync) ...\n');
    assert.doesNotThrow(() => void JSON.parse(run.out));
  });
});

describe('colour', () => {
  const coloured = (setting: Parameters<typeof runFake>[2], ...args: readonly string[]) =>
    runFake(['plugins', 'list', ...args], {}, setting).then((run) => run.out.includes('\u001b['));

  it('is for terminals only, and NO_COLOR, a dumb terminal and --no-color turn it off', async () => {
    assert.equal(await coloured({ interactive: true }), true);
    assert.equal(await coloured({ interactive: false }), false);
    assert.equal(await coloured({ interactive: true, env: { NO_COLOR: '1' } }), false);
    assert.equal(await coloured({ interactive: true, env: { NO_COLOR: '' } }), true);
    assert.equal(await coloured({ interactive: true, env: { TERM: 'dumb' } }), false);
    assert.equal(await coloured({ interactive: true }, '--no-color'), false);
  });

  it('is all that reaches the terminal of control characters: names of plugins cannot bring their own', async () => {
    const run = await runFake(['plugins', 'list'], {
      plugins: [aPlugin({ last_error: 'x\u001b[2Jy\u202e', skills: [] })],
    });
    assert.match(run.out, /x<U\+001B>\[2Jy<U\+202E>/);
  });
});
