import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { projectRoot } from '../../../scripts/host/paths.ts';
import { answerSchemas, failureSchema } from '../../../src/cli/answer-schemas.ts';
import { NodeMachine } from '../../../src/node/harness/node-machine.ts';
import { StaticServer } from '../../support/static-server.ts';

const BEAVER = path.join(projectRoot, 'src', 'cli', 'main.ts');
const RELEASE = path.join(projectRoot, 'src', 'release', 'main.ts');
const PLATFORM = new NodeMachine().platform;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** As in docs/publishing-releases.md: two programs, a folder, a web server, and nothing that is faked. */
describe('beaver-release and beaver harness, as processes', function () {
  this.timeout(180_000);
  let home: string;
  let server: StaticServer;
  const at = (...parts: readonly string[]): string => path.join(home, ...parts);

  beforeEach(async () => {
    home = fs.mkdtempSync(path.join(tmpdir(), 'beaver-harness-'));
    for (const name of ['bin', 'work', 'public']) fs.mkdirSync(at(name));
    server = await StaticServer.start(at('public'));
  });
  afterEach(async () => {
    await server.stop();
    fs.rmSync(home, { recursive: true });
  });

  const start = async (
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: at('work'),
      env: {
        PATH: `${at('bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
        HOME: home,
        BEAVER_HOME: at('.beaver'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  };
  const release = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await start(RELEASE, args);
    assert.equal(code, 0, `beaver-release ${args.join(' ')}: ${out}${err}`);
    return out;
  };
  const answer = async <T>(schema: z.ZodType<T>, ...args: readonly string[]): Promise<T> => {
    const { code, out, err } = await start(BEAVER, ['--json', 'harness', ...args]);
    assert.equal(code, 0, `beaver harness ${args.join(' ')}: ${out}${err}`);
    assert.ok(!out.includes(home), `a path of this machine leaves: ${out}`);
    return schema.parse(JSON.parse(out));
  };
  const refused = async (
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<string> => {
    const { code, out } = await start(BEAVER, ['--json', 'harness', ...args], env);
    assert.equal(code, 3, out);
    return failureSchema.parse(JSON.parse(out)).error.code;
  };
  const program = (version: string): string => {
    fs.writeFileSync(at(`acme-${version}`), `#!/bin/sh\necho acme ${version}\n`, { mode: 0o755 });
    return at(`acme-${version}`);
  };
  const publish = (version: string, ...keys: readonly string[]): Promise<string> =>
    release(
      ...['publish', at('public'), '--channel', 'stable', '--release', version, '--git-sha', 'a'.repeat(40)],
      ...['--asset', `${PLATFORM}=${program(version)}`],
      ...keys.flatMap((key) => ['--sign-with', at(key)]),
    );
  const prepare = async (): Promise<void> => {
    for (const key of ['root-1', 'root-2', 'release-1', 'release-2'])
      await release('keys', at(`${key}.json`));
    await release(
      ...['init', at('public'), '--product', 'acme', '--sign-with', at('root-1.json')],
      ...['--root-key', at('root-1.pub.json'), '--root-key', at('root-2.pub.json')],
      ...['--manifest-key', at('release-1.pub.json')],
    );
    await publish('1.0.0', 'release-1.json');
  };
  const add = (): Promise<unknown> =>
    answer(
      answerSchemas['harness add'][0],
      ...['add', 'acme', '--root', at('public', 'root', '1.root.json'), '--mirror', server.url],
    );
  const update = async (): Promise<readonly [string, string | null]> => {
    const { update: done } = await answer(answerSchemas['harness update'][0], 'update', 'acme');
    return [done.outcome, done.version];
  };

  it('from an empty folder to a first update, a rotation of keys, a second update and back', async () => {
    await prepare();
    await add();
    assert.deepEqual(await update(), ['activated', '1.0.0']);
    const [status] = [await answer(answerSchemas['harness status'][1], 'status', 'acme')];
    const { active } = status.harness;
    assert.ok(active !== null);
    assert.equal(execFileSync(at('.beaver', active.executable), { encoding: 'utf8' }), 'acme 1.0.0\n');

    // A release key is replaced: the old one is worth nothing from then on.
    await release(
      ...[
        'rotate',
        at('public'),
        '--manifest-key',
        at('release-2.pub.json'),
        '--sign-with',
        at('root-2.json'),
      ],
    );
    const late = await start(RELEASE, [
      ...['publish', at('public'), '--channel', 'stable', '--release', '1.1.0', '--git-sha', 'a'.repeat(40)],
      ...['--asset', `${PLATFORM}=${program('1.1.0')}`, '--sign-with', at('release-1.json')],
    ]);
    assert.match(late.out, /pending\/channels-stable\.json waits for more signatures/);
    await publish('1.1.0', 'release-2.json');
    assert.match(await release('verify', at('public')), /Root 2 of acme[^]*stable: 1\.1\.0, number 2/);
    assert.deepEqual(await update(), ['activated', '1.1.0']);

    const back = await answer(
      answerSchemas['harness rollback'][0],
      'rollback',
      'acme',
      '--reason',
      'too slow',
    );
    assert.deepEqual(
      [back.harness.active?.version, back.harness.ignored.map(({ version, detail }) => [version, detail])],
      ['1.0.0', [['1.1.0', 'too slow']]],
    );
    assert.deepEqual(await update(), ['ignored', '1.1.0']);
    const words = await start(BEAVER, ['harness', 'status']);
    assert.match(words.out, /^acme \(acme, channel stable\)\n {2}active: {3}1\.0\.0 /);
  });

  it('what a person decides is carried out, shown, and taken back', async () => {
    await prepare();
    await add();
    await update();
    await publish('1.1.0', 'release-1.json');
    const change = async (...args: readonly string[]) =>
      (await answer(answerSchemas['harness ignore'][0], ...args)).harness;

    const [entry] = (await change('ignore', 'acme', '1.1.0', '--reason', 'slow')).ignored;
    assert.deepEqual([entry?.version, entry?.reason, entry?.detail], ['1.1.0', 'by_hand', 'slow']);
    assert.deepEqual(await update(), ['ignored', '1.1.0']);
    assert.equal(await refused({}, 'ignore', 'acme', '1.0.0'), 'version_in_use');
    assert.equal(await refused({}, 'ignore', 'acme', 'latest'), 'version_invalid');
    assert.deepEqual((await change('unignore', 'acme', '1.1.0')).ignored, []);
    assert.equal(await refused({}, 'unignore', 'acme', '1.1.0'), 'version_not_ignored');

    const { local_build: local } = await change('local', 'acme', program('2.0.0-dev'));
    assert.equal(local?.program, 'acme-2.0.0-dev');
    assert.match((await start(BEAVER, ['harness', 'status', 'acme'])).out, /local: {4}acme-2\.0\.0-dev/);
    const asked = server.requests.length;
    assert.equal(await refused({}, 'update', 'acme'), 'local_build_in_use');
    assert.equal(server.requests.length, asked, 'no release is asked for');
    assert.equal(await refused({}, 'local', 'acme', at('nothing')), 'local_build_unusable');
    assert.equal((await start(BEAVER, ['harness', 'local', 'acme'])).code, 2);
    assert.equal((await change('local', 'acme', '--stop')).local_build, null);
    assert.deepEqual(await update(), ['activated', '1.1.0']);

    const automatic = async (...args: readonly string[]) =>
      (await answer(answerSchemas['harness auto'][0], 'auto', 'acme', ...args)).automatic;
    assert.deepEqual(await automatic(), { update: true, restart: true, by: 'default' });
    assert.deepEqual(await automatic('--restart', 'off'), { update: true, restart: false, by: 'policy' });
    assert.deepEqual(await automatic('--update', 'off', '--restart', 'on'), {
      update: false,
      restart: true,
      by: 'policy',
    });

    assert.equal((await change('delegate', 'acme')).delegated, true);
    assert.equal((await change('delegate', 'acme', '--stop')).delegated, false);
  });

  it('two signatures are made on two machines, one after the other', async () => {
    for (const key of ['root-1', 'release-1', 'release-2']) await release('keys', at(`${key}.json`));
    await release(
      ...[
        'init',
        at('public'),
        '--product',
        'acme',
        '--root-key',
        at('root-1.pub.json'),
        '--sign-with',
        at('root-1.json'),
      ],
      ...['--manifest-key', at('release-1.pub.json'), '--manifest-key', at('release-2.pub.json')],
      ...['--manifest-threshold', '2'],
    );
    const said = await publish('1.0.0', 'release-1.json');
    assert.match(said, /waits for more signatures/);
    assert.equal(fs.existsSync(at('public', 'channels')), false);
    const pending = at('public', 'pending', 'channels-stable.json');
    assert.match(
      await release('sign', at('public'), pending, '--sign-with', at('release-2.json')),
      /Published channels\/stable\.json/,
    );
    assert.equal(fs.existsSync(pending), false);
    await add();
    assert.deepEqual(await update(), ['activated', '1.0.0']);
  });

  it('beaver-release refuses what clients would refuse, and keys that others can read', async () => {
    await prepare();
    const fails = async (code: string, ...args: readonly string[]): Promise<void> => {
      const { code: exit, err } = await start(RELEASE, args);
      assert.equal(exit, code === 'usage' ? 2 : 3, err);
      assert.match(err, new RegExp(`\\[${code}\\]`));
    };
    const words = ['publish', at('public'), '--channel', 'stable', '--git-sha', 'a'.repeat(40)];
    const signed = ['--sign-with', at('release-1.json')];
    const asset = ['--asset', `${PLATFORM}=${at('acme-1.0.0')}`];
    await fails('version_not_newer', ...words, '--release', '0.9.0', ...asset, ...signed);
    await fails('usage', ...words, '--release', 'v1.1', ...asset, ...signed);
    await fails('usage', ...words, '--release', '1.1.0', '--asset', 'windows=x', ...signed);
    await fails(
      'asset_missing',
      ...words,
      '--release',
      '1.1.0',
      '--asset',
      `${PLATFORM}=${at('no')}`,
      ...signed,
    );
    await fails(
      'key_unreadable',
      ...words,
      '--release',
      '1.1.0',
      ...asset,
      '--sign-with',
      at('release-1.pub.json'),
    );
    await fails('key_exists', 'keys', at('release-1.json'));
    // Half of a pair that is there already is not joined by another half.
    fs.renameSync(at('release-1.pub.json'), at('moved.pub.json'));
    await fails('key_exists', 'keys', at('release-1.json'));
    assert.equal(fs.existsSync(at('release-1.pub.json')), false);
    fs.renameSync(at('moved.pub.json'), at('release-1.pub.json'));
    fs.writeFileSync(at('other.pub.json'), '');
    await fails('key_exists', 'keys', at('other.json'));
    assert.equal(fs.existsSync(at('other.json')), false);
    await fails(
      'folder_in_use',
      'init',
      at('public'),
      '--product',
      'x',
      '--root-key',
      at('root-1.pub.json'),
      '--manifest-key',
      at('release-1.pub.json'),
      '--sign-with',
      at('root-1.json'),
    );
    await fails(
      'threshold',
      'rotate',
      at('public'),
      '--root-threshold',
      '3',
      '--sign-with',
      at('root-1.json'),
    );
    fs.chmodSync(at('release-1.json'), 0o644);
    await fails('key_exposed', ...words, '--release', '1.1.0', ...asset, ...signed);
    fs.appendFileSync(
      at('public', 'assets', '1.0.0', fs.readdirSync(at('public', 'assets', '1.0.0'))[0] ?? ''),
      'x',
    );
    await fails('asset_differs', 'verify', at('public'));
  });

  it('A19: neither the environment nor a workspace changes whom to trust or where releases come from', async () => {
    await prepare();
    await add();
    const channel = at('public', 'channels', 'stable.json');
    const envelope = JSON.parse(fs.readFileSync(channel, 'utf8')) as { signatures: unknown[] };
    fs.writeFileSync(channel, `${JSON.stringify({ ...envelope, signatures: [] }, undefined, 2)}\n`);
    const thief = await StaticServer.start(at('work'));
    try {
      const settings = {
        'beaver.harness.verify': false,
        'beaver.harness.mirrors': [thief.url],
        'beaver.harness.root': 'root.json',
        'beaver.autoUpdate': 'apply',
      };
      fs.mkdirSync(at('work', '.vscode'));
      fs.writeFileSync(at('work', '.vscode', 'settings.json'), JSON.stringify(settings));
      fs.mkdirSync(at('work', '.beaver', 'harness', 'acme'), { recursive: true });
      fs.copyFileSync(
        at('.beaver', 'harness', 'acme', 'source.json'),
        at('work', '.beaver', 'harness', 'acme', 'source.json'),
      );
      const env = {
        BEAVER_HARNESS_INSECURE: '1',
        BEAVER_HARNESS_MIRROR: thief.url,
        BEAVER_SKIP_VERIFY: 'true',
        GITHUB_REPOSITORY: 'thief/acme',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      };
      assert.equal(await refused(env, 'update', 'acme'), 'sig_invalid');
      assert.deepEqual(thief.requests, []);
      for (const word of ['--insecure', '--no-verify', '--force', '--skip-signature', '--mirror', '--root']) {
        const { code } = await start(BEAVER, ['harness', 'update', 'acme', word]);
        assert.equal(code, 2, word);
      }
    } finally {
      await thief.stop();
    }
  });

  it('a harness without a source, a root that is none, and a mirror without TLS are refused', async () => {
    await prepare();
    assert.equal(await refused({}, 'update', 'nobody'), 'harness_unknown');
    assert.equal(await refused({}, 'status', '../../etc'), 'harness_unknown');
    assert.equal(
      await refused({}, 'add', 'acme', '--root', at('acme-1.0.0'), '--mirror', server.url),
      'metadata_invalid',
    );
    const root = at('public', 'root', '1.root.json');
    const plain = await start(BEAVER, [
      'harness',
      'add',
      'acme',
      '--root',
      root,
      '--mirror',
      'http://example.com/',
    ]);
    assert.equal(plain.code, 2);
    assert.deepEqual((await answer(answerSchemas['harness status'][0], 'status')).harnesses, []);
  });

  it('a command that something else installed is left alone, and what the person can do is said', async () => {
    await prepare();
    fs.writeFileSync(at('bin', 'acme'), '#!/bin/sh\n', { mode: 0o755 });
    await add();
    server.requests.length = 0;
    assert.deepEqual(await update(), ['not_ours', null]);
    const { out } = await start(BEAVER, ['harness', 'check', 'acme']);
    assert.match(out, /^Left alone: "acme" was not installed by Beaver\.\n {2}user_launcher: /);
    assert.deepEqual(server.requests, []);
  });
});
