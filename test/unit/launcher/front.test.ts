import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { LaunchWorld } from '../../support/launcher.ts';

describe('beaver-launch without a terminal', function () {
  this.timeout(60_000);
  let world: LaunchWorld;

  beforeEach(async () => {
    world = await LaunchWorld.start();
    await world.publish('1.0.0');
    await world.client.add(world.publisher, { delegated: true });
    await world.client.update();
  });
  afterEach(async () => {
    await world.dispose();
  });
  const line = (): string => fs.readFileSync(world.client.layout.launchLine, 'utf8');

  it('starts the active version in its own place: arguments, streams, folder and exit code are its own', async () => {
    await world.publish('1.1.0', 'echo "[$1] [$2] $PWD $(cat)"; echo wrong >&2; exit 7');
    await world.client.update();
    const { status, stdout, stderr } = spawnSync(world.launcher.front, ['acme', 'a  b', '*'], {
      encoding: 'utf8',
      input: 'typed',
      env: world.environment,
      cwd: world.client.home,
    });
    assert.equal(stdout, `[a  b] [*] ${fs.realpathSync(world.client.home)} typed\n`);
    assert.deepEqual([status, stderr], [7, 'wrong\n']);
  });

  it('R08: the process that was started is the harness: its number, its signals', async () => {
    await world.publish('1.1.0', 'echo $$; kill -TERM $$; sleep 60');
    await world.client.update();
    const child = world.start();
    assert.ok(child.stdout !== null);
    const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    assert.equal(Number(printed), child.pid);
    assert.deepEqual([child.exitCode, child.signalCode], [null, 'SIGTERM']);
  });

  it('asks nothing but the line file: neither Node nor another program runs, and no lock is taken', () => {
    const trace = path.join(world.client.home, 'trace');
    assert.equal(world.launch().stdout, 'acme 1.0.0 \n');
    const front = [world.launcher.front, 'acme'];
    execFileSync('strace', ['-f', '-o', trace, '-e', 'trace=execve,openat,flock,fcntl,socket', ...front], {
      env: world.environment,
      cwd: world.client.home,
    });
    const calls = fs.readFileSync(trace, 'utf8');
    const started = [...calls.matchAll(/execve\("([^"]+)"/g)].map(([, program = '']) =>
      path.basename(program),
    );
    assert.deepEqual(started, ['beaver-launch', 'acme']);
    assert.doesNotMatch(calls, /F_OFD_SETLK|F_SETLK|flock\(|socket\(/);
    const written = [...calls.matchAll(/openat\([^"]*"([^"]+)", [^)]*O_(?:WRONLY|RDWR)/g)].map(
      ([, file]) => file,
    );
    assert.deepEqual(
      written.filter((file) => file?.endsWith('.lease') !== true),
      [],
    );
  });

  it('F26: 64 launchers at once with a staged version: one activation, no downgrade, all run', async () => {
    await world.publish('1.1.0');
    await world.client.update({ stageOnly: true });
    const before = fs.statSync(world.client.layout.state).ino;
    const runs = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const child = world.start();
        assert.ok(child.stdout !== null);
        const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
        return `${String(child.exitCode)} ${printed}`;
      }),
    );
    // Whoever could not wait for the activation ran what was active when it was started.
    assert.deepEqual(
      runs.filter((run) => run !== '0 acme 1.1.0 \n' && run !== '0 acme 1.0.0 \n'),
      [],
    );
    assert.ok(runs.includes('0 acme 1.1.0 \n'));
    assert.deepEqual(await world.client.versions(), { active: '1.1.0', staged: null, previous: '1.0.0' });
    assert.notEqual(fs.statSync(world.client.layout.state).ino, before);
    assert.equal(world.launch().stdout, 'acme 1.1.0 \n');
  });

  it('a staged version becomes active with the next start, and the one before stays for a rollback', async () => {
    await world.publish('1.1.0');
    await world.client.update({ stageOnly: true });
    assert.equal(world.launch().stdout, 'acme 1.1.0 \n');
    await world.client.service.rollback('acme', 'worse', { kind: 'never' });
    assert.equal(world.launch().stdout, 'acme 1.0.0 \n');
  });

  it('A12: a staged version that somebody changed does not become active', async () => {
    await world.publish('1.1.0');
    await world.client.update({ stageOnly: true });
    fs.appendFileSync(await world.program('staged'), 'echo changed\n');
    const run = world.launch();
    assert.equal(run.stdout, 'acme 1.0.0 \n');
    assert.match(run.stderr, /acme 1\.1\.0 was staged and is not what was put there/);
    assert.equal((await world.client.versions()).staged, null);
    assert.equal((await world.client.update()).kind, 'activated');
    assert.equal(world.launch().stdout, 'acme 1.1.0 \n');
  });

  it('an update that goes on is not waited for: the active version starts', async () => {
    await world.publish('1.1.0');
    await world.client.update({ stageOnly: true });
    await world.client.deps.lock.run(
      world.client.layout.updateLock,
      'update',
      { kind: 'never' },
      async () => {
        const child = world.start();
        assert.ok(child.stdout !== null);
        assert.equal(await text(child.stdout), 'acme 1.0.0 \n');
      },
    );
    assert.equal(world.launch().stdout, 'acme 1.1.0 \n');
  });

  describe('F29: the pointer or the line is', () => {
    const DAMAGE: Readonly<Record<string, (file: string) => void>> = {
      missing: (file) => {
        fs.rmSync(file);
      },
      'of no length': (file) => {
        fs.writeFileSync(file, '');
      },
      'full of NULs': (file) => {
        fs.writeFileSync(file, Buffer.alloc(200));
      },
      'cut in half': (file) => {
        fs.writeFileSync(file, fs.readFileSync(file).subarray(0, 60));
      },
      'a folder': (file) => {
        fs.rmSync(file);
        fs.mkdirSync(file);
      },
      'a link to nothing': (file) => {
        fs.rmSync(file);
        fs.symlinkSync('nowhere', file);
      },
    };
    for (const [name, damage] of Object.entries(DAMAGE)) {
      it(`${name}: the version starts all the same, and the line is there again`, () => {
        const good = line();
        damage(world.client.layout.launchLine);
        assert.equal(world.launch().stdout, 'acme 1.0.0 \n');
        assert.equal(line(), good);

        damage(world.client.layout.launchLine);
        damage(world.client.layout.state);
        const run = world.launch();
        assert.equal(run.stdout, 'acme 1.0.0 \n');
        assert.match(run.stderr, /damaged|^$/);
        assert.equal(line(), good);
      });
    }

    it('of a newer Beaver: what its line says is started, and nothing is written', () => {
      const { state } = world.client.layout;
      fs.writeFileSync(
        state,
        fs.readFileSync(state, 'utf8').replace('"schema_version": 1', '"schema_version": 9'),
      );
      const before = fs.readFileSync(state, 'utf8');
      assert.equal(world.launch().stdout, 'acme 1.0.0 \n');
      fs.rmSync(world.client.layout.launchLine);
      world.putOnPath('acme', '#!/bin/sh\necho base\n');
      assert.equal(world.launch().stdout, 'base\n');
      assert.equal(fs.readFileSync(state, 'utf8'), before);
    });
  });

  describe('F30: the program of the active version is', () => {
    const DAMAGE: Readonly<Record<string, (program: string) => void>> = {
      missing: (program) => {
        fs.rmSync(program);
      },
      'of no length': (program) => {
        fs.writeFileSync(program, '');
      },
      'not executable': (program) => {
        fs.chmodSync(program, 0o644);
      },
      changed: (program) => {
        fs.appendFileSync(program, 'echo changed\n');
        later(program);
      },
      'away with its whole folder': (program) => {
        fs.rmSync(path.resolve(program, '../..'), { recursive: true });
      },
    };
    for (const [name, damage] of Object.entries(DAMAGE)) {
      it(`${name}: the previous version starts, then the base installation, then an error`, async () => {
        await world.publish('1.1.0');
        await world.client.update();
        assert.equal(world.launch().stdout, 'acme 1.1.0 \n');
        damage(await world.program('active'));
        const run = world.launch();
        assert.equal(run.stdout, 'acme 1.0.0 \n');
        assert.match(run.stderr, /acme 1\.1\.0 cannot be started; 1\.0\.0 is started instead/);
        // Said once; from then on it is the version that starts.
        assert.deepEqual(world.launch(), { ...run, stderr: '' });

        damage(await world.program('active'));
        world.putOnPath('acme', '#!/bin/sh\necho "base $*"\n');
        const last = world.launch(['x']);
        assert.equal(last.stdout, 'base x\n');
        assert.match(last.stderr, /the one on the PATH is started/);
        fs.rmSync(path.join(world.client.bin, 'acme'));
        const none = world.launch();
        assert.deepEqual([none.status, none.stdout], [127, '']);
        assert.match(none.stderr, /no other "acme" on the PATH/);
        // The next update mends it.
        await world.client.update();
        assert.equal(world.launch().stdout, 'acme 1.1.0 \n');
      });
    }

    it('touched, but the same: it starts, and the next start is a quick one again', async () => {
      later(await world.program('active'));
      assert.equal(world.launch().stdout, 'acme 1.0.0 \n');
      assert.ok(
        fs.statSync(world.client.layout.launchLine).mtimeMs >
          fs.statSync(await world.program('active')).mtimeMs - 3_600_000,
      );
    });
  });

  describe('when the rest of Beaver is broken', () => {
    it('Node is missing: the version of the line starts, staged or not', async () => {
      await world.publish('1.1.0');
      await world.client.update({ stageOnly: true });
      assert.equal(world.launch([], { BEAVER_NODE: '/nowhere/node' }).stdout, 'acme 1.0.0 \n');
    });

    it('Node ends with an error, or the parts beside the front are away: the same', async () => {
      await world.publish('1.1.0');
      await world.client.update({ stageOnly: true });
      const broken = world.putOnPath('old-node', '#!/bin/sh\nexit 9\n');
      assert.equal(world.launch([], { BEAVER_NODE: broken }).stdout, 'acme 1.0.0 \n');
      const alone = path.join(world.client.home, 'beaver-launch');
      fs.copyFileSync(world.launcher.front, alone);
      const { stdout } = spawnSync(alone, ['acme'], { encoding: 'utf8', env: world.environment });
      assert.equal(stdout, 'acme 1.0.0 \n');
    });

    it('nor is there a line: the base installation starts, with one line about it', () => {
      fs.rmSync(world.client.layout.launchLine);
      world.putOnPath('acme', '#!/bin/sh\necho "base $*"\n');
      const run = world.launch(['a b'], { BEAVER_NODE: '/nowhere/node' });
      assert.equal(run.stdout, 'base a b\n');
      assert.equal(run.stderr.trim().split('\n').length, 1);
    });

    it('a harness that nobody added is started from the PATH, without a word and without a file', () => {
      world.putOnPath('other', '#!/bin/sh\necho "other $*"\n');
      const { stdout, stderr } = spawnSync(world.launcher.front, ['other', 'x'], {
        encoding: 'utf8',
        env: world.environment,
      });
      assert.deepEqual([stdout, stderr], ['other x\n', '']);
      assert.deepEqual(fs.readdirSync(path.join(world.client.home, '.beaver/harness')), ['acme']);
    });
  });

  it('under the name of the harness it starts the harness, and never itself', () => {
    const link = path.join(world.client.bin, 'acme');
    fs.symlinkSync(world.launcher.front, link);
    const run = (env: Readonly<Record<string, string>> = {}): ReturnType<typeof spawnSync> =>
      spawnSync(link, ['x'], { encoding: 'utf8', env: { ...world.environment, ...env } });
    assert.equal(run().stdout, 'acme 1.0.0 x\n');
    fs.rmSync(world.client.layout.root, { recursive: true });
    assert.equal(run().status, 127);
    // A script that starts the launcher again is found out as well.
    const script = '#!/bin/sh\nexec "$0.link" "$@"\n';
    fs.renameSync(link, `${link}.link`);
    fs.writeFileSync(link, script, { mode: 0o755 });
    const round = spawnSync(world.launcher.front, ['acme'], { encoding: 'utf8', env: world.environment });
    assert.equal(round.status, 127);
  });

  it('A18: versions that others can change are not started', () => {
    fs.chmodSync(world.client.layout.versions, 0o777);
    fs.rmSync(world.client.layout.launchLine);
    world.putOnPath('acme', '#!/bin/sh\necho base\n');
    const run = world.launch();
    assert.equal(run.stdout, 'base\n');
    assert.match(run.stderr, /others can change the versions/);
  });

  it('F39: a version that runs is kept for as long as the last process that it started', async () => {
    const gate = path.join(world.client.home, 'gate');
    execFileSync('mkfifo', [gate]);
    await world.publish('1.1.0', `echo up; (read -r word <"${gate}") & exit 0`);
    await world.client.update();
    const child = world.start();
    child.stdout?.resume();
    await once(child, 'exit');
    const { active } = (await world.client.service.status('acme')).stored.state;
    assert.ok(active !== null);
    const { layout } = world.client;
    const { machine } = world.client.deps;
    const lease = layout.lease(active.directory);
    assert.equal(await machine.leaseHeld(lease), true);
    for (const version of ['1.2.0', '1.3.0', '1.4.0']) {
      await world.publish(version);
      await world.client.update();
    }
    assert.ok(fs.existsSync(layout.version(active.directory)));
    fs.writeFileSync(gate, 'end\n');
    while (await machine.leaseHeld(lease)) await new Promise((resolve) => setImmediate(resolve));
    await world.client.update();
    assert.equal(fs.existsSync(layout.version(active.directory)), false);
  });
});

/** As if it had been changed an hour from now: no clock of a file system is too coarse for that. */
function later(file: string): void {
  const time = Date.now() / 1000 + 3600;
  fs.utimesSync(file, time, time);
}
