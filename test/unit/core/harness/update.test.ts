import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isBeaverError } from '../../../../src/base/errors.ts';
import { UnpackingMachine } from '../../../../src/node/harness/unpacking-machine.ts';
import { FaultFileSystem } from '../../../support/fault-files.ts';
import { HarnessClient, WAIT } from '../../../support/harness-client.ts';
import { FakeClock } from '../../../support/ports.ts';
import { Publisher } from '../../../support/publisher.ts';

const NOW = Date.UTC(2026, 10, 21);
const HOUR = 3600 * 1000;

describe('An update of a harness, over a real web server', function () {
  this.timeout(60_000);
  let clock: FakeClock;
  let publisher: Publisher;
  let client: HarnessClient;

  beforeEach(async () => {
    clock = new FakeClock(NOW);
    publisher = await Publisher.start(clock);
    client = new HarnessClient(clock);
    await publisher.publish('1.0.0');
    await client.add(publisher);
  });
  afterEach(async () => {
    client.dispose();
    await publisher.stop();
  });
  const rejectsWith = (work: Promise<unknown>, code: string): Promise<void> =>
    assert.rejects(work, (error) => isBeaverError(error, code));
  const run = async (): Promise<string> => {
    const { active } = (await client.service.status('acme')).stored.state;
    assert.ok(active !== null);
    return execFileSync(client.layout.executable(active.directory, active.executable), {
      encoding: 'utf8',
    }).trim();
  };

  it('from an empty folder to a first version, to a second one, and back', async () => {
    assert.deepEqual(await client.versions(), { active: null, staged: null, previous: null });
    assert.equal((await client.update()).kind, 'activated');
    assert.equal(await run(), 'acme 1.0.0');

    await publisher.publish('1.1.0');
    assert.equal((await client.update({ stageOnly: true })).kind, 'staged');
    assert.deepEqual(await client.versions(), { active: '1.0.0', staged: '1.1.0', previous: null });
    assert.equal(await run(), 'acme 1.0.0');
    assert.equal((await client.update()).kind, 'activated');
    assert.deepEqual(await client.versions(), { active: '1.1.0', staged: null, previous: '1.0.0' });
    assert.equal(await run(), 'acme 1.1.0');

    await client.service.rollback('acme', 'it was worse', WAIT);
    assert.deepEqual(await client.versions(), { active: '1.0.0', staged: null, previous: null });
    assert.equal(await run(), 'acme 1.0.0');
    // What was left is not taken again by itself; what comes after it is.
    const kept = await client.update();
    assert.ok(
      kept.kind === 'kept' && kept.plan.kind === 'ignored' && kept.plan.ignored.detail === 'it was worse',
    );
    await publisher.publish('1.2.0');
    await client.update();
    assert.equal(await run(), 'acme 1.2.0');
    await rejectsWith(
      client.service.rollback('acme', '', WAIT).then(() => client.service.rollback('acme', '', WAIT)),
      'nothing_to_roll_back',
    );
  });

  it('a check writes no version, and says what an update would do', async () => {
    const before = await client.service.check('acme', { wait: WAIT });
    assert.ok('plan' in before && before.plan.kind === 'stage');
    assert.deepEqual(fs.existsSync(client.layout.versions), false);
    await client.update();
    const after = await client.service.check('acme', { wait: WAIT });
    assert.ok('plan' in after && after.plan.kind === 'current');
    const downloads = publisher.server.requests.filter((request) => request.includes('assets/'));
    assert.equal(downloads.length, 1);
  });

  it('A09, A12: a file of another release at the place of this one is refused, and nothing of it is kept', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    const [old = '', next = ''] = ['1.0.0', '1.1.0'].map((version) => assetOf(publisher, version));
    fs.writeFileSync(next, fs.readFileSync(old));
    await rejectsWith(client.update(), 'hash_mismatch');
    assert.deepEqual(await client.versions(), { active: '1.0.0', staged: null, previous: null });
    assert.deepEqual(
      fs
        .readdirSync(client.layout.downloads)
        .filter(
          (name) =>
            fs.statSync(path.join(client.layout.downloads, name)).size > 0 && !name.startsWith(sha(old)),
        ),
      [],
    );
    // The publisher mends it: the next update goes through.
    fs.writeFileSync(next, fs.readFileSync(publisher.program('1.1.0')));
    assert.equal((await client.update()).kind, 'activated');
  });

  it('A12: a file of the signed size with other content, with the right beginning, or cut short is refused', async () => {
    const file = assetOf(publisher, '1.0.0');
    const whole = fs.readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 2] = 0x58;
    for (const [content, code] of [
      [flipped, 'hash_mismatch'],
      [Buffer.concat([whole, Buffer.from('x')]), 'too_large'],
      [whole.subarray(0, whole.length - 1), 'hash_mismatch'],
      [Buffer.alloc(0), 'hash_mismatch'],
    ] as const) {
      fs.writeFileSync(file, content);
      await rejectsWith(client.update(), code);
      assert.deepEqual(await client.versions(), { active: null, staged: null, previous: null });
    }
    fs.writeFileSync(file, whole);
    assert.equal((await client.update()).kind, 'activated');
  });

  it('A12: a staged version that somebody changed is not activated, but fetched again', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    const staged = await client.update({ stageOnly: true });
    assert.ok(staged.kind === 'staged');
    const program = client.layout.executable(staged.version.directory, 'acme');
    fs.appendFileSync(program, 'echo evil\n');
    await client.update();
    assert.deepEqual(await client.versions(), { active: '1.1.0', staged: null, previous: '1.0.0' });
    assert.equal(await run(), 'acme 1.1.0');
    assert.doesNotMatch(fs.readFileSync(program, 'utf8'), /evil/);
  });

  it('A13: what a program brings for an installer is not run', async () => {
    const marker = path.join(client.home, 'ran');
    await publisher.publish('1.1.0', {
      program: `#!/bin/sh\nif [ "$1" != --version ]; then touch '${marker}'; fi\necho acme 1.1.0\n`,
    });
    assert.equal((await client.update()).kind, 'activated');
    assert.equal(fs.existsSync(marker), false);
  });

  it('A14: of two mirrors, one that has the release but not its file is passed over', async () => {
    const second = await Publisher.start(clock);
    try {
      await client.service.add(
        {
          harness: 'acme',
          root: fs.readFileSync(path.join(publisher.folder, 'root', '1.root.json')),
          mirrors: [second.server.url, publisher.server.url],
          channel: 'stable',
          command: 'acme',
          delegated: false,
          replace: false,
        },
        WAIT,
      );
      // It has copied everything but the files.
      fs.cpSync(path.join(publisher.folder, 'channels'), path.join(second.folder, 'channels'), {
        recursive: true,
      });
      assert.equal((await client.update()).kind, 'activated');
      assert.deepEqual(
        client.log.records.map(({ message }) => message),
        ['A mirror did not give the file.'],
      );
    } finally {
      await second.stop();
    }
  });

  for (const [name, spoil] of [
    [
      'staging is a link',
      (root: string) => {
        fs.symlinkSync('/tmp', path.join(root, 'staging'));
      },
    ],
    [
      'versions is a link',
      (root: string) => {
        fs.symlinkSync('/tmp', path.join(root, 'versions'));
      },
    ],
    [
      'downloads is a link',
      (root: string) => {
        fs.symlinkSync('/tmp', path.join(root, 'downloads'));
      },
    ],
    [
      'everybody may write',
      (root: string) => {
        fs.chmodSync(root, 0o777);
      },
    ],
    [
      'a group may write',
      (root: string) => {
        fs.chmodSync(root, 0o770);
      },
    ],
    [
      'staging is a file',
      (root: string) => {
        fs.writeFileSync(path.join(root, 'staging'), 'x');
      },
    ],
  ] as const) {
    it(`A18: nothing is asked or installed where ${name}`, async () => {
      publisher.server.requests.length = 0;
      spoil(client.layout.root);
      await rejectsWith(client.update(), 'storage_unsafe');
      assert.deepEqual(publisher.server.requests, []);
    });
  }

  it('A18: the folder of another user is not used', async () => {
    const machine = new UnpackingMachine();
    machine.privacyOf = (folder) =>
      Promise.resolve(folder === client.layout.trust ? 'of_another_user' : 'private');
    const other = new HarnessClient(clock, { ...client.deps, machine });
    await rejectsWith(other.service.update('acme', { wait: WAIT }), 'storage_unsafe');
    other.dispose();
  });

  it('A18: a pointer that names a program elsewhere is not followed; what lies whole in the cache counts', async () => {
    await client.update();
    const state: unknown = JSON.parse(fs.readFileSync(client.layout.state, 'utf8'));
    assert.ok(typeof state === 'object' && state !== null && 'active' in state);
    const evil = { ...state, active: { ...(state.active as object), executable: '../../../../../bin/sh' } };
    fs.writeFileSync(client.layout.state, JSON.stringify(evil));
    assert.deepEqual(await client.versions(), { active: '1.0.0', staged: null, previous: null });
    assert.equal(await run(), 'acme 1.0.0');
  });

  it('A20: a name that looks like a known one, or like one that is there, is refused', async () => {
    const wish = {
      root: fs.readFileSync(path.join(publisher.folder, 'root', '1.root.json')),
      mirrors: [publisher.server.url],
      channel: 'stable',
      command: 'acme',
      delegated: false,
      replace: false,
    };
    for (const harness of ['c1aude', 'daude', 'c0dex', 'c-o-d-e', 'claud-e', 'ac-me']) {
      await rejectsWith(client.service.add({ ...wish, harness }, WAIT), 'name_mistakable');
    }
    await rejectsWith(client.service.add({ ...wish, harness: 'Claude' }, WAIT), 'usage');
    await rejectsWith(client.service.add({ ...wish, harness: 'сlaude' }, WAIT), 'usage');
    assert.deepEqual(await client.service.list(), ['acme']);
  });

  it('another trust root for a source that is there is refused, unless the person says so', async () => {
    await client.update();
    const other = await Publisher.start(clock);
    try {
      await rejectsWith(client.add(other), 'source_exists');
      await client.add(other, { replace: true });
      await other.publish('2.0.0');
      assert.equal((await client.update()).kind, 'activated');
      assert.deepEqual(await client.versions(), { active: '2.0.0', staged: null, previous: '1.0.0' });
    } finally {
      await other.stop();
    }
  });

  for (const [name, parts] of [
    ['ends with an error', { program: '#!/bin/sh\necho acme 1.1.0\nexit 3\n' }],
    ['is ended by a signal', { program: '#!/bin/sh\nkill -SEGV $$\n' }],
    ['prints another version', { prints: 'acme 1.1.01' }],
    ['prints nothing', { prints: '' }],
    ['cannot be started', { program: '\u0000not a program' }],
    ['needs an interpreter that is missing', { program: '#!/no/such/interpreter\n' }],
    ['changes its own file', { program: '#!/bin/sh\necho acme 1.1.0\necho "# x" >> "$0"\n' }],
  ] as const) {
    it(`F32, F35: a release that ${name} is ignored with the reason, not tried again, and the next one is taken`, async () => {
      await client.update();
      await publisher.publish('1.1.0', parts);
      await rejectsWith(client.update(), 'smoke_test_failed');
      const { state } = (await client.service.status('acme')).stored;
      assert.deepEqual(
        state.ignored.map(({ version, reason }) => [version, reason]),
        [['1.1.0', 'smoke_test_failed']],
      );
      assert.deepEqual(fs.readdirSync(client.layout.staging), []);
      publisher.server.requests.length = 0;
      const again = await client.update();
      assert.ok(again.kind === 'kept' && again.plan.kind === 'ignored');
      assert.ok(!publisher.server.requests.some((request) => request.includes('assets/')));
      assert.equal(await run(), 'acme 1.0.0');
      await publisher.publish('1.1.1');
      await client.update();
      assert.equal(await run(), 'acme 1.1.1');
    });
  }

  it('a trial sees neither the home nor the environment of the person', async () => {
    const seen = path.join(client.home, 'seen');
    process.env['BEAVER_TEST_SECRET'] = 'secret';
    try {
      await publisher.publish('1.1.0', {
        program: `#!/bin/sh\nenv > '${seen}'\ntouch "$HOME/settings"\necho acme 1.1.0\n`,
      });
      await client.update();
    } finally {
      delete process.env['BEAVER_TEST_SECRET'];
    }
    const environment = fs.readFileSync(seen, 'utf8');
    assert.doesNotMatch(environment, /BEAVER_TEST_SECRET/);
    assert.match(environment, /^HOME=.*staging.*home$/m);
    assert.deepEqual(fs.readdirSync(client.layout.staging), []);
  });

  it('F35: a release that revokes the active version is taken, and a revoked one is not returned to (P15)', async () => {
    await client.update();
    await publisher.publish('1.1.0', { revoke: ['1.0.0=it leaks'] });
    await client.update();
    assert.deepEqual(await client.versions(), { active: '1.1.0', staged: null, previous: null });
    await rejectsWith(client.service.rollback('acme', '', WAIT), 'nothing_to_roll_back');
  });

  it('a release that revokes itself, is for another platform or for a newer Beaver is not installed', async () => {
    for (const [version, parts, code] of [
      ['1.1.0', { platform: 'freebsd-x64' }, 'wrong_target'],
      ['1.2.0', { minimumLauncher: '9.0.0' }, 'launcher_too_old'],
      ['1.3.0', { revoke: ['1.3.0=broken'] }, 'revoked'],
    ] as const) {
      await publisher.publish(version, parts);
      await rejectsWith(client.update(), code);
      const checked = await client.service.check('acme', { wait: WAIT });
      assert.ok(
        'plan' in checked && checked.plan.kind === 'nothing_for_this_machine' && checked.plan.code === code,
      );
    }
    assert.equal(fs.existsSync(client.layout.versions), false);
  });

  it('F39: old versions go in a later pass only, and never while somebody runs them', async () => {
    const folders = (): readonly string[] =>
      fs
        .readdirSync(client.layout.versions)
        .map((name) => name.split('-')[0] ?? '')
        .sort();
    await client.update();
    await publisher.publish('1.1.0');
    await client.update();
    await publisher.publish('1.2.0');
    await client.update();
    // 1.0.0 is named by nothing any more, and is there until the next pass.
    assert.deepEqual(folders(), ['1.0.0', '1.1.0', '1.2.0']);
    const [oldest = ''] = fs.readdirSync(client.layout.versions).sort();
    const lease = client.layout.lease(oldest);
    fs.mkdirSync(path.dirname(lease), { recursive: true });
    execFileSync('mkfifo', [lease]);
    const held = fs.openSync(lease, fs.constants.O_RDWR);
    await client.update();
    assert.deepEqual(folders(), ['1.0.0', '1.1.0', '1.2.0']);
    fs.closeSync(held);
    await client.update();
    assert.deepEqual(folders(), ['1.1.0', '1.2.0']);
    assert.deepEqual(await client.versions(), { active: '1.2.0', staged: null, previous: '1.1.0' });
  });

  for (const [name, damage] of [
    [
      'missing',
      (file: string) => {
        fs.rmSync(file);
      },
    ],
    [
      'empty',
      (file: string) => {
        fs.writeFileSync(file, '');
      },
    ],
    [
      'zeros',
      (file: string) => {
        fs.writeFileSync(file, Buffer.alloc(300));
      },
    ],
    [
      'half',
      (file: string) => {
        fs.truncateSync(file, 100);
      },
    ],
    [
      'of no schema',
      (file: string) => {
        fs.writeFileSync(file, '{"schema_version":1}');
      },
    ],
    [
      'a folder',
      (file: string) => {
        fs.rmSync(file);
        fs.mkdirSync(file);
      },
    ],
    [
      'a link to nowhere',
      (file: string) => {
        fs.rmSync(file);
        fs.symlinkSync('/no/where', file);
      },
    ],
  ] as const) {
    it(`F29: with a pointer that is ${name}, the newest whole version runs, and the next update mends it`, async () => {
      await client.update();
      await publisher.publish('1.1.0');
      await client.update();
      damage(client.layout.state);
      assert.deepEqual(await client.versions(), { active: '1.1.0', staged: null, previous: '1.0.0' });
      await publisher.publish('1.2.0');
      await client.update();
      assert.deepEqual(await client.versions(), { active: '1.2.0', staged: null, previous: '1.1.0' });
      assert.equal((await client.service.status('acme')).stored.origin, 'read');
    });
  }

  it('F29: with a damaged pointer, what was left behind and what is ignored stays so', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    await client.update();
    await client.service.rollback('acme', 'it was worse', WAIT);
    fs.writeFileSync(client.layout.state, '');
    assert.equal(await run(), 'acme 1.0.0');
    await client.update();
    const { active, ignored } = (await client.service.status('acme')).stored.state;
    assert.deepEqual([active?.version, ignored.map(({ version }) => version)], ['1.0.0', ['1.1.0']]);
  });

  it('F29: a pointer of a newer Beaver is left alone', async () => {
    await client.update();
    fs.writeFileSync(client.layout.state, '{"schema_version":2}');
    await rejectsWith(client.update(), 'schema_newer');
    assert.equal(fs.readFileSync(client.layout.state, 'utf8'), '{"schema_version":2}');
  });

  it('F29: what a newer Beaver wrote into the pointer beside what is known is kept', async () => {
    await client.update();
    const state = JSON.parse(fs.readFileSync(client.layout.state, 'utf8')) as object;
    fs.writeFileSync(client.layout.state, JSON.stringify({ ...state, later: { key: [1] } }));
    await publisher.publish('1.1.0');
    await client.update();
    assert.deepEqual((JSON.parse(fs.readFileSync(client.layout.state, 'utf8')) as { later: unknown }).later, {
      key: [1],
    });
  });

  it('F30: a version whose program is empty or cannot be started is not what a lost pointer leads to', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    await client.update();
    const program = (version: string): string =>
      path.join(
        client.layout.versions,
        fs.readdirSync(client.layout.versions).find((name) => name.startsWith(version)) ?? '',
        'tree',
        'acme',
      );
    fs.rmSync(client.layout.state);
    fs.chmodSync(program('1.1.0'), 0o644);
    assert.equal((await client.versions()).active, '1.0.0');
    fs.chmodSync(program('1.1.0'), 0o755);
    assert.equal((await client.versions()).active, '1.1.0');
    fs.truncateSync(program('1.1.0'), 0);
    assert.equal((await client.versions()).active, '1.0.0');
  });

  it('F40: a download that broke off goes on where it stopped', async () => {
    const program = `#!/bin/sh\necho acme 1.1.0\nexit\n${'# filler\n'.repeat(300_000)}`;
    await publisher.publish('1.1.0', { program });
    const name = path.relative(publisher.folder, assetOf(publisher, '1.1.0')).split(path.sep).join('/');
    publisher.server.handlers.set(name, (_request, response) => {
      response.writeHead(200, { 'content-length': program.length });
      response.write(program.slice(0, 1_500_000), () => response.destroy());
    });
    await rejectsWith(client.update(), 'source_unreachable');
    const [part = ''] = fs.readdirSync(client.layout.downloads);
    const kept = fs.statSync(path.join(client.layout.downloads, part)).size;
    assert.ok(kept > 0);
    publisher.server.handlers.clear();
    publisher.server.requests.length = 0;
    await client.update();
    assert.ok(publisher.server.requests.includes(`GET ${name} bytes=${kept}-`));
    assert.equal(await run(), 'acme 1.1.0');
  });

  it('F40: a beginning that another mirror spoilt costs one download from the start', async () => {
    const file = assetOf(publisher, '1.0.0');
    fs.mkdirSync(client.layout.downloads);
    fs.writeFileSync(path.join(client.layout.downloads, `${sha(file)}.part`), 'garbage');
    assert.equal((await client.update()).kind, 'activated');
    assert.equal(publisher.server.requests.filter((request) => request.includes('assets/')).length, 2);
  });

  it('F28: a clock ten years ahead says that the release expired, and nothing is lost by it', async () => {
    await client.update();
    clock.advance(10 * 365 * 24 * HOUR);
    await rejectsWith(client.update(), 'expired');
    clock.advance(-10 * 365 * 24 * HOUR);
    await publisher.publish('1.1.0');
    await client.update();
    assert.equal(await run(), 'acme 1.1.0');
  });

  it('F28: a clock that was ahead once keeps nobody from updates: a person can say that it is right now', async () => {
    await client.update();
    clock.advance(60 * 24 * HOUR);
    await client.update();
    clock.advance(-60 * 24 * HOUR);
    await publisher.publish('1.1.0');
    await rejectsWith(client.update(), 'clock_backwards');
    await client.update({ acceptClock: true });
    assert.equal(await run(), 'acme 1.1.0');
    await client.update();
  });

  it('F30: an active version that is gone, or was changed, is fetched again', async () => {
    await client.update();
    const { active } = (await client.service.status('acme')).stored.state;
    assert.ok(active !== null);
    fs.rmSync(client.layout.version(active.directory), { recursive: true });
    assert.equal((await client.update()).kind, 'activated');
    assert.equal(await run(), 'acme 1.0.0');
    fs.appendFileSync(client.layout.executable(active.directory, active.executable), '\nexit 1\n');
    assert.equal((await client.update()).kind, 'activated');
    assert.equal(await run(), 'acme 1.0.0');
    assert.deepEqual(await client.versions(), { active: '1.0.0', staged: null, previous: null });
  });

  it('F30: a staged version that is gone is fetched again', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    await client.update({ stageOnly: true });
    const { staged } = (await client.service.status('acme')).stored.state;
    fs.rmSync(client.layout.version(staged?.directory ?? ''), { recursive: true });
    await client.update();
    assert.equal(await run(), 'acme 1.1.0');
  });

  it('a reason of any length for going back is kept, cut', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    await client.update();
    const { ignored } = await client.service.rollback('acme', 'x'.repeat(400), WAIT);
    assert.equal(ignored[0]?.detail, 'x'.repeat(300));
  });

  it('F24: a full disk while a version is copied leaves the old one and no staging', async () => {
    await client.update();
    await publisher.publish('1.1.0');
    const files = new FaultFileSystem(client.deps.files, {
      at: 1,
      counts: (method) => method === 'copyFile',
      fault: { kind: 'fail', code: 'ENOSPC' },
    });
    const full = new HarnessClient(clock, { ...client.deps, files });
    await assert.rejects(full.service.update('acme', { wait: WAIT }), { code: 'ENOSPC' });
    full.dispose();
    assert.deepEqual(fs.readdirSync(client.layout.staging), []);
    assert.equal(await run(), 'acme 1.0.0');
    await client.update();
    assert.equal(await run(), 'acme 1.1.0');
  });

  it('what failed is said with the time of the last look that went well', async () => {
    await client.update();
    clock.advance(HOUR);
    await publisher.server.stop();
    await rejectsWith(client.update(), 'source_unreachable');
    const { last_check } = (await client.service.status('acme')).stored.state;
    assert.deepEqual(last_check, {
      at: '2026-11-21T01:00:00.000Z',
      outcome: 'source_unreachable',
      succeeded_at: '2026-11-21T00:00:00.000Z',
    });
  });
});

function assetOf(publisher: Publisher, version: string): string {
  const folder = path.join(publisher.folder, 'assets', version);
  return path.join(folder, fs.readdirSync(folder)[0] ?? '');
}

function sha(file: string): string {
  return execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64);
}
