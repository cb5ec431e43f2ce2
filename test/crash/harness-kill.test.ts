import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { HarnessClient, WAIT } from '../support/harness-client.ts';
import { FakeClock } from '../support/ports.ts';
import { Publisher } from '../support/publisher.ts';
import { DyingProcesses } from './dying-process.ts';

const NOW = Date.UTC(2026, 10, 21);
/** Children that live and die at the same time. */
const LANES = 2;

describe('F01–F23: an update of a harness that is killed', function () {
  this.timeout(300_000);
  const clock = new FakeClock(NOW);
  let children: DyingProcesses;
  let publisher: Publisher;
  /** Active 1.1.0, previous 1.0.0, and 0.9.0 that nothing names any more; the channel has 1.2.0. */
  let seed: HarnessClient;

  before(async () => {
    children = await DyingProcesses.of('harness-child');
    publisher = await Publisher.start(clock);
    seed = new HarnessClient(clock);
    await publisher.publish('0.9.0');
    await seed.add(publisher);
    for (const version of ['1.0.0', '1.1.0']) {
      await seed.update();
      await publisher.publish(version);
    }
    await seed.update();
    await publisher.publish('1.2.0');
  });
  after(async () => {
    seed.dispose();
    await publisher.stop();
    children.dispose();
  });

  const run = async (home: string, action: string, at: number): Promise<number | undefined> => {
    const end = await children.run(home, action, String(at));
    return end.kind === 'killed' ? undefined : Number(end.said);
  };
  /** The machine of the seed, in a home of its own. */
  const copy = (): HarnessClient => {
    const client = new HarnessClient(clock);
    fs.cpSync(path.join(seed.home, '.beaver'), path.join(client.home, '.beaver'), { recursive: true });
    return client;
  };
  const printed = async (client: HarnessClient): Promise<string> => {
    const { active } = (await client.service.status('acme')).stored.state;
    assert.ok(active !== null, 'nothing would start');
    return execFileSync(client.layout.executable(active.directory, active.executable), {
      encoding: 'utf8',
    }).trim();
  };
  const folders = (client: HarnessClient): readonly string[] =>
    fs
      .readdirSync(client.layout.versions)
      .map((name) => name.split('-')[0] ?? '')
      .sort();

  const everyInstant = async (
    action: string,
    check: (client: HarnessClient, at: number) => Promise<void>,
  ): Promise<number> => {
    const whole = copy();
    const calls = (await run(whole.home, action, 0)) ?? 0;
    whole.dispose();
    let next = 1;
    const lane = async (): Promise<void> => {
      for (let at = next++; at <= calls; at = next++) {
        const client = copy();
        assert.equal(
          await run(client.home, action, at),
          undefined,
          `call ${at} of ${calls} was never reached`,
        );
        await check(client, at);
        client.dispose();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return calls;
  };

  it('leaves a version that starts, whatever call it died before, and the next update converges', async () => {
    const calls = await everyInstant('update', async (client, at) => {
      const versions = await client.versions();
      assert.ok(
        versions.active === '1.1.0' || versions.active === '1.2.0',
        `call ${at}: ${String(versions.active)}`,
      );
      assert.equal(versions.previous, versions.active === '1.2.0' ? '1.1.0' : '1.0.0');
      assert.equal(await printed(client), `acme ${versions.active}`);

      await client.update();
      assert.deepEqual(
        await client.versions(),
        { active: '1.2.0', staged: null, previous: '1.1.0' },
        `call ${at}`,
      );
      assert.equal(await printed(client), 'acme 1.2.0');
      // No orphan is older than one pass.
      await client.update();
      assert.deepEqual(folders(client), ['1.1.0', '1.2.0'], `call ${at}`);
      for (const folder of [client.layout.staging, client.layout.downloads])
        assert.deepEqual(fs.readdirSync(folder), [], `call ${at}`);
    });
    assert.ok(calls > 30, `only ${calls} calls change the disk`);
  });

  it('as a rollback, leaves the one version or the other, and can be done again', async () => {
    const calls = await everyInstant('rollback', async (client, at) => {
      const { active } = await client.versions();
      assert.equal(await printed(client), `acme ${String(active)}`, `call ${at}`);
      if (active === '1.1.0') await client.service.rollback('acme', 'worse', WAIT);
      assert.deepEqual(
        await client.versions(),
        { active: '1.0.0', staged: null, previous: null },
        `call ${at}`,
      );
    });
    assert.ok(calls > 0);
  });

  it('F26, F37: eight at once make one update; one that was killed keeps nobody out', async () => {
    const client = copy();
    await run(client.home, 'update', 20);
    publisher.server.requests.length = 0;
    const calls = await Promise.all(Array.from({ length: 8 }, () => run(client.home, 'update', 0)));
    assert.equal(calls.length, 8);
    assert.deepEqual(await client.versions(), { active: '1.2.0', staged: null, previous: '1.1.0' });
    assert.ok(publisher.server.requests.filter((request) => request.includes('assets/')).length <= 1);
    client.dispose();
  });
});
